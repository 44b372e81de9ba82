// Puts a document's stored rows together, or another document in their place: everything in one transaction. Loaded when there is something to do.
import type * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import type { Connection } from './connect-database.ts'
import { encodeSnapshot } from './encode-snapshot.ts'
import {
  abort,
  type DocumentSchema,
  expectReplica,
  isIn,
  replicaKey,
  type RowsState,
  snapshotKey,
} from './rows-state.ts'
import { type EncodedSnapshot, markOf, sealMark } from './snapshot.ts'
import { StorageError } from './storage-error.ts'
import { withSum } from './summed-row.ts'

/** Writes snapshots. */
export interface Compacting {
  /** Puts the rows together that `doc` holds. */
  putTogether(doc: Y.Doc, options: { goesOn: boolean; mayBeUnnamed: boolean }): Promise<void>
  /** Stores `doc`, another document under another name, in place of all rows. */
  replace(doc: Y.Doc): Promise<void>
}

/** Makes it for the rows of one database. */
export function createCompacting({
  connection,
  state,
  load,
  tail,
}: {
  connection: Connection<DocumentSchema>
  state: RowsState
  load: (doc: Y.Doc) => Promise<unknown>
  tail: () => { bytes: number }
}): Compacting {
  /** `removing` names the rows whose content is in the snapshot: others may have come while it was encoded. */
  async function store(
    snapshot: EncodedSnapshot,
    to: { replica: string; removing: ReadonlySet<number> | 'all'; mayBeUnnamed?: boolean; seen?: number },
  ): Promise<void> {
    if ((to.seen ?? state.reopened) !== state.reopened)
      throw new StorageError('failed', 'the rows were made anew meanwhile')
    const transaction = connection.db.transaction(['updates', 'custom'], 'readwrite', { durability: 'strict' })
    const [rows, custom] = [transaction.objectStore('updates'), transaction.objectStore('custom')]
    try {
      if (to.removing !== 'all') await expectReplica(custom.get(replicaKey), state.replica, to)
      const since = snapshot.base
      if (since && (await rows.count(IDBKeyRange.bound(since.first, since.last))) !== since.count)
        throw new StorageError('failed', 'the rows of the snapshot changed meanwhile')
      if (to.removing === 'all') await rows.clear()
      else for (const key of to.removing) if (!isIn(since, key)) await rows.delete(key)
      const keys: number[] = []
      for (const chunk of snapshot.chunks) keys.push(await rows.add(withSum(chunk)))
      await custom.put(to.replica, replicaKey)
      const mark = since ?? markOf(snapshot, keys)
      await custom.put(sealMark(mark), snapshotKey)
      await transaction.done
      state.replica = to.replica
      const removed = to.removing
      state.known = new Map(
        [...state.known].filter(([key]) => isIn(since, key) || (removed !== 'all' && !removed.has(key))),
      )
      for (const [place, key] of keys.entries()) state.known.set(key, snapshot.chunks[place]?.length ?? 0)
      state.base = mark
      state.hasBare = false
    } catch (cause) {
      transaction.done.catch(() => undefined)
      abort(transaction)
      throw cause
    }
  }

  async function putTogether(doc: Y.Doc, options: { goesOn: boolean; mayBeUnnamed: boolean }): Promise<void> {
    const seen = state.reopened
    // Rows that other tabs wrote come into the document first: only what it holds may go.
    await load(doc)
    // What is stored by now is in the document; what is stored while it is encoded may not be in the snapshot, and stays.
    const removing = new Set(state.known.keys())
    const snapshot = await encodeSnapshot(doc, { base: options.goesOn ? state.base : null, tailBytes: tail().bytes })
    await store(snapshot, { replica: state.replica, removing, seen, mayBeUnnamed: options.mayBeUnnamed })
  }

  return {
    putTogether,
    async replace(doc) {
      const snapshot = await encodeSnapshot(doc, { base: null, tailBytes: 0 })
      await store(snapshot, { replica: createId(), removing: 'all' })
    },
  }
}
