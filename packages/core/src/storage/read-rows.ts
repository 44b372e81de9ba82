// Applies stored rows to a document in slices; a row that cannot be read is named and holds back none of the others.
import type { DBSchema, IDBPDatabase, StoreNames } from 'idb'
import * as Y from 'yjs'
import { createPauses } from './pauses.ts'
import { readSum } from './summed-row.ts'

/** A stored row that is no update, or not the one that was written. */
export interface BrokenRow {
  readonly key: number
  readonly value: unknown
  readonly flaw: string
}

/** What was read: the keys and sizes of all rows that were applied, and those that could not be. */
export interface RowsRead {
  readonly sizes: ReadonlyMap<number, number>
  readonly broken: readonly BrokenRow[]
  /** How many had no checksum, or another. */
  readonly bare: number
}

/** Tags what storage itself brings into a document. */
export interface StorageOrigin {
  readonly source: 'storage'
  readonly name: string
}

/** Rows are copied out of the browser's process in one task: large ones four at a time, small ones as many as make up a megabyte. */
const [fewestAtOnce, mostAtOnce, bytesAtOnce] = [4, 256, 1_048_576]
/** From so many bytes on a row has texts enough to be read with a decoder of its own, which small books do without. */
const worthSlicing = 16_384

/** Reads the rows of `store` from the key `from` on, in order. What another tab adds meanwhile stands behind and is read, too. */
export async function readRows<Schema extends DBSchema>(
  db: IDBPDatabase<Schema>,
  store: StoreNames<Schema>,
  options: { doc: Y.Doc; origin: StorageOrigin; from?: number; skip?: (key: number) => boolean },
): Promise<RowsRead> {
  const pause = createPauses()
  const sizes = new Map<number, number>()
  const broken: BrokenRow[] = []
  let bare = 0
  let range = options.from === undefined ? undefined : IDBKeyRange.lowerBound(options.from)
  for (let atOnce = fewestAtOnce; ;) {
    let bytesRead = 0
    const transaction = db.transaction(store)
    const [keys, values] = (await Promise.all([
      transaction.store.getAllKeys(range, atOnce),
      transaction.store.getAll(range, atOnce),
    ])) as [number[], unknown[]]
    for (const [place, key] of keys.entries()) {
      range = IDBKeyRange.lowerBound(key, true)
      if (options.skip?.(key)) continue
      const value = values[place]
      const { length = 0 } = value as { length?: number }
      const read = readSum(value)
      const isSummed = typeof read === 'object'
      await pause()
      let flaw = isSummed ? null : (await import('./damage.ts')).flawOfRow(value, read)
      const Decoder = length < worthSlicing ? Y.UpdateDecoderV1 : await loadDecoder()
      flaw ??= applyRow(options.doc, isSummed ? read.update : (value as Uint8Array), options.origin, Decoder)
      if (flaw === null) sizes.set(key, length)
      else broken.push({ key, value, flaw })
      if (!isSummed) bare += 1
      bytesRead += length
      await pause()
    }
    if (keys.length < atOnce) return { sizes, broken, bare }
    atOnce = Math.min(mostAtOnce, Math.max(fewestAtOnce, Math.floor((bytesAtOnce * keys.length) / (bytesRead + 1))))
  }
}

/** It makes a large book quicker; one that cannot be fetched, without a network, keeps no book shut. */
function loadDecoder(): Promise<typeof Y.UpdateDecoderV1> {
  return import('../slicing-decoder.ts').then(
    ({ SlicingDecoder }) => SlicingDecoder,
    () => Y.UpdateDecoderV1,
  )
}

/** Gives what is wrong with the update, null where it was applied. */
function applyRow(
  doc: Y.Doc,
  update: Uint8Array,
  origin: StorageOrigin,
  Decoder: typeof Y.UpdateDecoderV1,
): string | null {
  try {
    Y.applyUpdateV2(doc, update, origin, Decoder)
    return null
  } catch (cause) {
    return String(cause)
  }
}
