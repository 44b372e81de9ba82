// The embedded default: one SQLite file, synced to disk at every commit, several books' updates in one transaction.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { chainStart, hashRow, hashUpdate } from './chain.ts'
import { migrate, requireSchema } from './migrations.ts'
import { createSqliteAccess } from './sqlite-access.ts'
import { createSqliteSnapshots } from './sqlite-snapshots.ts'
import { rowsInPages } from './rows-in-pages.ts'
import { type BookRecord, type BookWrite, ConflictError, type ServerStorage, type StoredUpdate } from './storage.ts'

/**
 * Opens or makes the database at `file`; `:memory:` for none. Throws where it cannot be opened or is newer than this program; with `readOnly`
 * also where it is missing or older, and everything is read as it is at this moment.
 */
export function openSqliteStorage(options: {
  file: string
  /** @default false */
  readOnly?: boolean
  /** Most bytes of the file: beyond, it is full. @default what the disk has */
  maxBytes?: number
}): ServerStorage {
  const { file, readOnly = false, maxBytes } = options
  const database = new DatabaseSync(file, { readOnly })
  try {
    database.exec('PRAGMA busy_timeout = 5000')
    if (readOnly) {
      // One moment for everything that is read, however long it takes.
      database.exec('BEGIN')
      requireSchema(database)
    }
    if (!readOnly) {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
      migrate(database)
      if (maxBytes !== undefined) limitSize(database, maxBytes)
    }
  } catch (error) {
    database.close()
    throw error
  }
  const sql = prepareStatements(database)
  const inTransaction = <T>(work: () => T): T => {
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      // A full disk may already have rolled back by itself.
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
  const { find: findSnapshot, ...saved } = createSqliteSnapshots(database, inTransaction)
  const recordOf = (book: string) => {
    const row = sql.book.get(book)
    return row && readRecord(row)
  }

  return {
    async *books() {
      for (let last = ''; ;) {
        const rows = sql.books.all(last, booksPerRead)
        yield* rows.map(readRecord)
        if (rows.length < booksPerRead) return
        last = rows.at(-1)?.['book'] as string
      }
    },
    async someBooks(atMost) {
      return sql.someBooks.all(atMost).map((row) => row['book'] as string)
    },
    async book(book) {
      return recordOf(book)
    },
    async registerBook({ book, actor, now }) {
      sql.register.run({ book, now, actor, head: chainStart })
      return recordOf(book) as BookRecord
    },
    async claimActor({ book, actor, now }) {
      return sql.claimActor.run({ book, actor, now }).changes === 1
    },
    async load(book, { raw } = { raw: false }) {
      const record = recordOf(book)
      if (!record) return undefined
      const snapshot = findSnapshot(book, { raw })
      const bindings = new Map<number, string>()
      for (const row of sql.bindings.iterate(book)) bindings.set(row['client_id'] as number, row['actor'] as string)
      const readTail = async () =>
        sql.tail.all(book, snapshot?.seq ?? 0, record.seq).map((row) => row['bytes'] as Uint8Array)
      return { record, snapshot, readTail, bindings }
    },
    durability: 'stored',
    async commit(writes) {
      return inTransaction(() => writes.map((write) => writeBook(sql, write, recordOf(write.book))))
    },
    async headAt(book, seq) {
      const record = recordOf(book)
      if (record?.seq === seq) return record.head
      return sql.hashBefore.get(book, seq + 1)?.['prev_hash'] as Uint8Array | undefined
    },
    async *chain(book, { after }) {
      for (const row of rowsInPages((from) => sql.chain.iterate(book, from - 1), after + 1)) {
        yield {
          seq: row['seq'] as number,
          updateHash: row['update_hash'] as Uint8Array,
          actor: row['actor'] as string,
          device: row['device'] as string,
          receivedAt: row['received_at'] as number,
        }
      }
    },
    async *updates(book, { from, to } = {}) {
      const last = to ?? Number.MAX_SAFE_INTEGER
      for (const row of rowsInPages((first) => sql.updates.iterate(book, first, last), from ?? 1)) yield readUpdate(row)
    },
    async positions(books) {
      return new Map(
        books.map((book) => recordOf(book)).flatMap((record) => (record ? [[record.book, record.seq]] : [])),
      )
    },
    async bindingsOf(book, clients) {
      const actorOf = (client: number) => sql.binding.get(book, client)?.['actor'] as string | undefined
      return new Map(clients.map((client) => [client, actorOf(client)] as const).filter(isBound))
    },
    async *receipts(book, { after }) {
      for (const row of rowsInPages((from) => sql.receipts.iterate({ book, after: from - 1 }), after + 1)) {
        yield {
          seq: row['seq'] as number,
          receivedAt: row['received_at'] as number,
          actions: (row['actions'] as string).split(' '),
        }
      }
    },
    ...saved,
    access: createSqliteAccess(database, inTransaction),
    async check() {
      sql.check.run(Date.now())
    },
    async close() {
      if (database.isOpen) database.close()
    },
  }
}

function limitSize(database: DatabaseSync, maxBytes: number): void {
  const { page_size: pageSize } = database.prepare('PRAGMA page_size').get() as { page_size: number }
  database.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / pageSize)}`)
}

/** A read of all books ends here and is begun again behind them, so that writes come in between. */
const booksPerRead = 500

type Statements = ReturnType<typeof prepareStatements>

function prepareStatements(database: DatabaseSync) {
  return {
    books: database.prepare('SELECT * FROM books WHERE book > ? ORDER BY book LIMIT ?'),
    someBooks: database.prepare('SELECT book FROM books LIMIT ?'),
    book: database.prepare('SELECT * FROM books WHERE book = ?'),
    register: database.prepare(
      'INSERT INTO books (book, created_at, created_by, generation, head) VALUES (:book, :now, :actor, :now, :head) ON CONFLICT DO NOTHING',
    ),
    // Every later writer has a client id bound to it; the first may have brought others' history only (AD7).
    claimActor: database.prepare(`
      INSERT INTO actors (book, actor, joined_at)
      SELECT book, :actor, :now FROM books
      WHERE book = :book AND first_writer IS NOT :actor
        AND NOT EXISTS (SELECT 1 FROM bindings WHERE book = :book AND actor = :actor)
      ON CONFLICT DO NOTHING
    `),
    advance: database.prepare(
      'UPDATE books SET seq = ?, head = ?, largest_n = ?, first_writer = ?, is_shared = ? WHERE book = ?',
    ),
    append: database.prepare(
      'INSERT INTO updates (book, seq, prev_hash, update_hash, actor, device, received_at, bytes, actions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    tail: database.prepare('SELECT bytes FROM updates WHERE book = ? AND seq > ? AND seq <= ? ORDER BY seq'),
    updates: database.prepare(
      'SELECT seq, prev_hash, update_hash, actor, device, received_at, bytes FROM updates WHERE book = ? AND seq BETWEEN ? AND ? ORDER BY seq',
    ),
    receipts: database.prepare(`
      SELECT seq, received_at, actions FROM receipts WHERE book = :book AND seq > :after
      UNION ALL
      SELECT seq, received_at, actions FROM updates WHERE book = :book AND seq > :after AND actions IS NOT NULL
      ORDER BY seq
    `),
    hashBefore: database.prepare('SELECT prev_hash FROM updates WHERE book = ? AND seq = ?'),
    chain: database.prepare(
      'SELECT seq, update_hash, actor, device, received_at FROM updates WHERE book = ? AND seq > ? ORDER BY seq',
    ),
    bind: database.prepare('INSERT INTO bindings (book, client_id, actor) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    binding: database.prepare('SELECT actor FROM bindings WHERE book = ? AND client_id = ?'),
    bindings: database.prepare('SELECT client_id, actor FROM bindings WHERE book = ?'),
    check: database.prepare('INSERT INTO checks (id, at) VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at'),
  }
}

/** Gives the new head. */
function writeBook(sql: Statements, write: BookWrite, record: BookRecord | undefined): Uint8Array {
  if (record?.seq !== write.expectedSeq) throw new ConflictError([write.book])
  let { seq, head, firstWriter, isShared } = record
  for (const update of write.updates) {
    const updateHash = update.updateHash ?? hashUpdate(update.bytes)
    seq++
    const { actor, device, receivedAt, bytes } = update
    const actions = update.actions.length > 0 ? update.actions.join(' ') : null
    sql.append.run(write.book, seq, head, updateHash, actor, device, receivedAt, bytes, actions)
    head = hashRow({ previousHash: head, updateHash, book: write.book, seq, update })
    firstWriter ??= update.actor
    isShared ||= firstWriter !== update.actor
  }
  for (const [client, actor] of write.bindings) {
    if (sql.bind.run(write.book, client, actor).changes === 0) throw new ConflictError([write.book])
  }
  const largestN = Math.max(record.largestN, write.largestN)
  sql.advance.run(seq, head, largestN, firstWriter, isShared ? 1 : 0, write.book)
  return head
}

function isBound(binding: readonly [number, string | undefined]): binding is readonly [number, string] {
  return binding[1] !== undefined
}

type Row = ReturnType<StatementSync['iterate']> extends Iterable<infer R> ? R : never

function readRecord(row: Row): BookRecord {
  return {
    book: row['book'] as string,
    createdAt: row['created_at'] as number,
    createdBy: row['created_by'] as string,
    generation: row['generation'] as number,
    seq: row['seq'] as number,
    head: row['head'] as Uint8Array,
    largestN: row['largest_n'] as number,
    firstWriter: row['first_writer'] as string | null,
    isShared: row['is_shared'] === 1,
  }
}

function readUpdate(row: Row): StoredUpdate {
  return {
    seq: row['seq'] as number,
    previousHash: row['prev_hash'] as Uint8Array,
    updateHash: row['update_hash'] as Uint8Array,
    actor: row['actor'] as string,
    device: row['device'] as string,
    receivedAt: row['received_at'] as number,
    bytes: row['bytes'] as Uint8Array,
  }
}
