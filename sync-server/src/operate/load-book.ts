// Brings a book from the store into a document, for an operator's question: snapshot and tail, or every update where the snapshot cannot be read.
import * as Y from 'yjs'
import type { Logger } from '../logger.ts'
import { type BookRecord, type ServerStorage, SnapshotError, type StoredSnapshot } from '../storage/storage.ts'

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
  let start = loaded?.snapshot ? await readWhole(loaded.snapshot) : null
  if (loaded?.snapshot && !start) {
    logger.warn({ book, seq: loaded.snapshot.seq }, 'a snapshot could not be read; loading every update instead')
    loaded = await storage.load(book, { raw: true })
    start = loaded?.snapshot ? await readWhole(loaded.snapshot) : null
    if (loaded?.snapshot && !start) throw new Error(`the start of the log of book ${book} cannot be read`)
  }
  if (!loaded) return undefined
  const sinceSnapshot = apply(doc, start, await loaded.readTail())
  if (doc.store.pendingStructs || doc.store.pendingDs) throw new Error(`the stored updates of book ${book} have a gap`)
  return { record: loaded.record, bindings: loaded.bindings, sinceSnapshot }
}

function apply(doc: Y.Doc, start: Uint8Array | null, tail: readonly Uint8Array[]): number {
  // One transaction: applying one by one takes three times as long.
  doc.transact(() => {
    if (start) Y.applyUpdate(doc, start)
    for (const bytes of tail) Y.applyUpdate(doc, bytes)
  })
  return tail.length
}

/** Read without applying: a broken one would leave half of itself behind. Null where it is broken. */
async function readWhole(snapshot: StoredSnapshot): Promise<Uint8Array | null> {
  const pieces = await snapshot.read().catch((error: unknown) => {
    if (error instanceof SnapshotError) return null
    throw error
  })
  const bytes = pieces && Buffer.concat(pieces)
  try {
    if (bytes) Y.decodeUpdate(bytes)
    return bytes
  } catch {
    return null
  }
}
