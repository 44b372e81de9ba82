// Rows of updates with a checksum behind each. Whoever reads a row as a Yjs update does not see it: Yjs stops where the update ends (decision 0060).
import { sumOfBytes } from '../sums.ts'

const sumMark = 0x74627331 // "tbs1"
/** The mark and the sum, four bytes each. */
const sumBytes = 8

/** The row to store for `update`. */
export function withSum(update: Uint8Array): Uint8Array<ArrayBuffer> {
  const row = new Uint8Array(update.length + sumBytes)
  row.set(update)
  const end = new DataView(row.buffer, update.length)
  end.setUint32(0, sumMark)
  end.setInt32(4, sumOfBytes(row.subarray(0, update.length)))
  return row
}

/** What a stored value says of itself: bare rows were written by y-indexeddb, or before there were checksums. */
export function readSum(row: unknown): { readonly update: Uint8Array } | 'bare' | 'changed' {
  if (!(row instanceof Uint8Array) || row.length < sumBytes) return 'bare'
  const end = new DataView(row.buffer, row.byteOffset + row.length - sumBytes)
  if (end.getUint32(0) !== sumMark) return 'bare'
  const update = (row as Uint8Array<ArrayBuffer>).subarray(0, -sumBytes)
  return end.getInt32(4) === sumOfBytes(update) ? { update } : 'changed'
}
