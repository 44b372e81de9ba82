// Storage that forgets with the process, or lives as long as the object passed in: for scripts that only read, and for tests.
import * as Y from 'yjs'
import type { BookStorage, JournalRecord, StorageHandle } from './storage.ts'

interface Kept {
  updates: Uint8Array[]
  readonly journal: Map<string, JournalRecord>
  readonly marks: Map<string, unknown>
}

/**
 * Keeps a book in memory. The same object opened again holds what was written before, as a device would after a restart.
 * @example
 * const book = await openBook({ id: createId(), author, storage: memory() })
 */
export function memory(): BookStorage {
  const books = new Map<string, Kept>()
  return {
    open({ book, doc }) {
      const kept = books.get(book) ?? {
        updates: [],
        journal: new Map<string, JournalRecord>(),
        marks: new Map<string, unknown>(),
      }
      books.set(book, kept)
      const origin = { source: 'storage', name: 'memory' }
      doc.transact(() => {
        for (const update of kept.updates) Y.applyUpdate(doc, update, origin)
      }, origin)
      const store = (update: Uint8Array, from: unknown) => {
        if (from !== origin) kept.updates.push(update)
      }
      doc.on('update', store)
      return Promise.resolve(createHandle(kept, () => doc.off('update', store)))
    },
  }
}

function createHandle(kept: Kept, stop: () => void): StorageHandle {
  return {
    durable: false,
    journal: {
      append(record) {
        kept.journal.set(record.id, record)
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
    flush: () => Promise.resolve(),
    close() {
      stop()
      return Promise.resolve()
    },
  }
}
