// Storage that forgets with the process, or lives as long as the object passed in: for scripts that only read, and for tests.
import * as Y from 'yjs'
import type { BookStorage, JournalRecord, SetAside, StorageHandle } from './storage.ts'

interface Kept {
  /** How often another document took the place of the one before. */
  replaced: number
  updates: Uint8Array[]
  readonly journal: Map<string, JournalRecord>
  readonly marks: Map<string, unknown>
  readonly aside: Map<string, SetAside>
}

const origin = { source: 'storage', name: 'memory' }

/**
 * Keeps a book in memory. The same object opened again holds what was written before, as a device would after a restart.
 * @example
 * const book = await openBook({ id: createId(), author, storage: memory() })
 */
export function memory(): BookStorage {
  const books = new Map<string, Kept>()
  return {
    open({ book, doc }) {
      const kept = books.get(book) ?? createKept()
      books.set(book, kept)
      doc.transact(() => {
        for (const update of kept.updates) Y.applyUpdate(doc, update, origin)
      }, origin)
      return Promise.resolve(createHandle(kept, doc))
    },
    peek: (book, key) => Promise.resolve(books.get(book)?.marks.get(key)),
  }
}

function createKept(): Kept {
  return {
    replaced: 0,
    updates: [],
    journal: new Map<string, JournalRecord>(),
    marks: new Map<string, unknown>(),
    aside: new Map<string, SetAside>(),
  }
}

function createHandle(kept: Kept, opened: Y.Doc): StorageHandle {
  const store = (update: Uint8Array, from: unknown) => {
    if (from !== origin) kept.updates.push(update)
  }
  let doc = opened
  doc.on('update', store)
  return {
    durable: false,
    journal: {
      append(records) {
        for (const record of records) kept.journal.set(record.id, record)
        return Promise.resolve()
      },
      list: () => Promise.resolve([...kept.journal.values()]),
      remove(ids) {
        for (const id of ids) kept.journal.delete(id)
        return Promise.resolve()
      },
    },
    marks: {
      get: (key) => Promise.resolve(structuredClone(kept.marks.get(key))),
      set(key, value) {
        kept.marks.set(key, structuredClone(value))
        return Promise.resolve()
      },
      delete(key) {
        kept.marks.delete(key)
        return Promise.resolve()
      },
    },
    aside: {
      add(items) {
        for (const item of items) kept.aside.set(item.id, structuredClone(item))
        return Promise.resolve()
      },
      list: () => Promise.resolve([...kept.aside.values()].sort((a, b) => a.at - b.at)),
      remove(ids) {
        for (const id of ids) kept.aside.delete(id)
        return Promise.resolve()
      },
    },
    replace(next, taken) {
      doc.off('update', store)
      doc = next
      kept.replaced += 1
      kept.updates = [Y.encodeStateAsUpdate(next)]
      for (const id of taken) kept.journal.delete(id)
      for (const [id, record] of kept.journal) kept.journal.set(id, { ...record, isOfAnother: true })
      doc.on('update', store)
      return Promise.resolve()
    },
    documentName: () => String(kept.replaced),
    restore: () => Promise.resolve(),
    forgetCopy: () => Promise.resolve(),
    flush: () => Promise.resolve(),
    close() {
      doc.off('update', store)
      return Promise.resolve()
    },
  }
}
