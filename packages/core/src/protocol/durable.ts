// Message 100: what is on the server's disk, and what it did not take.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { messageType } from './wire.ts'

/** New clocks that the server did not take, with the code of {@link RefusalCode} in `@tierbook/core/admission`. */
export interface RefusedRange {
  readonly client: number
  readonly from: number
  readonly to: number
  readonly code: string
}

/** What message 100 says. */
export interface DurableMessage {
  /** Yjs client id → next clock that is on the server's disk. */
  readonly clocks: ReadonlyMap<number, number>
  readonly refused: readonly RefusedRange[]
}

/** Writes message 100 whole, its type included. */
export function encodeDurable(clocks: ReadonlyMap<number, number>, refused: readonly RefusedRange[] = []): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, messageType.durable)
  encoding.writeVarUint(encoder, clocks.size)
  for (const [client, clock] of clocks) {
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, clock)
  }
  if (refused.length > 0) {
    encoding.writeVarUint(encoder, refused.length)
    for (const { client, from, to, code } of refused) {
      encoding.writeVarUint(encoder, client)
      encoding.writeVarUint(encoder, from)
      encoding.writeVarUint(encoder, to)
      encoding.writeVarString(encoder, code)
    }
  }
  return encoding.toUint8Array(encoder)
}

/** Reads message 100 from a decoder that stands behind the message's type, as y-websocket's message handlers get it. */
export function decodeDurable(decoder: decoding.Decoder): DurableMessage {
  const clocks = new Map<number, number>()
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const client = decoding.readVarUint(decoder)
    clocks.set(client, decoding.readVarUint(decoder))
  }
  const refused: RefusedRange[] = []
  for (let left = decoding.hasContent(decoder) ? decoding.readVarUint(decoder) : 0; left > 0; left--) {
    refused.push({
      client: decoding.readVarUint(decoder),
      from: decoding.readVarUint(decoder),
      to: decoding.readVarUint(decoder),
      code: decoding.readVarString(decoder),
    })
  }
  return { clocks, refused }
}
