// The document on disk, in y-indexeddb's layout: rows of updates under rising keys. Own loader, writer and compactor (decision 0060).
import type * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import { type Connection, connectDatabase } from './connect-database.ts'
import { type BrokenRow, readRows, type StorageOrigin } from './read-rows.ts'
import {
  abort,
  type DocumentSchema,
  expectReplica,
  isIn,
  replicaKey,
  type RowsState,
  snapshotKey,
} from './rows-state.ts'
import { readMark, SnapshotMark } from './snapshot.ts'
import type { StorageError } from './storage-error.ts'
import { withSum } from './summed-row.ts'

/** Rows behind the snapshot from which on they are put together. */
const tailRows = 200
const tailBytes = 1_048_576

/** Tags what was read from here: it needs no storing. */
export const rowsOrigin: StorageOrigin = { source: 'storage', name: 'rows' }

/** The stored rows of one document. */
export interface DocumentRows {
  readonly connection: Connection<DocumentSchema>
  /** Names the document that is stored here; changes when another takes its place. */
  readonly replica: string
  /** The name that stands in the database now; null where it was made anew. */
  storedReplica(): Promise<string | null>
  /** Connects again, and makes the database where it is gone; what was known of its rows counts no more. */
  reopen(): Promise<void>
  /** Whether the database still exists; looks without making it. */
  isStillThere(): Promise<boolean>
  /** Applies all rows to `doc`; gives those that cannot be read, which stay stored. */
  load(doc: Y.Doc): Promise<readonly BrokenRow[]>
  append(updates: readonly Uint8Array[]): Promise<void>
  remove(keys: readonly number[]): Promise<void>
  /** Whether there are so many small rows that `compact` would pay. */
  readonly wantsCompacting: boolean
  /** Puts the rows that `doc` holds together into chunks. */
  compact(doc: Y.Doc): Promise<void>
  /** Stores the whole of `doc` in a database that was made anew; goes on from what another tab has stored there again. */
  restore(doc: Y.Doc): Promise<void>
  /** Stores `doc`, another document under another name, in place of all rows. */
  replace(doc: Y.Doc): Promise<void>
}

/** Opens the rows of the database `name`. */
export async function openDocumentRows(options: {
  name: string
  timeoutMs: number
  onLost: (problem: StorageError) => void
}): Promise<DocumentRows> {
  const connection = await connectDatabase<DocumentSchema>({
    ...options,
    version: 1,
    upgrade(db) {
      db.createObjectStore('updates', { autoIncrement: true })
      db.createObjectStore('custom')
    },
  })
  const state: RowsState = {
    replica: await nameReplica(connection),
    known: new Map(),
    base: null,
    hasBare: false,
    reopened: 0,
  }

  function tail(): { rows: number; bytes: number } {
    let [rows, bytes] = [0, 0]
    for (const [key, size] of state.known) {
      if (isIn(state.base, key)) continue
      rows += 1
      bytes += size
    }
    return { rows, bytes }
  }

  async function load(doc: Y.Doc): Promise<readonly BrokenRow[]> {
    const from = (await connection.db.getAllKeys('updates')).find((key) => !state.known.has(key))
    const { sizes, broken, bare } =
      from === undefined
        ? { sizes: [], broken: [], bare: 0 }
        : await readRows(connection.db, 'updates', {
            doc,
            origin: rowsOrigin,
            from,
            skip: (key) => state.known.has(key),
          })
    for (const [key, size] of sizes) state.known.set(key, size)
    if (bare > 0) state.hasBare = true
    const mark = readMark(SnapshotMark, await connection.db.get('custom', snapshotKey))
    state.base = mark && isWhole(mark) && !state.hasBare ? mark : null
    return broken
  }

  /** Another version of the app, or a broken chunk, may have left a mark without its rows. */
  function isWhole(mark: SnapshotMark): boolean {
    let count = 0
    for (const key of state.known.keys()) if (isIn(mark, key)) count += 1
    return count === mark.count
  }

  const compacting = async () => (await import('./compact-rows.ts')).createCompacting({ connection, state, load, tail })

  return {
    connection,
    get replica() {
      return state.replica
    },
    async reopen() {
      await connection.reopen()
      state.known = new Map()
      state.base = null
      state.hasBare = false
      state.reopened += 1
    },
    async storedReplica() {
      const stored = await connection.db.get('custom', replicaKey)
      return typeof stored === 'string' ? stored : null
    },
    async isStillThere() {
      const databases = await indexedDB.databases()
      return databases.some(({ name }) => name === options.name)
    },
    load,
    async append(updates) {
      const transaction = connection.db.transaction(['updates', 'custom'], 'readwrite')
      try {
        await expectReplica(transaction.objectStore('custom').get(replicaKey), state.replica)
        const keys = await Promise.all(updates.map((update) => transaction.objectStore('updates').add(withSum(update))))
        await transaction.done
        for (const [place, key] of keys.entries()) state.known.set(key, updates[place]?.length ?? 0)
      } catch (cause) {
        transaction.done.catch(() => undefined)
        abort(transaction)
        throw cause
      }
    },
    async remove(keys) {
      const transaction = connection.db.transaction('updates', 'readwrite')
      await Promise.all([...keys.map((key) => transaction.store.delete(key)), transaction.done])
    },
    get wantsCompacting() {
      const { rows, bytes } = tail()
      // A document that was stored by y-indexeddb, or before there were chunks, is one large row.
      return state.hasBare || rows >= tailRows || bytes >= Math.max(tailBytes, state.base ? state.base.bytes / 2 : 0)
    },
    compact: async (doc) => (await compacting()).putTogether(doc, { goesOn: true, mayBeUnnamed: false }),
    restore: async (doc) => (await compacting()).putTogether(doc, { goesOn: false, mayBeUnnamed: true }),
    replace: async (doc) => (await compacting()).replace(doc),
  }
}

async function nameReplica({ db }: Connection<DocumentSchema>): Promise<string> {
  const transaction = db.transaction('custom', 'readwrite')
  const stored = await transaction.store.get(replicaKey)
  const replica = typeof stored === 'string' ? stored : createId()
  if (replica !== stored) await transaction.store.put(replica, replicaKey)
  await transaction.done
  return replica
}
