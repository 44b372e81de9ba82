// Storage for several nodes: one PostgreSQL database, whose rows are the truth; nothing that a node keeps in memory is.
import { randomBytes, randomInt } from 'node:crypto'
import { chainStart } from '../chain.ts'
import { type BookRecord, ConflictError, type ServerStorage, type StoredUpdate } from '../storage.ts'
import { createPostgresAccess } from './access.ts'
import { type BookState, commitWrites, type Durability, durabilityColumns, readDurability } from './commit.ts'
import { bytesOf, type Database, openDatabase, type Row } from './database.ts'
import { migratePostgres, requirePostgresSchema } from './migrations.ts'
import { createPostgresSnapshots } from './snapshots.ts'
import { createStateCache } from './state-cache.ts'

/** The storage, and what nodes share beside books. */
export interface PostgresStorage extends ServerStorage {
  /** A text that is made once and the same on every node. */
  secret(name: string, make: () => string): Promise<string>
  /** Undefined where there is none. */
  readSecret(name: string): Promise<string | undefined>
  removeSecret(name: string): Promise<void>
}

/** The secret that is there while a move or a restore to the database is not through. */
export const unfinishedSecret = 'unfinished-move'

/** Rows of one read: what lies behind them is asked for again, so that no connection is held while somebody thinks. */
const rowsPerRead = 500
/** A read stops at the update that goes over this, so that five hundred large ones are not in memory at once. */
const bytesPerRead = 8 << 20

/**
 * Connects to the database at `url` and makes or upgrades its tables. Rejects where it cannot be reached or is newer than this program; with
 * `readOnly` also where it is older.
 */
export async function openPostgresStorage(options: {
  url: string
  /** @default false */
  readOnly?: boolean
  /** Bytes of updates that one read may bring before it stops. @default 8 MiB */
  pageBytes?: number
}): Promise<PostgresStorage> {
  const database = openDatabase(options.url)
  const { query } = database
  try {
    await (options.readOnly ? requirePostgresSchema(database) : migratePostgres(database))
  } catch (error) {
    await database.close()
    throw error
  }
  const states = createStateCache()
  const { find: findSnapshot, ...saved } = createPostgresSnapshots(database)
  let durability: Durability = 'stored'

  const recordOf = async (book: string): Promise<BookRecord | undefined> => {
    const [row] = await query(`${sql.records} WHERE b.book = $1`, [book])
    return row && readRecord(row)
  }
  /** What a write builds on: from the last commit or read of this node, else from the database. */
  const stateOf = async (book: string, seq: number): Promise<BookState> => {
    const known = states.get(book)
    if (known?.seq === seq) return known
    const record = await recordOf(book)
    if (record?.seq !== seq) throw new ConflictError([book])
    states.set(book, record)
    return record
  }
  const readSecret = async (name: string) =>
    (await query('SELECT secret FROM tierbook_secrets WHERE name = $1', [name]))[0]?.['secret'] as string | undefined
  const pageBytes = options.pageBytes ?? bytesPerRead
  /** Page after page, from `after` on. */
  async function* read<T extends { readonly seq: number }>(
    text: string,
    book: string,
    after: number,
    readRow: (row: Row) => T,
  ): AsyncGenerator<T> {
    for (let last = after; ;) {
      const rows = await query(text, [book, last, rowsPerRead, pageBytes])
      let bytes = 0
      for (const row of rows) {
        bytes += (row['bytes'] as Uint8Array | undefined)?.byteLength ?? 0
        yield readRow(row)
      }
      if (rows.length < rowsPerRead && bytes < pageBytes) return
      last = rows.at(-1)?.['seq'] as number
    }
  }

  return {
    async *books() {
      for (let last = ''; ;) {
        const rows = await query(`${sql.records} WHERE b.book > $1 ORDER BY b.book LIMIT $2`, [last, rowsPerRead])
        yield* rows.map(readRecord)
        if (rows.length < rowsPerRead) return
        last = rows.at(-1)?.['book'] as string
      }
    },
    async someBooks(atMost) {
      const rows = await query('SELECT book FROM tierbook_books LIMIT $1', [atMost])
      return rows.map((row) => row['book'] as string)
    },
    book: recordOf,
    async registerBook({ book, actor, now }) {
      await query(sql.register, [book, now, actor])
      return (await recordOf(book)) as BookRecord
    },
    async claimActor({ book, actor, now }) {
      return (await query(sql.claimActor, [book, actor, now])).length === 1
    },
    async load(book, { raw } = { raw: false }) {
      const record = await recordOf(book)
      if (!record) return undefined
      states.set(book, record)
      const snapshot = await findSnapshot(book, { raw })
      const bindings = new Map<number, string>()
      for (const row of await query(sql.bindings, [book]))
        bindings.set(row['client_id'] as number, row['actor'] as string)
      const readTail = async () => {
        const rows = await Array.fromAsync(upTo(record.seq, read(sql.bytes, book, snapshot?.seq ?? 0, readBytes)))
        return rows.map(({ bytes }) => bytes)
      }
      return { record, snapshot, readTail, bindings }
    },
    async commit(writes) {
      const before = await Promise.all(writes.map(({ book, expectedSeq }) => stateOf(book, expectedSeq)))
      try {
        const { after, durability: found } = await commitWrites(database, writes, before)
        durability = found
        for (const [i, { book }] of writes.entries()) states.set(book, after[i] as BookState)
        return after.map(({ head }) => head)
      } catch (error) {
        // Whether a lost connection's commit was stored is not known here.
        for (const { book } of writes) states.delete(book)
        throw error
      }
    },
    get durability() {
      return durability
    },
    async headAt(book, seq) {
      const [row] =
        seq === 0
          ? await query('SELECT 1 AS found FROM tierbook_books WHERE book = $1', [book])
          : await query('SELECT hash FROM tierbook_updates WHERE book = $1 AND seq = $2', [book, seq])
      return row && (seq === 0 ? chainStart : bytesOf(row['hash']))
    },
    chain: (book, { after }) => read(sql.chain, book, after, readChainRow),
    updates: (book, { from, to } = {}) => upTo(to, read(sql.updates, book, (from ?? 1) - 1, readUpdate)),
    async positions(books) {
      const rows = await query(sql.positions, [books])
      return new Map(rows.map((row) => [row['book'] as string, row['seq'] as number]))
    },
    async bindingsOf(book, clients) {
      const rows = await query(`${sql.bindings} AND client_id = ANY($2)`, [book, clients])
      return new Map(rows.map((row) => [row['client_id'] as number, row['actor'] as string]))
    },
    receipts: (book, { after }) => read(sql.receipts, book, after, readReceipts),
    ...saved,
    access: createPostgresAccess(database),
    async secret(name, make) {
      await query('INSERT INTO tierbook_secrets (name, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING', [name, make()])
      return (await readSecret(name)) as string
    },
    readSecret,
    async removeSecret(name) {
      await query('DELETE FROM tierbook_secrets WHERE name = $1', [name])
    },
    async check() {
      await probeSpace(database)
      const [row] = await query(sql.check, [Date.now()])
      durability = readDurability(row)
    },
    close: () => database.close(),
  }
}

/** As much as a busy moment commits. */
const probeBytes = 64 << 10

/** Rejects where updates have no room: a small row elsewhere may still fit into a page that is there when the disk is full. */
async function probeSpace(database: Database): Promise<void> {
  const undone = new Error('rolled back')
  const bytes = randomBytes(probeBytes) // which no compression makes small
  await database
    .transaction(async (query) => {
      // A place that no other server's probe waits for.
      await query(sql.probe, [randomInt(2 ** 47), bytes])
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
}

const sql = {
  check: `
    INSERT INTO tierbook_checks (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at
    RETURNING ${durabilityColumns}`,
  probe: `
    INSERT INTO tierbook_updates (book, seq, prev_hash, update_hash, hash, actor, device, received_at, largest_n, is_shared, bytes)
    VALUES ('', $1::bigint + 1, '', '', '', '', '', 0, 0, false, $2)`,
  records: `
    SELECT b.book, b.created_at, b.created_by, b.generation, last.seq, last.hash, last.largest_n, last.is_shared,
      (SELECT actor FROM tierbook_updates WHERE book = b.book AND seq = 1) AS first_writer
    FROM tierbook_books b LEFT JOIN LATERAL (
      SELECT seq, hash, largest_n, is_shared FROM tierbook_updates WHERE book = b.book ORDER BY seq DESC LIMIT 1
    ) last ON true`,
  register:
    'INSERT INTO tierbook_books (book, created_at, created_by, generation) VALUES ($1, $2, $3, $2) ON CONFLICT DO NOTHING',
  // Every later writer has a client id bound to it; the first may have brought others' history only (AD7). A commit that is under way on another
  // node has put both into the same table: this statement waits for it.
  claimActor: `
    WITH claimed AS (
      INSERT INTO tierbook_known_actors (book, actor)
      SELECT b.book, $2::text FROM tierbook_books b
      WHERE b.book = $1
        AND NOT EXISTS (SELECT 1 FROM tierbook_updates WHERE book = $1 AND seq = 1 AND actor = $2)
        AND NOT EXISTS (SELECT 1 FROM tierbook_bindings WHERE book = $1 AND actor = $2)
      ON CONFLICT DO NOTHING RETURNING book, actor
    )
    INSERT INTO tierbook_actors (book, actor, joined_at)
    SELECT book, actor, $3::bigint FROM claimed ON CONFLICT DO NOTHING RETURNING actor`,
  bindings: 'SELECT client_id, actor FROM tierbook_bindings WHERE book = $1',
  positions: `
    SELECT b.book, coalesce((SELECT seq FROM tierbook_updates u WHERE u.book = b.book ORDER BY seq DESC LIMIT 1), 0) AS seq
    FROM tierbook_books b WHERE b.book = ANY($1)`,
  bytes: pageOf('seq, bytes'),
  updates: pageOf('seq, prev_hash, update_hash, actor, device, received_at, bytes'),
  chain: pageOf('seq, update_hash, actor, device, received_at', { size: '0' }),
  receipts: pageOf('seq, received_at, actions', { where: 'AND actions IS NOT NULL', size: '0' }),
} as const

/** A page of a book's updates behind `$2`: up to `$3` rows, and none behind the one with which the sum of their sizes reaches `$4`. */
function pageOf(columns: string, { where = '', size = 'octet_length(bytes)' } = {}): string {
  return `
    SELECT ${columns} FROM (
      SELECT *, sum(size) OVER (ORDER BY seq) - size AS before FROM (
        SELECT ${columns}, ${size} AS size FROM tierbook_updates WHERE book = $1 AND seq > $2 ${where} ORDER BY seq LIMIT $3
      ) page
    ) sized WHERE before < $4::bigint ORDER BY seq`
}

async function* upTo<T extends { readonly seq: number }>(
  to: number | undefined,
  rows: AsyncIterable<T>,
): AsyncGenerator<T> {
  for await (const row of rows) {
    if (to !== undefined && row.seq > to) return
    yield row
  }
}

function readRecord(row: Row): BookRecord {
  const seq = row['seq'] as number | null
  return {
    book: row['book'] as string,
    createdAt: row['created_at'] as number,
    createdBy: row['created_by'] as string,
    generation: row['generation'] as number,
    seq: seq ?? 0,
    head: seq === null ? chainStart : bytesOf(row['hash']),
    largestN: (row['largest_n'] as number | null) ?? 0,
    firstWriter: row['first_writer'] as string | null,
    isShared: row['is_shared'] === true,
  }
}

function readBytes(row: Row): { seq: number; bytes: Uint8Array } {
  return { seq: row['seq'] as number, bytes: bytesOf(row['bytes']) }
}

function readChainRow(row: Row): Omit<StoredUpdate, 'bytes' | 'previousHash'> {
  return {
    seq: row['seq'] as number,
    updateHash: bytesOf(row['update_hash']),
    actor: row['actor'] as string,
    device: row['device'] as string,
    receivedAt: row['received_at'] as number,
  }
}

function readUpdate(row: Row): StoredUpdate {
  return { ...readChainRow(row), previousHash: bytesOf(row['prev_hash']), bytes: bytesOf(row['bytes']) }
}

function readReceipts(row: Row): { seq: number; receivedAt: number; actions: readonly string[] } {
  const actions = (row['actions'] as string).split(' ')
  return { seq: row['seq'] as number, receivedAt: row['received_at'] as number, actions }
}
