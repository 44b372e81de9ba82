// The frames of the y-websocket protocol: read with every length checked, written once for all receivers.
import {
  decodeHeadRequest,
  decodeReceiptRequest,
  encodeSnapshotPartHead,
  messageType,
  type ReceiptPosition,
} from '@tierbook/core/protocol'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { SendableParts } from '../storage/packed-snapshot.ts'
import { totalLength } from './websocket-frame.ts'

/** A received frame taken apart. */
export type ClientMessage =
  | { readonly type: 'sync-step-1'; readonly stateVector: Uint8Array }
  | { readonly type: 'sync-step-2' | 'update'; readonly update: Uint8Array }
  | { readonly type: 'awareness'; readonly states: Uint8Array }
  | { readonly type: 'query-awareness' }
  | { readonly type: 'receipts'; readonly position: ReceiptPosition }
  | { readonly type: 'head'; readonly position: { readonly generation: number; readonly seq: number } }

const syncStep1 = 0
const syncStep2 = 1
const syncUpdate = 2

/** Null where the frame is none of the protocol. */
export function readMessage(frame: Uint8Array): ClientMessage | null {
  const decoder = decoding.createDecoder(frame)
  try {
    switch (decoding.readVarUint(decoder)) {
      case messageType.sync: {
        const step = decoding.readVarUint(decoder)
        const content = readRest(decoder)
        if (content === null) return null
        if (step === syncStep1) return { type: 'sync-step-1', stateVector: content }
        if (step === syncStep2) return { type: 'sync-step-2', update: content }
        return step === syncUpdate ? { type: 'update', update: content } : null
      }
      case messageType.awareness: {
        const states = readRest(decoder)
        return states && { type: 'awareness', states }
      }
      case messageType.queryAwareness:
        return decoding.hasContent(decoder) ? null : { type: 'query-awareness' }
      case messageType.receipts: {
        const position = decodeReceiptRequest(decoder)
        return decoding.hasContent(decoder) ? null : { type: 'receipts', position }
      }
      case messageType.head: {
        const position = decodeHeadRequest(decoder)
        return decoding.hasContent(decoder) ? null : { type: 'head', position }
      }
      default:
        return null
    }
  } catch {
    return null // a number that the frame's end cuts
  }
}

/** The rest of a frame, which is one byte array; lib0 would read past the frame into a pooled buffer. */
function readRest(decoder: decoding.Decoder): Uint8Array | null {
  const length = decoding.readVarUint(decoder)
  return decoder.pos + length === decoder.arr.length ? decoder.arr.subarray(decoder.pos) : null
}

/** A sync message of step 1: the state vector of what the server holds. */
export function writeSyncStep1(stateVector: Uint8Array): Uint8Array {
  return writeSync(syncStep1, stateVector)
}

/** What the receiver lacks. */
export function writeSyncStep2(update: Uint8Array): Uint8Array {
  return writeSync(syncStep2, update)
}

/** An edit as it happens. */
export function writeUpdate(update: Uint8Array): Uint8Array {
  return writeSync(syncUpdate, update)
}

/** The same in consecutive pieces, of an update in pieces: nothing of them is copied. */
export function writeUpdateInPieces(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  return [writeSyncHead(syncUpdate, totalLength(pieces)), ...pieces]
}

/** A snapshot as it lies in the store, a message for each part, in pieces that are not copied. */
export function writeSnapshotParts({ parts, length }: SendableParts): (readonly Uint8Array[])[] {
  return parts.map((packed, part) => [encodeSnapshotPartHead({ part, length }), packed])
}

/** Presence of the given Yjs client ids; an empty list is a sign of life that no client minds. */
export function writeAwareness(entries: readonly { client: number; clock: number; state: string }[]): Uint8Array {
  const states = encoding.createEncoder()
  encoding.writeVarUint(states, entries.length)
  for (const { client, clock, state } of entries) {
    encoding.writeVarUint(states, client)
    encoding.writeVarUint(states, clock)
    encoding.writeVarString(states, state)
  }
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, messageType.awareness)
  encoding.writeVarUint8Array(encoder, encoding.toUint8Array(states))
  return encoding.toUint8Array(encoder)
}

/** In one piece of memory of the right size: an encoder that grows would copy a whole book three times. */
function writeSync(step: number, content: Uint8Array): Uint8Array {
  const head = writeSyncHead(step, content.length)
  const frame = new Uint8Array(head.length + content.length)
  frame.set(head)
  frame.set(content, head.length)
  return frame
}

function writeSyncHead(step: number, length: number): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, messageType.sync)
  encoding.writeVarUint(encoder, step)
  encoding.writeVarUint(encoder, length)
  return encoding.toUint8Array(encoder)
}
