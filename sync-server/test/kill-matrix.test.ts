// A share of the kill matrix that takes about a minute; `npm run kill-matrix` runs as much of it as you have time for.
import { createRandom } from '@tierbook/core/testing'
import { expect, test } from 'vitest'
import { runKillCycle } from './kill/kill-cycle.ts'
import { killSteps } from './kill/kill-steps.ts'

const kills = 10

test.concurrent.each(killSteps)(
  '[SY1] [F11] [F20] killed at the step %s, nothing that anybody was told is missing, and nothing is there twice',
  async (step) => {
    const outcome = await runKillCycle({ step, kills, random: createRandom(killSteps.indexOf(step)).next })
    expect(outcome).toMatchObject({ kills, acknowledgedLost: 0, seenLost: 0, twice: 0, findings: 0 })
    expect(outcome.edits).toBeGreaterThan(1)
  },
  300_000,
)
