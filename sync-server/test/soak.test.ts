// A short share of the soak; `npm run soak` goes on for as long as you like.
import { createRandom } from '@tierbook/core/testing'
import { expect, test } from 'vitest'
import { runSoak } from './soak/soak.ts'
import { soakFaults } from './soak/soak-faults.ts'

// The suite runs again in other zones; nothing here depends on one.
test.skipIf(process.env['TZ'] !== undefined)(
  '[SY1] [F12] [F19] [F23] [F39] many tabs, restarts and a reader that stops: all converge, see who is there, and the server gives everything back',
  async () => {
    const outcome = await runSoak({
      clients: 100,
      goesOn: (round) => round <= 3,
      roundsPerServer: 2,
      editsPerRound: 100,
      random: createRandom(1).next,
    })
    expect(outcome.samples.map(({ server }) => server)).toEqual([1, 1, 2])
    expect(soakFaults(outcome)).toEqual([])
  },
  300_000,
)
