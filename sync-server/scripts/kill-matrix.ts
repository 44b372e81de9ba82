// `npm run kill-matrix -w @tierbook/sync-server -- --kills 200 --seed 1 [--step commit …] [--minutes 60] [--postgres]`: kills a server at every
// step that an edit takes, and compares the disk, or the database, with what anybody was told. Prints a table; ends with 1 where anything was lost or came twice.
import { createRandom } from '@tierbook/core/testing'
import { parseArgs } from 'node:util'
import { type KillOutcome, runKillCycle } from '../test/kill/kill-cycle.ts'
import { type KillStep, killSteps } from '../test/kill/kill-steps.ts'
import { startPostgres } from '../test/postgres/sample-postgres.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    step: { type: 'string', multiple: true },
    minutes: { type: 'string', default: '1440' },
    postgres: { type: 'boolean', default: false },
  },
})
/** Kills of one folder before the next begins with an empty one: what is replayed after each stays short. */
const killsPerFolder = 10
const columns = ['kills', 'edits', 'acknowledgedLost', 'seenLost', 'twice', 'findings'] as const
const chosen = killSteps.filter((step) => values.step?.includes(step) ?? true)
const totals = new Map<KillStep, Record<(typeof columns)[number], number>>()
const postgres = values.postgres ? await startPostgres() : null
const endsAt = performance.now() + Number(values.minutes) * 60_000

// Every step in turn, so that a run that is out of time has killed at all of them alike.
for (let done = 0; done < Number(values.kills) && performance.now() < endsAt; done += killsPerFolder) {
  for (const step of chosen) {
    const kills = Math.min(killsPerFolder, Number(values.kills) - done)
    const random = createRandom((Number(values.seed) + done) * killSteps.length + killSteps.indexOf(step))
    const url = await postgres?.createDatabase()
    add(await runKillCycle({ step, kills, url, random: () => random.next() }))
  }
  console.error(`${done + killsPerFolder} kills a step`)
}

await postgres?.close()
console.log(`${postgres ? 'PostgreSQL' : 'SQLite'}, seed ${values.seed}, Node ${process.version}\n`)
console.log(['step'.padEnd(16), ...columns.map((column) => column.padStart(17))].join(''))
for (const [step, total] of totals) {
  console.log([step.padEnd(16), ...columns.map((column) => String(total[column]).padStart(17))].join(''))
  if (total.acknowledgedLost + total.seenLost + total.twice + total.findings > 0) process.exitCode = 1
}

function add(outcome: KillOutcome): void {
  const before = totals.get(outcome.step)
  const entries = columns.map((column) => [column, (before?.[column] ?? 0) + outcome[column]] as const)
  totals.set(outcome.step, Object.fromEntries(entries) as Record<(typeof columns)[number], number>)
}
