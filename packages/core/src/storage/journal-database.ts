// The journal on disk: own actions in confirmed writes, a second copy of the document for books without a server, marks, and what was set aside.
import type { DBSchema } from 'idb'
import * as Y from 'yjs'
import * as z from 'zod/mini'
import { type Connection, connectDatabase } from './connect-database.ts'
import { isCoveredBy, stateOf } from './state-clocks.ts'
import { readRows, type RowsRead, type StorageOrigin } from './read-rows.ts'
import { markOf, SnapshotMark } from './snapshot.ts'
import { type JournalRecord, SetAside, type StorageHandle } from './storage.ts'
import { StorageError } from './storage-error.ts'

interface JournalSchema extends DBSchema {
  journal: { key: string; value: StoredRecord }
  marks: { key: string; value: unknown }
  copy: { key: number; value: Uint8Array }
  aside: { key: string; value: SetAside }
}

/** `replica` names the document that it was written into. */
type StoredRecord = JournalRecord & { readonly replica?: string }

const copyKey = 'second-copy'
const CopyMark = z.object({ base: SnapshotMark, clocks: z.array(z.tuple([z.int(), z.int()])) })

/** Records from which on a book without a server puts them into its second copy. */
const recordsAtMost = 200

/** What comes from the second copy is news to the rows, and is stored there. */
const copyOrigin: StorageOrigin = { source: 'storage', name: 'second copy' }

/** The journal's database. */
export interface JournalDatabase extends Pick<StorageHandle, 'journal' | 'marks' | 'aside' | 'forgetCopy'> {
  readonly connection: Connection<JournalSchema>
  /** Brings what the second copy holds and `doc` lacks into `doc`; null where there is nothing. */
  healFromCopy(doc: Y.Doc): Promise<RowsRead | null>
  /** Whether the journal is long enough for `fold` to pay. */
  wantsFolding(): Promise<boolean>
  /** Puts the journal's records into the second copy, as a snapshot of `doc`, which holds them. */
  fold(doc: Y.Doc): Promise<void>
  /** Before another document takes this one's place: these records, which are in it, and the second copy go. */
  leave(taken: readonly string[]): Promise<void>
}

/** Opens the journal's database `name`. */
export async function openJournalDatabase(options: {
  name: string
  timeoutMs: number
  onLost: (problem: StorageError) => void
  /** The document that this tab shows; none while only marks are read. */
  replica?: () => string
}): Promise<JournalDatabase> {
  const replica = () => options.replica?.()
  const connection = await connectDatabase<JournalSchema>({
    ...options,
    version: 2,
    upgrade(db, before) {
      if (before < 1) {
        db.createObjectStore('journal', { keyPath: 'id' })
        db.createObjectStore('marks')
      }
      db.createObjectStore('copy', { autoIncrement: true })
      db.createObjectStore('aside', { keyPath: 'id' })
    },
  })
  const readMark = async () => {
    const mark = CopyMark.safeParse(await connection.db.get('marks', copyKey))
    return mark.success ? mark.data : null
  }

  async function fold(doc: Y.Doc): Promise<void> {
    const records = await connection.db.getAll('journal')
    const mark = await readMark()
    // What another tab folded and this one has not seen yet must not go.
    if (mark && !isCoveredBy(mark.clocks, stateOf(doc)))
      await readRows(connection.db, 'copy', { doc, origin: copyOrigin })
    const tailBytes = mark ? await bytesBehind(connection, mark.base) : 0
    const { encodeSnapshot } = await import('./encode-snapshot.ts')
    const snapshot = await encodeSnapshot(doc, { base: mark?.base ?? null, tailBytes })
    const transaction = connection.db.transaction(['copy', 'marks', 'journal'], 'readwrite', { durability: 'strict' })
    const [copy, marks, journal] = (['copy', 'marks', 'journal'] as const).map((name) =>
      transaction.objectStore(name),
    ) as [
      ReturnType<typeof transaction.objectStore<'copy'>>,
      ReturnType<typeof transaction.objectStore<'marks'>>,
      ReturnType<typeof transaction.objectStore<'journal'>>,
    ]
    const present = CopyMark.safeParse(await marks.get(copyKey))
    const since = snapshot.base
    if (
      (present.success && !isCoveredBy(present.data.clocks, snapshot.clocks)) ||
      (since && (await copy.count(IDBKeyRange.bound(since.first, since.last))) !== since.count)
    ) {
      transaction.abort()
      await transaction.done.catch(() => undefined)
      throw new StorageError('failed', 'the second copy changed meanwhile')
    }
    await copy.delete(since ? IDBKeyRange.lowerBound(since.last, true) : IDBKeyRange.lowerBound(0))
    const keys: number[] = []
    for (const chunk of snapshot.chunks) keys.push(await copy.add(chunk))
    await marks.put({ base: since ?? markOf(snapshot, keys), clocks: [...snapshot.clocks] }, copyKey)
    for (const record of records) if (isFolded(record, snapshot.clocks)) await journal.delete(record.id)
    await transaction.done
  }

  return {
    connection,
    journal: {
      async append(records) {
        // `strict` asks the browser to flush to the disk before it says that the transaction is complete.
        const transaction = connection.db.transaction('journal', 'readwrite', { durability: 'strict' })
        const writtenInto = replica()
        const stored = records.map((record) => (writtenInto ? { ...record, replica: writtenInto } : record))
        await Promise.all([...stored.map((record) => transaction.store.put(record)), transaction.done])
      },
      async list() {
        const records = await connection.db.getAll('journal')
        return records.map((record) =>
          record.replica === undefined || record.replica === replica() ? record : { ...record, isOfAnother: true },
        )
      },
      async remove(ids) {
        const transaction = connection.db.transaction('journal', 'readwrite')
        await Promise.all([...ids.map((id) => transaction.store.delete(id)), transaction.done])
      },
    },
    marks: {
      get: async (key) => connection.db.get('marks', key),
      async set(key, value) {
        await connection.db.put('marks', value, key)
      },
      delete: async (key) => connection.db.delete('marks', key),
    },
    aside: {
      async add(items) {
        const transaction = connection.db.transaction('aside', 'readwrite', { durability: 'strict' })
        await Promise.all([...items.map((item) => transaction.store.put(item)), transaction.done])
      },
      async list() {
        const stored = await connection.db.getAll('aside')
        return stored.filter((item) => SetAside.safeParse(item).success).sort((a, b) => a.at - b.at)
      },
      async remove(ids) {
        const transaction = connection.db.transaction('aside', 'readwrite')
        await Promise.all([...ids.map((id) => transaction.store.delete(id)), transaction.done])
      },
    },
    async healFromCopy(doc) {
      const mark = await readMark()
      if (!mark || isCoveredBy(mark.clocks, stateOf(doc))) return null
      return readRows(connection.db, 'copy', { doc, origin: copyOrigin })
    },
    async wantsFolding() {
      return (await connection.db.count('journal')) >= recordsAtMost
    },
    fold,
    async forgetCopy() {
      const transaction = connection.db.transaction(['copy', 'marks'], 'readwrite')
      await Promise.all([
        transaction.objectStore('copy').clear(),
        transaction.objectStore('marks').delete(copyKey),
        transaction.done,
      ])
    },
    async leave(taken) {
      const transaction = connection.db.transaction(['journal', 'copy', 'marks'], 'readwrite', { durability: 'strict' })
      await Promise.all([
        ...taken.map((id) => transaction.objectStore('journal').delete(id)),
        transaction.objectStore('copy').clear(),
        transaction.objectStore('marks').delete(copyKey),
        transaction.done,
      ])
    },
  }
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
