// The storage contract on a real PostgreSQL, and what only a shared database has to prove: migrations, secrets, several writers.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openDatabase } from '../../src/storage/postgres/database.ts'
import { migratePostgres, postgresSchemaVersion } from '../../src/storage/postgres/migrations.ts'
import { openPostgresStorage, type PostgresStorage } from '../../src/storage/postgres/storage.ts'
import { storageContract } from '../../src/storage/contract/storage-contract.ts'
import { ConflictError } from '../../src/storage/storage.ts'
import { type SamplePostgres, startPostgres } from './sample-postgres.ts'

let postgres: SamplePostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

storageContract('PostgreSQL', async () => openPostgresStorage({ url: await postgres.createDatabase() }))

storageContract('PostgreSQL with tables divided by book', async () => {
  const url = await postgres.createDatabase()
  await (await openPostgresStorage({ url })).close()
  await postgres.run(url, vacuum)
  await postgres.run(url, partition)
  return openPostgresStorage({ url })
})

const [vacuum, partition] = ['vacuum', 'partition'].map((name) =>
  readFileSync(new URL(`../../deploy/${name}.sql`, import.meta.url), 'utf8'),
) as [string, string]

test('dividing the tables keeps every row', async () => {
  const url = await postgres.createDatabase()
  const storage = await openPostgresStorage({ url })
  for (const book of ['a', 'b', 'c']) {
    await storage.registerBook({ book, actor: 'ada', now: 1 })
    const updates = [1, 2, 3].map((n) => update([n]))
    await storage.commit([{ book, expectedSeq: 0, updates, bindings: new Map([[7, 'ada']]), largestN: 0 }])
    await storage.saveSnapshot({ book, seq: 2, bytes: Uint8Array.of(9), outline: null })
  }
  const rows = async () => {
    const books = await Array.fromAsync(storage.books())
    return Promise.all(books.map(async (record) => [record, await Array.fromAsync(storage.updates(record.book))]))
  }
  const before = await rows()
  await postgres.run(url, partition)
  expect(await rows()).toEqual(before)
  expect((await storage.load('b'))?.snapshot?.seq).toBe(2)
  const parts = await postgres.run(url, "SELECT 1 FROM pg_inherits WHERE inhparent = 'tierbook_updates'::regclass")
  expect(parts).toHaveLength(32)
  await storage.close()
})

const update = (bytes: number[], actor = 'ada') => ({
  bytes: Uint8Array.from(bytes),
  actor,
  device: 'd',
  receivedAt: 1,
  actions: [],
})

test('a read of large updates brings no more bytes at once than it should, and goes on behind them', async () => {
  const url = await postgres.createDatabase()
  const storage = await openPostgresStorage({ url, pageBytes: 5 })
  await storage.registerBook({ book: 'a', actor: 'ada', now: 1 })
  const updates = [1, 2, 3, 4, 5, 6].map((n) => update([n, n]))
  await storage.commit([{ book: 'a', expectedSeq: 0, updates, bindings: new Map(), largestN: 0 }])
  const read: number[] = []
  for await (const { bytes } of storage.updates('a')) {
    // What is read later than the first three, which reach five bytes, comes from the database as it is by then.
    if (read.length === 0) await postgres.run(url, "UPDATE tierbook_updates SET bytes = '\\x0909' WHERE seq IN (3, 4)")
    read.push(bytes[0] ?? 0)
  }
  expect(read).toEqual([1, 2, 3, 9, 5, 6])
  const loaded = await storage.load('a')
  expect((await loaded?.readTail())?.map(([first]) => first)).toEqual([1, 2, 9, 9, 5, 6])
  expect((await Array.fromAsync(storage.chain('a', { after: 0 }))).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
  await storage.close()
})

test('[SY1] two nodes that write at once store every update in one chain, each knowing when it lost', async () => {
  const url = await postgres.createDatabase()
  const nodes = await Promise.all([1, 2, 3].map(() => openPostgresStorage({ url })))
  const books = ['a', 'b', 'c', 'd']
  for (const book of books) await nodes[0]?.registerBook({ book, actor: 'ada', now: 1 })
  let stored = 0
  await Promise.all(
    nodes.map(async (node, n) => {
      for (let round = 0; round < 25; round++) {
        // Two or three updates each: a row behind a contested one must not get in by itself.
        const writes = await Promise.all(
          books
            .filter((_, i) => (i + n + round) % 3 !== 0)
            .map(async (book) => ({
              book,
              expectedSeq: (await node.book(book))?.seq ?? 0,
              updates: [update([n, round]), update([n, round, 1])],
              bindings: new Map<number, string>(),
              largestN: 0,
            })),
        )
        await node.commit(writes).then(
          () => (stored += 2 * writes.length),
          (error: unknown) => {
            if (!(error instanceof ConflictError)) throw error
          },
        )
      }
    }),
  )
  let kept = 0
  for (const book of books) {
    const rows = await Array.fromAsync(nodes[0]?.updates(book) ?? [])
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1))
    for (const [i, row] of rows.entries()) {
      expect(row.previousHash).toEqual(await nodes[1]?.headAt(book, i))
      // Pairs stay together: a commit is whole.
      if (i % 2 === 1) expect([...row.bytes].slice(0, 2)).toEqual([...(rows[i - 1]?.bytes ?? [])])
    }
    kept += rows.length
  }
  expect(kept).toBe(stored)
  expect(stored).toBeGreaterThan(50)
  await Promise.all(nodes.map((node) => node.close()))
})

test('[AD3] of two nodes that bind one client id to two people at once one is told', async () => {
  const url = await postgres.createDatabase()
  const nodes = await Promise.all([1, 2].map(() => openPostgresStorage({ url })))
  await nodes[0]?.registerBook({ book: 'b', actor: 'ada', now: 1 })
  const bind = { book: 'b', expectedSeq: 0, updates: [], largestN: 0 }
  const outcomes = await Promise.allSettled(
    nodes.map((node, i) => node.commit([{ ...bind, bindings: new Map([[7, `person${i}`]]) }])),
  )
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const winner = outcomes.findIndex(({ status }) => status === 'fulfilled')
  expect((await nodes[1 - winner]?.load('b'))?.bindings).toEqual(new Map([[7, `person${winner}`]]))
  await Promise.all(nodes.map((node) => node.close()))
})

test('an actor whose first write is under way on another node is not new to who joins meanwhile', async () => {
  const url = await postgres.createDatabase()
  const nodes = await Promise.all([1, 2].map(() => openPostgresStorage({ url })))
  const [one, two] = nodes as [PostgresStorage, PostgresStorage]
  await one.registerBook({ book: 'b', actor: 'ada', now: 1 })
  // Commits stop when their rows are written, until the test lets go of the lock.
  await postgres.run(
    url,
    `CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$;
     CREATE TRIGGER hold AFTER INSERT ON tierbook_bindings FOR EACH STATEMENT EXECUTE FUNCTION hold()`,
  )
  const holder = openDatabase(url)
  let letGo = () => {}
  const held = new Promise<void>((resolve) => (letGo = resolve))
  let holding: Promise<unknown> = Promise.resolve()
  await new Promise<void>((isHeld) => {
    holding = holder.transaction(async (query) => {
      await query('SELECT pg_advisory_xact_lock(7)')
      isHeld()
      await held
    })
  })
  const waiting = async (n: number) =>
    vi.waitFor(async () => {
      const [row] = await postgres.run(url, 'SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted')
      expect(row?.['n']).toBe(n)
    })
  const write = { book: 'b', expectedSeq: 0, updates: [update([1])], largestN: 0 }
  const committed = one.commit([{ ...write, bindings: new Map([[7, 'bob']]) }])
  await waiting(1)
  const claims = Promise.all(['ada', 'bob'].map((actor) => two.claimActor({ book: 'b', actor, now: 2 })))
  // Nobody else is held up.
  expect(await two.claimActor({ book: 'b', actor: 'eve', now: 2 })).toBe(true)
  await waiting(3)
  letGo()
  await Promise.all([holding, committed])
  expect(await claims).toEqual([false, false])
  await Promise.all([holder.close(), ...nodes.map((node) => node.close())])
})

test('a writer that remembers what a failed-over primary lost stores nothing', async () => {
  const url = await postgres.createDatabase()
  const storage = await openPostgresStorage({ url })
  await storage.registerBook({ book: 'b', actor: 'ada', now: 1 })
  const write = { book: 'b', bindings: new Map<number, string>(), largestN: 0 }
  await storage.commit([{ ...write, expectedSeq: 0, updates: [update([1])] }])
  await storage.commit([{ ...write, expectedSeq: 1, updates: [update([2])] }])
  await postgres.run(url, 'DELETE FROM tierbook_updates WHERE seq = 2')
  await expect(storage.commit([{ ...write, expectedSeq: 2, updates: [update([3])] }])).rejects.toBeInstanceOf(
    ConflictError,
  )
  expect((await Array.fromAsync(storage.updates('b'))).map(({ seq }) => seq)).toEqual([1])
  await storage.close()
})

test('nodes that start at once make the tables once; a newer database is refused, and so is reading an older one', async () => {
  const url = await postgres.createDatabase()
  const nodes = await Promise.all(Array.from({ length: 6 }, () => openPostgresStorage({ url })))
  expect(await postgres.run(url, 'SELECT version FROM tierbook_schema')).toEqual([{ version: postgresSchemaVersion }])
  await Promise.all(nodes.map((node) => node.close()))
  await postgres.run(url, 'UPDATE tierbook_schema SET version = 99')
  await expect(openPostgresStorage({ url })).rejects.toThrow(/schema 99, this program knows up to/)
  const empty = await postgres.createDatabase()
  await expect(openPostgresStorage({ url: empty, readOnly: true })).rejects.toThrow(
    /schema 0, .* start the server once/,
  )
})

test('a start waits for another one that upgrades the database, longer than any other statement may take', async () => {
  const url = await postgres.createDatabase()
  await (await openPostgresStorage({ url })).close()
  const [upgrading, starting] = [openDatabase(url), openDatabase(url, { longestMs: 200 })]
  let finish = () => {}
  const upgrade = new Promise<void>((resolve) => (finish = resolve))
  let step: Promise<unknown> = Promise.resolve()
  await new Promise<void>((isLocked) => {
    step = upgrading.transaction(async (query) => {
      await query('SELECT version FROM tierbook_schema WHERE id = 1 FOR UPDATE')
      isLocked()
      await upgrade
    })
  })
  await expect(starting.query('SELECT pg_sleep(1)')).rejects.toThrow(/timeout/)
  let isStarted = false
  const start = migratePostgres(starting).then(() => (isStarted = true))
  await expect(starting.query('SELECT pg_sleep(1)')).rejects.toThrow(/timeout/)
  expect(isStarted).toBe(false)
  finish()
  await Promise.all([step, start])
  expect(isStarted).toBe(true)
  await Promise.all([upgrading.close(), starting.close()])
})

const versions = Array.from({ length: postgresSchemaVersion + 1 }, (_, version) => ({ version }))

test.each(versions)(
  'a database of schema $version is brought up to this one with every row that it held, and works',
  async ({ version }) => {
    const url = await postgres.createDatabase()
    const database = openDatabase(url)
    await migratePostgres(database, version)
    const before = await fillTables(url)
    expect(before.size > 0).toBe(version > 0)
    await database.close()
    const storage = await openPostgresStorage({ url })
    for (const [table, row] of before)
      expect(await postgres.run(url, `SELECT * FROM ${table}`), table).toContainEqual(expect.objectContaining(row))
    if (version > 0) {
      // Who wrote, or has a client id, or joined before the upgrade is known after it.
      for (const actor of ['actor of tierbook_updates', 'actor of tierbook_bindings', 'actor of tierbook_actors'])
        expect(await storage.claimActor({ book: 'b', actor, now: 2 }), actor).toBe(false)
      expect((await storage.book('b'))?.seq).toBe(1)
    }
    await storage.registerBook({ book: 'new', actor: 'ada', now: 1 })
    expect(await storage.claimActor({ book: 'new', actor: 'bob', now: 2 })).toBe(true)
    await storage.commit([{ book: 'new', expectedSeq: 0, updates: [update([1])], bindings: new Map(), largestN: 0 }])
    await storage.close()
  },
)

/** Puts a row into every table that there is, or finds the one that is there: whatever a later schema adds is tried too. */
async function fillTables(url: string): Promise<Map<string, Record<string, unknown>>> {
  const columns = await postgres.run(
    url,
    `SELECT table_name::text AS name, column_name::text AS column, data_type::text AS type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name <> 'tierbook_schema' ORDER BY ordinal_position`,
  )
  const values: Record<string, (table: string, column: string) => string> = {
    text: (table, column) => (column === 'book' ? `'b'` : `'${column} of ${table}'`),
    bytea: () => `'\\x01'`,
    boolean: () => 'true',
    bigint: () => '1',
    integer: () => '1',
  }
  const filled = new Map<string, Record<string, unknown>>()
  for (const table of new Set(columns.map(({ name }) => name as string))) {
    const own = columns.filter(({ name }) => name === table)
    const given = own.map(({ column, type }) => values[type as string]?.(table, column as string))
    await postgres.run(
      url,
      `INSERT INTO ${table} (${own.map(({ column }) => column).join(', ')}) VALUES (${given.join(', ')}) ON CONFLICT DO NOTHING`,
    )
    const [row] = await postgres.run(url, `SELECT * FROM ${table}`)
    filled.set(table, row ?? {})
  }
  return filled
}

test('a secret is the same on every node', async () => {
  const url = await postgres.createDatabase()
  const nodes = await Promise.all([1, 2, 3].map(() => openPostgresStorage({ url })))
  const secrets = await Promise.all(nodes.map((node, i) => node.secret('key', () => `made by ${i}`)))
  expect(new Set(secrets).size).toBe(1)
  await Promise.all(nodes.map((node) => node.close()))
})
