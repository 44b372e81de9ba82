// Message 105: a book's snapshot in the packed parts in which the server keeps it, for a device that has nothing of the book.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { messageType } from './wire.ts'

/** Bytes of a part before it is packed; the last part has what is left. */
export const snapshotPartBytes = 1_048_576
/** Longer snapshots travel as they are: a device sets aside as much memory as the first part says before it has seen more. */
export const maxPackedSnapshotBytes = 268_435_456

/** What message 105 says. */
export interface SnapshotPart {
  /** Which one it is, from 0 on; they come in order. */
  readonly part: number
  /** Of the whole snapshot, a Yjs update, when it is unpacked: the same in each part. */
  readonly length: number
  /** gzip (RFC 1952) of {@link snapshotPartBytes} bytes of it. */
  readonly packed: Uint8Array
}

/** How many parts a snapshot of that many bytes has. */
export function snapshotParts(length: number): number {
  return Math.max(1, Math.ceil(length / snapshotPartBytes))
}

/** Writes what stands before the packed bytes in message 105, its type included; they are sent behind it as they lie. */
export function encodeSnapshotPartHead({ part, length }: Omit<SnapshotPart, 'packed'>): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const number of [messageType.snapshotPart, part, length]) encoding.writeVarUint(encoder, number)
  return encoding.toUint8Array(encoder)
}

/** Reads message 105 from a decoder that stands behind the message's type. Throws where it cannot be a part of any snapshot. */
export function decodeSnapshotPart(decoder: decoding.Decoder): SnapshotPart {
  const part = decoding.readVarUint(decoder)
  const length = decoding.readVarUint(decoder)
  if (length > maxPackedSnapshotBytes)
    throw new RangeError(`expected a snapshot of at most ${maxPackedSnapshotBytes} bytes, got one of ${length}`)
  const parts = snapshotParts(length)
  if (part >= parts) throw new RangeError(`expected one of ${parts} parts, got number ${part}, counted from 0`)
  return { part, length, packed: decoder.arr.subarray(decoder.pos) }
}
