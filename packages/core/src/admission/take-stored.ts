// Brings updates that were admitted before into an index or an outline: a book's stored bytes, or what another server stored.
import { createByteReader } from './byte-reader.ts'
import type { BookIndex } from './book-index.ts'
import { decodeStored } from './decode-update.ts'
import type { DeletedRanges } from './deleted-ranges.ts'
import { findFreshStructs } from './fresh-structs.ts'

/** Takes what is new in a stored update in. Throws where it is none, or where what it builds on is missing. */
export function takeStored(index: BookIndex, update: Uint8Array): void {
  const decoded = decodeStored(update)
  const found = findFreshStructs(decoded, index)
  if (!found.complete)
    throw new Error(`a stored update has a gap: client id ${found.missing.client} at ${found.missing.clock}`)
  const reader = createByteReader(update)
  index.take({ structs: found.byClient, deletes: decoded.deletes }, ({ struct }, clock) => {
    reader.moveTo(struct.values[clock - struct.clock] as number)
    return reader.primitive(Number.MAX_SAFE_INTEGER)
  })
}

/** What a book contains, without where: enough to know what somebody lacks. */
export interface BookOutline {
  /** Yjs client id → next clock. */
  readonly clocks: Map<number, number>
  readonly deleted: DeletedRanges
}

/** Takes a stored update into an outline, which an index of the same book must not follow as well. */
export function outlineStored({ clocks, deleted }: BookOutline, update: Uint8Array): void {
  const decoded = decodeStored(update)
  for (const { client, structs } of decoded.sections) {
    const last = structs.at(-1)
    if (last) clocks.set(client, Math.max(clocks.get(client) ?? 0, last.clock + last.length))
  }
  for (const range of decoded.deletes) deleted.add(range)
}

/** Where in an update its deletes begin: what stands before is structs. */
export function findDeletes(update: Uint8Array): number {
  return decodeStored(update).deletesAt
}
