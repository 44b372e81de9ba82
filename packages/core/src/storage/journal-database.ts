// The journal on disk: own actions in confirmed writes, a second copy of the document for books without a server, marks, and what was set aside.
import type { DBSchema } from 'idb'
import type * as Y from 'yjs'
import { type Connection, connectDatabase } from './connect-database.ts'
import { copyKey, copyOrigin, readCopyMark } from './copy-mark.ts'
import { readRows, type RowsRead } from './read-rows.ts'
import { isCoveredBy, stateOf } from './state-clocks.ts'
import type { JournalRecord, SetAside, StorageHandle } from './storage.ts'
import type { StorageError } from './storage-error.ts'
import { storedMarks } from './stored-marks.ts'
import { sumOfValue } from '../sums.ts'

/** The stores of a journal's database. */
export interface JournalSchema extends DBSchema {
  journal: { key: string; value: StoredRecord }
  marks: { key: string; value: unknown }
  copy: { key: number; value: Uint8Array }
  aside: { key: string; value: SetAside }
}

/** A record as it is stored; `replica` names the document that it was written into. */
export type StoredRecord = JournalRecord & { readonly replica?: string; readonly keptSum?: number }

const sumOfRecord = ({ id, update, replica }: StoredRecord) => sumOfValue([id, update, replica])

/** Records from which on a book without a server puts them into its second copy. */
const recordsAtMost = 200

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
  now: () => number
}): Promise<JournalDatabase> {
  const { now } = options
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

  /** Most books never set anything aside. */
  const laterAside = async () => (await import('./aside-items.ts')).asideItems(connection)
  const aside: JournalDatabase['aside'] = {
    add: async (items) => (await laterAside()).add(items),
    list: async () => ((await connection.db.count('aside')) === 0 ? [] : (await laterAside()).list()),
    remove: async (ids) => (await laterAside()).remove(ids),
  }

  return {
    connection,
    journal: {
      async append(records) {
        // `strict` asks the browser to flush to the disk before it says that the transaction is complete.
        const transaction = connection.db.transaction('journal', 'readwrite', { durability: 'strict' })
        const writtenInto = replica()
        const stored = records.map(({ id, update }): StoredRecord => {
          const record = writtenInto ? { id, update, replica: writtenInto } : { id, update }
          return { ...record, keptSum: sumOfRecord(record) }
        })
        await Promise.all([...stored.map((record) => transaction.store.put(record)), transaction.done])
      },
      async list() {
        const records = (await connection.db.getAll('journal')).map(({ keptSum, ...record }): StoredRecord =>
          keptSum === undefined || keptSum === sumOfRecord(record) ? record : { ...record, isChanged: true },
        )
        const isStrange = records.some((record) => record.replica !== undefined && record.replica !== replica())
        return isStrange ? (await replaced()).tellReplaced(connection, records, replica()) : records
      },
      async remove(ids) {
        const transaction = connection.db.transaction('journal', 'readwrite')
        await Promise.all([...ids.map((id) => transaction.store.delete(id)), transaction.done])
      },
    },
    marks: storedMarks(connection, { aside, now }),
    aside,
    async healFromCopy(doc) {
      const mark = await readCopyMark(connection)
      // Of a mark that is not as it was written nobody knows what the copy holds.
      if (!mark && (await connection.db.get('marks', copyKey)) === undefined) return null
      if (mark && isCoveredBy(mark.clocks, stateOf(doc))) return null
      return readRows(connection.db, 'copy', { doc, origin: copyOrigin })
    },
    async wantsFolding() {
      return (await connection.db.count('journal')) >= recordsAtMost
    },
    fold: async (doc) => (await import('./fold-journal.ts')).foldJournal(connection, doc),
    forgetCopy: async () => (await import('./forget-copy.ts')).forgetCopy(connection),
    leave: async (taken) => (await replaced()).leaveDocument(connection, taken, replica()),
  }
}

/** Loaded when a document takes another's place, or did. */
const replaced = () => import('./replaced-documents.ts')
