// Applies stored rows to a document in slices; a row that cannot be read is named and holds back none of the others.
import type { DBSchema, IDBPDatabase, StoreNames } from 'idb'
import * as Y from 'yjs'
import { createPauses } from './pauses.ts'

/** A stored row that is no update. */
export interface BrokenRow {
  readonly key: number
  readonly bytes: Uint8Array
  readonly reason: string
}

/** What was read: the keys and sizes of all rows that were applied, and those that could not be. */
export interface RowsRead {
  readonly sizes: ReadonlyMap<number, number>
  readonly broken: readonly BrokenRow[]
}

/** Tags what storage itself brings into a document. */
export interface StorageOrigin {
  readonly source: 'storage'
  readonly name: string
}

/** Rows are copied out of the browser's process in one task: large ones four at a time, small ones as many as make up a megabyte. */
const [fewestAtOnce, mostAtOnce, bytesAtOnce] = [4, 256, 1_048_576]

/** Reads the rows of `store` from the key `from` on, in order. What another tab adds meanwhile stands behind and is read, too. */
export async function readRows<Schema extends DBSchema>(
  db: IDBPDatabase<Schema>,
  store: StoreNames<Schema>,
  options: { doc: Y.Doc; origin: StorageOrigin; from?: number; skip?: (key: number) => boolean },
): Promise<RowsRead> {
  const pause = createPauses()
  const sizes = new Map<number, number>()
  const broken: BrokenRow[] = []
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
      const problem = applyRow(options.doc, values[place], options.origin)
      const bytes = toBytes(values[place])
      bytesRead += bytes.length
      if (problem === null) sizes.set(key, bytes.length)
      else broken.push({ key, bytes, reason: problem })
      await pause()
    }
    if (keys.length < atOnce) return { sizes, broken }
    atOnce = Math.min(mostAtOnce, Math.max(fewestAtOnce, Math.floor((bytesAtOnce * keys.length) / (bytesRead + 1))))
  }
}

/** Gives what is wrong with the row, null where it was applied. */
function applyRow(doc: Y.Doc, value: unknown, origin: StorageOrigin): string | null {
  if (!(value instanceof Uint8Array)) return `expected bytes, got ${typeof value}`
  try {
    // Read to its end before anything is applied: a row that was cut would be applied by half.
    Y.decodeUpdate(value)
    Y.applyUpdate(doc, value, origin)
    return null
  } catch (cause) {
    return `expected an update of the document, got ${value.length} bytes that are none: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

/** What a damaged row holds is kept as it is where it has bytes, and as JSON text where it has not. */
function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch {
    // A value without a JSON form.
  }
  return new TextEncoder().encode(text ?? String(value))
}
