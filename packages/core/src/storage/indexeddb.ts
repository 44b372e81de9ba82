// Storage in the browser: the document through y-indexeddb, own actions through a journal whose writes are confirmed.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { IndexeddbPersistence } from 'y-indexeddb'
import type { Doc } from 'yjs'
import type { BookStorage, JournalRecord, StorageHandle } from './storage.ts'
import { linkTabs } from './tabs.ts'

/** y-indexeddb says nothing when a stored row cannot be applied; no book takes minutes to load. */
const loadTimeoutMs = 180_000

interface JournalSchema extends DBSchema {
  journal: { key: string; value: JournalRecord }
  marks: { key: string; value: unknown }
}

/** How to keep books in IndexedDB. */
export interface IndexedDbOptions {
  /** Start of the database names, for several apps on one origin. @default 'tierbook' */
  readonly prefix?: string
  /** How long opening may take before it counts as failed, in ms: a blocked open never answers. @default 10_000 */
  readonly openTimeoutMs?: number
}

/**
 * Keeps books in this browser profile; tabs that have the same book open see each other's edits at once.
 * @example
 * const book = await openBook({ id, author, storage: indexedDb() })
 */
export function indexedDb(options: IndexedDbOptions = {}): BookStorage {
  const prefix = options.prefix ?? 'tierbook'
  const timeoutMs = options.openTimeoutMs ?? 10_000
  return {
    async open({ book, doc, onProblem }) {
      const journal = await within(timeoutMs, openJournal(`${prefix}-journal:${book}`, onProblem))
      const persistence = new IndexeddbPersistence(`${prefix}:${book}`, doc)
      try {
        // y-indexeddb never settles `whenSynced` when its own open fails; its promise of the database does reject.
        await within(timeoutMs, persistence._db)
        // A large book on a slow device takes its time: only a load that never ends counts as failed.
        await within(loadTimeoutMs, persistence.whenSynced)
      } catch (cause) {
        journal.close()
        throw storageError(cause)
      }
      const tabs = linkTabs(`${prefix}:${book}`, doc)
      return createHandle(journal, persistence, doc, () => tabs.close())
    },
  }
}

/** Deletes a book from this browser profile; close it in all tabs first. */
export async function deleteBook(book: string, options: IndexedDbOptions = {}): Promise<void> {
  const prefix = options.prefix ?? 'tierbook'
  const { deleteDB } = await import('idb')
  await deleteDB(`${prefix}:${book}`)
  await deleteDB(`${prefix}-journal:${book}`)
}

async function openJournal(name: string, onProblem: (problem: Error) => void): Promise<IDBPDatabase<JournalSchema>> {
  try {
    return await openDB<JournalSchema>(name, 1, {
      upgrade(db) {
        db.createObjectStore('journal', { keyPath: 'id' })
        db.createObjectStore('marks')
      },
      terminated: () =>
        onProblem(new Error('the browser closed the storage of this book; reload the page to go on saving')),
    })
  } catch (cause) {
    // A browser that forbids storage throws here at once, others reject.
    throw storageError(cause)
  }
}

function createHandle(
  journal: IDBPDatabase<JournalSchema>,
  persistence: IndexeddbPersistence,
  doc: Doc,
  closeTabs: () => void,
): StorageHandle {
  let closing: Promise<void> | undefined
  return {
    durable: true,
    journal: {
      async append(record) {
        // `strict` asks the browser to flush to the disk before it says that the transaction is complete.
        const transaction = journal.transaction('journal', 'readwrite', { durability: 'strict' })
        await Promise.all([transaction.store.put(record), transaction.done])
      },
      list: () => journal.getAll('journal'),
      async remove(ids) {
        const transaction = journal.transaction('journal', 'readwrite')
        await Promise.all([...ids.map((id) => transaction.store.delete(id)), transaction.done])
      },
    },
    marks: {
      get: (key) => journal.get('marks', key),
      async set(key, value) {
        await journal.put('marks', value, key)
      },
      delete: (key) => journal.delete('marks', key),
    },
    async flush() {
      // Transactions on one store complete in order: when this one has, the writes before it have too.
      const db = await persistence._db
      await new Promise<void>((resolve, reject) => {
        const transaction = db.transaction('updates', 'readonly')
        const request = transaction.objectStore('updates').count()
        request.onsuccess = () => resolve()
        request.onerror = () => reject(storageError(request.error))
      })
    },
    close() {
      closing ??= (async () => {
        closeTabs()
        await this.flush().catch(() => undefined)
        await persistence.destroy()
        journal.close()
      })()
      return closing
    },
  }
}

function storageError(cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Error(`the storage of this browser could not be opened: ${why}`, { cause })
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`IndexedDB did not answer within ${ms} ms; another tab may be upgrading it`)),
      ms,
    )
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
