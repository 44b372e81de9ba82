// Snapshots as they lie in a store: cut into parts of a MiB, each packed with zstd (RFC 8878). A whole book of 37 MB is 9 MB then, and is read and
// unpacked without holding up other books: each part takes about a millisecond, and unpacking happens beside (docs/decisions/0099).
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'

/** What a store keeps of a snapshot's bytes. */
export interface PackedSnapshot {
  readonly parts: readonly Uint8Array[]
  /** SHA-256 of the packed parts, one after the other. */
  readonly hash: Uint8Array
}

/** Bytes of a part before it is packed. Smaller ones pack worse and cost a statement each; larger ones hold up the loop. */
const partBytes = 1_048_576

/** A part in one turn of Node's threads, not one for each 16 KiB. */
const chunkSize = partBytes

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

export async function packSnapshot(bytes: Uint8Array): Promise<PackedSnapshot> {
  const count = Math.max(1, Math.ceil(bytes.length / partBytes))
  const cuts = Array.from({ length: count }, (_, part) => bytes.subarray(part * partBytes, (part + 1) * partBytes))
  const parts = await Promise.all(
    cuts.map((cut) => compress(cut, { chunkSize, params: { [constants.ZSTD_c_compressionLevel]: 1 } })),
  )
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return { parts, hash: hash.digest() }
}

/** The bytes in as many pieces as there are parts; null where they are not what was packed. */
export async function unpackSnapshot(
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  expected: Uint8Array,
): Promise<readonly Uint8Array[] | null> {
  const hash = createHash('sha256')
  const unpacking: Promise<Uint8Array | null>[] = []
  for await (const part of parts) {
    hash.update(part)
    unpacking.push(decompress(part, { maxOutputLength: partBytes, chunkSize }).catch(() => null))
  }
  const pieces = await Promise.all(unpacking)
  if (Buffer.compare(hash.digest(), expected) !== 0) return null
  return pieces.every((piece) => piece !== null) ? pieces : null
}
