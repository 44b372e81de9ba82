// Five seeds of `npm run cluster`, which runs as many as you have time for.
import { createRandom } from '@tierbook/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCluster } from './cluster/run-cluster.ts'
import { type SamplePostgres, startPostgres } from './sample-postgres.ts'

/** As a server has it where nothing is set. */
const pollMs = 1_000

let postgres: SamplePostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

test.each([
  { seed: 1, nodes: 2 },
  { seed: 2, nodes: 3 },
  { seed: 3, nodes: 2 },
  { seed: 4, nodes: 3 },
  { seed: 5, nodes: 2 },
])(
  '[SY1] [F20] [F28] seed $seed: $nodes nodes killed, hints cut for 10 s, the primary crashed: all agree within a poll period, nothing acknowledged is lost',
  async ({ seed, nodes }) => {
    const random = createRandom(seed)
    const outcome = await runCluster({
      postgres,
      nodes,
      writers: 5,
      followers: 20,
      rounds: 8,
      random: () => random.next(),
      pollMs,
    })
    expect(outcome).toMatchObject({ acknowledgedLost: 0, twice: 0, different: 0, findings: 0, troubles: 8 })
    expect(outcome.edits).toBeGreaterThan(30)
    expect(outcome.cutMs).toBeGreaterThanOrEqual(10_000)
    expect(outcome.cutEdits).toBeGreaterThan(10)
    expect(outcome.cutConvergedMs).toBeLessThanOrEqual(pollMs)
  },
  120_000,
)
