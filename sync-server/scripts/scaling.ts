// `npm run scaling -w @tierbook/sync-server -- --books 1000000`: fills a real PostgreSQL with copies of a small MSP's book, ten times as many at
// each step from 10,000 on, and measures size, opening and memory at each. Takes about 13 GB of disk for a million.
import { parseArgs } from 'node:util'
import { openPostgresStorage } from '../src/storage/postgres/storage.ts'
import { startPostgres } from '../test/postgres/sample-postgres.ts'
import { copyBooks, writeTemplate } from '../test/postgres/scaling/fill-books.ts'
import { measureBooks, type Measures } from '../test/postgres/scaling/measure-books.ts'

const { values } = parseArgs({
  options: { books: { type: 'string', default: '1000000' }, clients: { type: 'string', default: '10' } },
})
const most = Number(values.books)
const postgres = await startPostgres(['shared_buffers = 1GB', 'max_wal_size = 8GB', 'synchronous_commit = off'])
try {
  const url = await postgres.createDatabase()
  const storage = await openPostgresStorage({ url })
  const template = await writeTemplate(storage, Number(values.clients))
  await storage.close()
  console.log(
    `Each book: ${template.clients} clients, ${template.updates} updates of ${template.updateBytes} bytes in all, a snapshot of ${template.snapshotBytes} bytes.\n`,
  )
  const steps = [10_000, 100_000, 1_000_000, 10_000_000].filter((books) => books < most).concat(most)
  const found: Measures[] = []
  let made = 0
  for (const books of steps) {
    const startedAt = performance.now()
    await copyBooks(postgres, url, { from: made + 1, to: books })
    const filled = (performance.now() - startedAt) / 1000
    found.push({ 'filled in, s': filled, ...(await measureBooks(postgres, url, books)) })
    made = books
  }
  const cell = (value: number | undefined) =>
    (value === undefined ? '' : value.toFixed(value < 10 ? 2 : 0)).padStart(12)
  console.log(`${'books'.padEnd(28)}${steps.map((books) => books.toLocaleString('en').padStart(12)).join('')}`)
  for (const name of Object.keys(found[0] ?? {}))
    console.log(`${name.padEnd(28)}${found.map((measures) => cell(measures[name])).join('')}`)
  console.log(
    '\nMilliseconds where nothing else is said. fsync is off: the disk of a test machine says nothing about yours.',
  )
} finally {
  await postgres.close()
}
