// What a database with so many books costs: bytes, and how long a node takes for what it asks.
import { writeFileSync } from 'node:fs'
import { createRandom } from '@tierbook/core/testing'
import * as Y from 'yjs'
import { createSilentLogger } from '../../../src/logger.ts'
import { openPostgresStorage, type PostgresStorage } from '../../../src/storage/postgres/storage.ts'
import { loadBook } from '../../../src/operate/load-book.ts'
import { startNode } from '../cluster/node-process.ts'
import type { SamplePostgres } from '../sample-postgres.ts'
import { idOf } from './fill-books.ts'

/** Milliseconds, or what the name says. */
export type Measures = Readonly<Record<string, number>>

const asked = 300 // books of each measure
const followed = 2_000 // as many as a node has open

/** Asks for random books of `count`, which the database has had since it was filled. */
export async function measureBooks(postgres: SamplePostgres, url: string, count: number): Promise<Measures> {
  const random = createRandom(count)
  const draw = (many: number) => Array.from({ length: many }, () => idOf(1 + Math.floor(random.next() * count)))
  await postgres.stop('fast')
  // What the machine keeps of files would hide what a cold disk costs; where that may not be emptied, cold is as warm as it is.
  const isCold = emptyFileCache()
  await postgres.start()
  const storage = await openPostgresStorage({ url })
  try {
    const [books, writers] = [draw(asked), draw(asked)]
    const cold = await timeEach(books, (book) => open(storage, book))
    const warm = await timeEach(books, (book) => open(storage, book))
    const commit = await timeEach(writers, (book) => write(storage, book))
    const members = await timeEach(draw(asked), (book) => storage.access.members(book))
    const following = draw(followed)
    const positions = await timeEach([1, 2, 3, 4, 5], () => storage.positions(following))
    const some = await timeEach([1, 2, 3, 4, 5], () => storage.someBooks(2))
    const list = await timeEach([1], () => countBooks(storage))
    return {
      ...(await sizes(postgres, url)),
      'file cache emptied': isCold ? 1 : 0,
      ...percentiles('cold open', cold),
      ...percentiles('warm open', warm),
      ...percentiles('commit', commit),
      ...percentiles('members', members),
      [`positions of ${followed}`]: middle(positions),
      'is there one book': middle(some),
      'list of all books': middle(list),
      ...(await nodeOver(url)),
    }
  } finally {
    await storage.close()
  }
}

async function open(storage: PostgresStorage, book: string): Promise<void> {
  const doc = new Y.Doc()
  const found = await loadBook({ storage, book, doc, logger: createSilentLogger() })
  if (!found || doc.share.size === 0) throw new Error(`book ${book} did not open`)
  doc.destroy()
}

async function countBooks(storage: PostgresStorage): Promise<number> {
  let found = 0
  for await (const { seq } of storage.books()) found += Math.sign(seq)
  return found
}

async function write(storage: PostgresStorage, book: string): Promise<void> {
  const expectedSeq = (await storage.book(book))?.seq ?? 0
  const update = { bytes: new Uint8Array(300), actor: 'ada', device: 'laptop', receivedAt: 1, actions: [] }
  await storage.commit([{ book, expectedSeq, updates: [update], bindings: new Map(), largestN: 1 }])
}

/** How long a node takes until it listens, and what it holds with no book open. */
async function nodeOver(url: string): Promise<Measures> {
  const startedAt = performance.now()
  const node = await startNode({ TIERBOOK_DATABASE_URL: url })
  const ready = performance.now() - startedAt
  try {
    return { 'node listens': ready, 'node at rest, MiB': node.residentBytes() / 2 ** 20 }
  } finally {
    await node.kill()
  }
}

async function sizes(postgres: SamplePostgres, url: string): Promise<Measures> {
  const rows = await postgres.run(
    url,
    `SELECT replace(relname, 'tierbook_', '') AS name, pg_table_size(oid)::float8 AS data, pg_indexes_size(oid)::float8 AS indexes
     FROM pg_class WHERE relkind = 'r' AND relname IN ('tierbook_books', 'tierbook_updates', 'tierbook_snapshots', 'tierbook_snapshot_parts', 'tierbook_bindings',
       'tierbook_actors', 'tierbook_known_actors', 'tierbook_devices') ORDER BY relname`,
  )
  const megabytes = (bytes: unknown) => Number(bytes) / 2 ** 20
  const total = rows.reduce((sum, { data, indexes }) => sum + megabytes(data) + megabytes(indexes), 0)
  return {
    'database, MiB': total,
    ...Object.fromEntries(rows.map(({ name, data }) => [`${String(name)}, MiB`, megabytes(data)])),
    'indexes, MiB': rows.reduce((sum, { indexes }) => sum + megabytes(indexes), 0),
  }
}

async function timeEach<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (const item of items) {
    const startedAt = performance.now()
    await work(item)
    times.push(performance.now() - startedAt)
  }
  return times.sort((a, b) => a - b)
}

function percentiles(name: string, times: readonly number[]): Measures {
  return { [`${name}, median`]: middle(times), [`${name}, p95`]: times[Math.floor(times.length * 0.95)] ?? Number.NaN }
}

function middle(times: readonly number[]): number {
  return times[times.length >> 1] ?? Number.NaN
}

function emptyFileCache(): boolean {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3')
    return true
  } catch {
    return false
  }
}
