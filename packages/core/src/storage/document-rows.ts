// The document on disk, in y-indexeddb's layout: rows of updates under rising keys. Own loader, writer and compactor (decision 0060).
import type { DBSchema } from 'idb'
import type * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import { type Connection, connectDatabase } from './connect-database.ts'
import { type BrokenRow, readRows, type StorageOrigin } from './read-rows.ts'
import { type EncodedSnapshot, markOf, SnapshotMark } from './snapshot.ts'
import { StorageError } from './storage-error.ts'

interface DocumentSchema extends DBSchema {
  updates: { key: number; value: Uint8Array }
  /** y-indexeddb leaves this store to the app. */
  custom: { key: string; value: unknown }
}

const replicaKey = 'tierbook-replica'
const snapshotKey = 'tierbook-snapshot'

/** Rows behind the snapshot from which on they are put together. */
const tailRows = 200
const tailBytes = 1_048_576

/** Tags what was read from here: it needs no storing. */
export const rowsOrigin: StorageOrigin = { source: 'storage', name: 'rows' }

/** Thrown by a write that found another document in this one's place. */
export class ReplacedError extends Error {}

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
  let replica = await nameReplica(connection)
  /** Keys of rows whose content is in the document, with their bytes. */
  let known = new Map<number, number>()
  let base: SnapshotMark | null = null
  /** How often the database was connected again: keys of an earlier one may name other rows in this one. */
  let reopened = 0

  function tail(): { rows: number; bytes: number } {
    let [rows, bytes] = [0, 0]
    for (const [key, size] of known) {
      if (isIn(base, key)) continue
      rows += 1
      bytes += size
    }
    return { rows, bytes }
  }

  async function load(doc: Y.Doc): Promise<readonly BrokenRow[]> {
    const from = (await connection.db.getAllKeys('updates')).find((key) => !known.has(key))
    const { sizes, broken } =
      from === undefined
        ? { sizes: [], broken: [] }
        : await readRows(connection.db, 'updates', { doc, origin: rowsOrigin, from, skip: (key) => known.has(key) })
    for (const [key, size] of sizes) known.set(key, size)
    const mark = SnapshotMark.safeParse(await connection.db.get('custom', snapshotKey))
    base = mark.success && isWhole(mark.data) ? mark.data : null
    return broken
  }

  /** Another version of the app, or a broken chunk, may have left a mark without its rows. */
  function isWhole(mark: SnapshotMark): boolean {
    let count = 0
    for (const key of known.keys()) if (isIn(mark, key)) count += 1
    return count === mark.count
  }

  /** `removing` names the rows whose content is in the snapshot: others may have come while it was encoded. */
  async function store(
    snapshot: EncodedSnapshot,
    to: { replica: string; removing: ReadonlySet<number> | 'all'; mayBeUnnamed?: boolean; seen?: number },
  ): Promise<void> {
    if ((to.seen ?? reopened) !== reopened) throw new StorageError('failed', 'the rows were made anew meanwhile')
    const transaction = connection.db.transaction(['updates', 'custom'], 'readwrite', { durability: 'strict' })
    const [rows, custom] = [transaction.objectStore('updates'), transaction.objectStore('custom')]
    try {
      if (to.removing !== 'all') await expectReplica(custom.get(replicaKey), replica, to)
      const since = snapshot.base
      if (since && (await rows.count(IDBKeyRange.bound(since.first, since.last))) !== since.count)
        throw new StorageError('failed', 'the rows of the snapshot changed meanwhile')
      if (to.removing === 'all') await rows.clear()
      else for (const key of to.removing) if (!isIn(since, key)) await rows.delete(key)
      const keys: number[] = []
      for (const chunk of snapshot.chunks) keys.push(await rows.add(chunk))
      await custom.put(to.replica, replicaKey)
      const mark = since ?? markOf(snapshot, keys)
      await custom.put(mark, snapshotKey)
      await transaction.done
      replica = to.replica
      const removed = to.removing
      known = new Map([...known].filter(([key]) => isIn(since, key) || (removed !== 'all' && !removed.has(key))))
      for (const [place, key] of keys.entries()) known.set(key, snapshot.chunks[place]?.length ?? 0)
      base = mark
    } catch (cause) {
      transaction.done.catch(() => undefined)
      abort(transaction)
      throw cause
    }
  }

  async function putTogether(doc: Y.Doc, options: { goesOn: boolean; mayBeUnnamed: boolean }): Promise<void> {
    const seen = reopened
    // Rows that other tabs wrote come into the document first: only what it holds may go.
    await load(doc)
    const { encodeSnapshot } = await import('./encode-snapshot.ts')
    // What is stored by now is in the document; what is stored while it is encoded may not be in the snapshot, and stays.
    const removing = new Set(known.keys())
    const snapshot = await encodeSnapshot(doc, { base: options.goesOn ? base : null, tailBytes: tail().bytes })
    await store(snapshot, { replica, removing, seen, mayBeUnnamed: options.mayBeUnnamed })
  }

  return {
    connection,
    get replica() {
      return replica
    },
    async reopen() {
      await connection.reopen()
      known = new Map()
      base = null
      reopened += 1
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
        await expectReplica(transaction.objectStore('custom').get(replicaKey), replica)
        const keys = await Promise.all(updates.map((update) => transaction.objectStore('updates').add(update)))
        await transaction.done
        for (const [place, key] of keys.entries()) known.set(key, updates[place]?.length ?? 0)
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
      return rows >= tailRows || bytes >= Math.max(tailBytes, base ? base.bytes / 2 : 0)
    },
    compact: (doc) => putTogether(doc, { goesOn: true, mayBeUnnamed: false }),
    restore: (doc) => putTogether(doc, { goesOn: false, mayBeUnnamed: true }),
    async replace(doc) {
      const { encodeSnapshot } = await import('./encode-snapshot.ts')
      const snapshot = await encodeSnapshot(doc, { base: null, tailBytes: 0 })
      await store(snapshot, { replica: createId(), removing: 'all' })
    },
  }
}

function isIn(mark: SnapshotMark | null, key: number): boolean {
  return mark !== null && key >= mark.first && key <= mark.last
}

async function nameReplica({ db }: Connection<DocumentSchema>): Promise<string> {
  const transaction = db.transaction('custom', 'readwrite')
  const stored = await transaction.store.get(replicaKey)
  const replica = typeof stored === 'string' ? stored : createId()
  if (replica !== stored) await transaction.store.put(replica, replicaKey)
  await transaction.done
  return replica
}

/**
 * A tab that still shows the document before must not write it into the one that took its place. A database without a name was made anew and holds
 * nothing yet: an edit alone would stand on nothing there.
 */
async function expectReplica(
  stored: Promise<unknown>,
  expected: string,
  { mayBeUnnamed = false }: { mayBeUnnamed?: boolean } = {},
): Promise<void> {
  const came = await stored
  if (came === expected || (came === undefined && mayBeUnnamed)) return
  if (came === undefined) throw new StorageError('removed', 'another tab deleted the storage of this book')
  throw new ReplacedError(`expected the document ${expected} here, got ${JSON.stringify(came)}`)
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort()
  } catch {
    // It has ended already.
  }
}
