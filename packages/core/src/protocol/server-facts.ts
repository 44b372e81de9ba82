// Message 103: what the server says about its store, to whoever asks for acknowledgements; at the start of a connection and when it changes.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { messageType } from './wire.ts'

/** What holds for everything that the server acknowledges. */
export interface ServerFacts {
  /** False while the server cannot store: nothing is acknowledged, and what was typed waits on its device. */
  readonly storing: boolean
  /** What is acknowledged was applied by a synchronous standby as well: the loss of one machine loses none of it. */
  readonly replicated: boolean
}

/** Writes message 103 whole, its type included. */
export function encodeServerFacts({ storing, replicated }: ServerFacts): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const number of [messageType.serverFacts, storing ? 1 : 0, replicated ? 1 : 0])
    encoding.writeVarUint(encoder, number)
  return encoding.toUint8Array(encoder)
}

/** Reads message 103 from a decoder that stands behind the message's type; more may follow one day. */
export function decodeServerFacts(decoder: decoding.Decoder): ServerFacts {
  return { storing: decoding.readVarUint(decoder) === 1, replicated: decoding.readVarUint(decoder) === 1 }
}
