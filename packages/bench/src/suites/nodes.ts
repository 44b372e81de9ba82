// One server on SQLite, one on PostgreSQL, two on PostgreSQL: how many edits a second each takes, and what one costs.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, startPostgres } from '../peers/postgres.ts'
import { quantile } from '../measure.ts'
import type { Books } from '../book/books.ts'
import { createFigures, type Figures, say } from '../peers/figures.ts'
import { contenders, startPeer } from '../peers/peer-server.ts'
import { openWriters, sendSteadily } from '../peers/steady-writers.ts'
import { bar, type SuiteResult } from '../report.ts'

const setups = [
  { name: 'one server, SQLite', nodes: 1, onPostgres: false },
  { name: 'one server, PostgreSQL', nodes: 1, onPostgres: true },
  { name: 'two servers, PostgreSQL', nodes: 2, onPostgres: true },
] as const
/** Edits a second of all writers; each of them is held for some seconds. */
const rates = [250, 500, 1_000, 2_000, 3_000, 4_000, 6_000, 8_000, 12_000, 16_000]
/** The rates at which all are compared: one well below anybody's limit, one where commits hold many edits. */
const compared = [500, 3_000]
const [common = 500] = compared
const seconds = 2
const books = 40
const acceptable = 100 // ms at the 99th percentile

/** Each setup in turn, in each round; a rate is raised until edits wait for too long. */
export async function nodesSuite(_books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const figures = createFigures()
  const limits = new Map<string, number[]>(setups.map(({ name }) => [name, []]))
  // As it is where an acknowledgement counts: what is committed is on the disk.
  const postgres = await startPostgres(['fsync = on', 'synchronous_commit = on', 'shared_buffers = 256MB'])
  try {
    for (let round = 1; round <= Math.min(options.rounds, 5); round++) {
      for (const setup of setups) {
        say(`${setup.name}, round ${round}`)
        limits.get(setup.name)?.push(await findLimit(setup, setup.onPostgres ? postgres : null, figures))
      }
    }
  } finally {
    await postgres.close()
  }
  for (const setup of setups)
    figures.note(
      `${setup.name}: ${quantile(limits.get(setup.name) ?? [], 0.5)} edits/s with 99 of 100 on disk within ${acceptable} ms (${limits.get(setup.name)?.join(', ')})`,
    )
  const cpu = (place: 0 | 1 | 2) => figures.median(`${common} edits/s, CPU of an edit`, setups[place].name)
  return {
    suite: 'nodes',
    timings: figures.timings(),
    bars: [bar('two servers on PostgreSQL, CPU of an edit, to one', cpu(2) / cpu(1), 'x', 1.5)],
    notes: figures.notes(),
  }
}

async function findLimit(
  { name, nodes }: (typeof setups)[number],
  postgres: Postgres | null,
  figures: Figures,
): Promise<number> {
  const folders = Array.from({ length: nodes }, () => mkdtempSync(join(tmpdir(), 'tierbook-node-')))
  const databaseUrl = await postgres?.createDatabase()
  const start = (folder: string) => startPeer(contenders.ours, folder, databaseUrl === undefined ? {} : { databaseUrl })
  const servers = await Promise.all(folders.map(start))
  try {
    const edits = Math.ceil((rates.reduce((sum, rate) => sum + rate, common) * seconds) / books)
    const writers = await openWriters(servers, { count: books, edits })
    await sendSteadily(servers, writers, { perSecond: common, seconds }) // compiled and cached from here on
    let limit = 0
    for (const perSecond of rates) {
      const before = (await postgres?.cpuMs()) ?? 0
      const found = await sendSteadily(servers, writers, { perSecond, seconds })
      if (found.p99Ms > acceptable || found.stored < 1) break
      limit = perSecond
      if (!compared.includes(perSecond)) continue
      const label = `${perSecond} edits/s`
      figures.add(`${label}, on disk within, median`, name, found.p50Ms)
      figures.add(`${label}, on disk within, 99 of 100`, name, found.p99Ms)
      figures.add(`${label}, CPU of an edit`, name, found.cpuMs)
      if (postgres)
        figures.add(
          `${label}, CPU of an edit in PostgreSQL`,
          name,
          ((await postgres.cpuMs()) - before) / (perSecond * seconds),
        )
    }
    for (const { device } of writers) device.close()
    return limit
  } finally {
    for (const server of servers) await server.kill()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
}
