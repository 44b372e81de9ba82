// One snapshot that comes in packed parts: checks that they come in order and are as long as they say, and unpacks each as it comes.
import { type SnapshotPart, snapshotPartBytes, snapshotParts } from '../protocol/snapshot-part.ts'

/** A snapshot of which the first part has come. */
export interface ComingSnapshot {
  /** Throws where it is not the part that comes next. */
  take(part: SnapshotPart): void
  /** The update that it is. Rejects as soon as a part is found damaged. */
  readonly whole: Promise<Uint8Array>
}

export function openComingSnapshot(length: number): ComingSnapshot {
  // Unpacked into its place: put together from pieces, a large book would be in memory twice.
  const update = new Uint8Array(length)
  const parts = snapshotParts(length)
  let [taken, unpacked] = [0, 0]
  let resolve: (update: Uint8Array) => void
  let reject: (cause: unknown) => void
  const whole = new Promise<Uint8Array>((...settle) => ([resolve, reject] = settle))
  return {
    take(part) {
      if (part.length !== length)
        throw new RangeError(`expected a part of a snapshot of ${length} bytes, got one of ${part.length} bytes`)
      if (part.part !== taken || taken === parts)
        throw new RangeError(`expected part ${taken} of ${parts}, counted from 0, got part ${part.part}`)
      const start = taken++ * snapshotPartBytes
      unpackInto(update.subarray(start, start + snapshotPartBytes), part.packed).then(() => {
        if (++unpacked === parts) resolve(update)
      }, reject)
    },
    whole,
  }
}

/** Rejects where it does not become exactly as many bytes; never unpacks more of it than that. */
async function unpackInto(place: Uint8Array, packed: Uint8Array): Promise<void> {
  const { writable, readable } = new DecompressionStream('gzip')
  const writer = writable.getWriter()
  // What fails in writing fails the reading below.
  writer.write(packed as Uint8Array<ArrayBuffer>).catch(() => {})
  writer.close().catch(() => {})
  const reader = readable.getReader()
  let at = 0
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    if (at + piece.value.length > place.length) {
      await reader.cancel()
      throw new RangeError(`expected a part of ${place.length} bytes, got more`)
    }
    place.set(piece.value, at)
    at += piece.value.length
  }
  if (at < place.length) throw new RangeError(`expected a part of ${place.length} bytes, got ${at}`)
}
