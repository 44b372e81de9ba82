// Puts the journal's records into the second copy, as a snapshot of the document that holds them. Loaded when there is something to fold.
import * as Y from 'yjs'
import type { Connection } from './connect-database.ts'
import { copyKey, copyOrigin, CopyMark, readCopyMark } from './copy-mark.ts'
import { encodeSnapshot } from './encode-snapshot.ts'
import type { JournalSchema } from './journal-database.ts'
import { readRows } from './read-rows.ts'
import { markOf, readMark, sealMark, type SnapshotMark } from './snapshot.ts'
import { isCoveredBy, stateOf } from './state-clocks.ts'
import type { JournalRecord } from './storage.ts'
import { StorageError } from './storage-error.ts'
import { withSum } from './summed-row.ts'

/** What another tab folded and `doc` lacks comes into it first; fails where the copy changes meanwhile. */
export async function foldJournal(connection: Connection<JournalSchema>, doc: Y.Doc): Promise<void> {
  const records = await connection.db.getAll('journal')
  const mark = await readCopyMark(connection)
  // What another tab folded and this one has not seen yet must not go.
  if (mark && !isCoveredBy(mark.clocks, stateOf(doc)))
    await readRows(connection.db, 'copy', { doc, origin: copyOrigin })
  const tailBytes = mark ? await bytesBehind(connection, mark.base) : 0
  const snapshot = await encodeSnapshot(doc, { base: mark?.base ?? null, tailBytes })
  const transaction = connection.db.transaction(['copy', 'marks', 'journal'], 'readwrite', { durability: 'strict' })
  const [copy, marks, journal] = (['copy', 'marks', 'journal'] as const).map((name) =>
    transaction.objectStore(name),
  ) as [
    ReturnType<typeof transaction.objectStore<'copy'>>,
    ReturnType<typeof transaction.objectStore<'marks'>>,
    ReturnType<typeof transaction.objectStore<'journal'>>,
  ]
  const present = readMark(CopyMark, await marks.get(copyKey))
  const since = snapshot.base
  if (
    (present && !isCoveredBy(present.clocks, snapshot.clocks)) ||
    (since && (await copy.count(IDBKeyRange.bound(since.first, since.last))) !== since.count)
  ) {
    transaction.abort()
    await transaction.done.catch(() => undefined)
    throw new StorageError('failed', 'the second copy changed meanwhile')
  }
  await copy.delete(since ? IDBKeyRange.lowerBound(since.last, true) : IDBKeyRange.lowerBound(0))
  const keys: number[] = []
  for (const chunk of snapshot.chunks) keys.push(await copy.add(withSum(chunk)))
  await marks.put(sealMark({ base: since ?? markOf(snapshot, keys), clocks: [...snapshot.clocks] }), copyKey)
  for (const record of records) if (isFolded(record, snapshot.clocks)) await journal.delete(record.id)
  await transaction.done
}

async function bytesBehind({ db }: Connection<JournalSchema>, base: SnapshotMark): Promise<number> {
  let bytes = 0
  const rows = await db.getAll('copy', IDBKeyRange.lowerBound(base.last, true))
  for (const row of rows) bytes += row.length
  return bytes
}

/** A record that cannot be read stays: it is the only copy of what it was. */
function isFolded({ update }: JournalRecord, clocks: ReadonlyMap<number, number>): boolean {
  try {
    return isCoveredBy(Y.parseUpdateMeta(update).to, clocks)
  } catch {
    return false
  }
}
