// Brings a book from the store into a document: snapshot and tail, or every update where the snapshot cannot be read.
import * as Y from 'yjs'
import type { Logger } from '../logger.ts'
import type { BookRecord, LoadedBook, ServerStorage, Snapshot } from '../storage/storage.ts'

/** What the document does not say. */
export interface BookInMemory {
  readonly record: BookRecord
  readonly bindings: ReadonlyMap<number, string>
  readonly sinceSnapshot: number
}

/** Fills `doc`, which must be empty; undefined where the store has no such book. Throws where stored updates do not apply whole. */
export async function loadBook(request: {
  storage: ServerStorage
  book: string
  doc: Y.Doc
  logger: Logger
}): Promise<BookInMemory | undefined> {
  const { storage, book, doc, logger } = request
  let loaded = await storage.load(book)
  if (loaded?.snapshot && !isReadable(loaded.snapshot)) {
    logger.warn({ book, seq: loaded.snapshot.seq }, 'a snapshot could not be read; loading every update instead')
    loaded = await storage.load(book, { raw: true })
  }
  if (!loaded) return undefined
  const sinceSnapshot = apply(doc, loaded)
  if (doc.store.pendingStructs || doc.store.pendingDs) throw new Error(`the stored updates of book ${book} have a gap`)
  return { record: loaded.record, bindings: loaded.bindings, sinceSnapshot }
}

function apply(doc: Y.Doc, { snapshot, tail }: LoadedBook): number {
  let count = 0
  // One transaction: applying one by one takes three times as long.
  doc.transact(() => {
    if (snapshot) Y.applyUpdate(doc, snapshot.bytes)
    for (const bytes of tail) {
      Y.applyUpdate(doc, bytes)
      count++
    }
  })
  return count
}

/** Read without applying: a broken one would leave half of itself behind. */
function isReadable(snapshot: Snapshot): boolean {
  try {
    Y.decodeUpdate(snapshot.bytes)
    return true
  } catch {
    return false
  }
}
