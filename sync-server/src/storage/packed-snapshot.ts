// Snapshots as they lie in a store: cut into parts of a MiB, each packed with gzip (RFC 1952), which devices unpack too. A whole book of 37 MB is some
// 10 MB then. It is read and sent without holding up other books: each part takes about a millisecond (docs/decisions/0099 and 0112).
import { maxPackedSnapshotBytes, snapshotPartBytes, snapshotParts } from '@tierbook/core/protocol'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip, zstdDecompress } from 'node:zlib'

/** What a store keeps of a snapshot's bytes. */
export interface PackedSnapshot {
  readonly parts: readonly Uint8Array[]
  /** SHA-256 of the packed parts, one after the other. */
  readonly hash: Uint8Array
}

/** Parts as devices take them. */
export interface SendableParts {
  readonly parts: readonly Uint8Array[]
  /** Bytes of the update that they unpack to. */
  readonly length: number
}

type Parts = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** A part in one turn of Node's threads, not one for each 16 KiB. Exactly as long as a part, so that a piece has its memory for itself and can be moved. */
const chunkSize = snapshotPartBytes

const [compress, decompress, decompressZstd] = [promisify(gzip), promisify(gunzip), promisify(zstdDecompress)]

export async function packSnapshot(bytes: Uint8Array): Promise<PackedSnapshot> {
  const parts: Uint8Array[] = []
  const hash = createHash('sha256')
  for (let part = 0; part < snapshotParts(bytes.length); part++) {
    const cut = bytes.subarray(part * snapshotPartBytes, (part + 1) * snapshotPartBytes)
    // One after the other: this is in no hurry, and who signs in needs Node's threads too.
    const packed = await compress(cut, { level: 1, chunkSize })
    hash.update(packed)
    parts.push(packed)
  }
  return { parts, hash: hash.digest() }
}

/** The bytes in as many pieces as there are parts; null where they are not what was packed. */
export async function unpackSnapshot(parts: Parts, expected: Uint8Array): Promise<readonly Uint8Array[] | null> {
  const hash = createHash('sha256')
  const unpacking: Promise<Uint8Array | null>[] = []
  for await (const part of parts) {
    hash.update(part)
    unpacking.push(unpackPart(part).catch(() => null))
  }
  const pieces = await Promise.all(unpacking)
  if (Buffer.compare(hash.digest(), expected) !== 0) return null
  return pieces.every((piece) => piece !== null) ? pieces : null
}

/** The parts as they lie. `other-format` where devices could not unpack them, since an older program packed them or they are too many. */
export async function readSendable(
  parts: Parts,
  expected: Uint8Array,
): Promise<{ ok: true; value: SendableParts } | { ok: false; error: 'damaged' | 'other-format' }> {
  const hash = createHash('sha256')
  const read: Uint8Array[] = []
  for await (const part of parts) {
    if (!isGzip(part)) return { ok: false, error: 'other-format' }
    hash.update(part)
    read.push(part)
  }
  if (Buffer.compare(hash.digest(), expected) !== 0) return { ok: false, error: 'damaged' }
  const lengths = read.map(unpackedLength)
  const length = lengths.reduce((sum, each) => sum + each, 0)
  const isCutAsUsual = lengths.slice(0, -1).every((each) => each === snapshotPartBytes)
  const isSendable = isCutAsUsual && read.length === snapshotParts(length) && length <= maxPackedSnapshotBytes
  return isSendable ? { ok: true, value: { parts: read, length } } : { ok: false, error: 'other-format' }
}

/** Older programs packed with zstd (RFC 8878). */
function unpackPart(part: Uint8Array): Promise<Uint8Array> {
  return (isGzip(part) ? decompress : decompressZstd)(part, { maxOutputLength: snapshotPartBytes, chunkSize })
}

function isGzip(part: Uint8Array): boolean {
  return part[0] === 0x1f && part[1] === 0x8b
}

/** The last four bytes say it. */
function unpackedLength(part: Uint8Array): number {
  return part.length < 18 ? 0 : Buffer.from(part.buffer, part.byteOffset, part.length).readUInt32LE(part.length - 4)
}
