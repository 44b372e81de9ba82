// A share of the kill matrix on PostgreSQL; `npm run kill-matrix -- --postgres` runs as much of it as you have time for.
import { createRandom } from '@tierbook/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runKillCycle } from '../kill/kill-cycle.ts'
import { killSteps } from '../kill/kill-steps.ts'
import { type SamplePostgres, startPostgres } from './sample-postgres.ts'

let postgres: SamplePostgres
beforeAll(async () => {
  postgres = await startPostgres(['max_connections = 300'])
})
afterAll(() => postgres.close())

const kills = 1

test.concurrent.each(killSteps)(
  '[SY1] [F11] [F20] on PostgreSQL: killed at the step %s, nothing that anybody was told is missing, and nothing is there twice',
  async (step) => {
    const url = await postgres.createDatabase()
    const outcome = await runKillCycle({ step, kills, url, random: createRandom(killSteps.indexOf(step)).next })
    expect(outcome).toMatchObject({ kills, acknowledgedLost: 0, seenLost: 0, twice: 0, findings: 0 })
    expect(outcome.edits).toBeGreaterThan(1)
  },
  300_000,
)
