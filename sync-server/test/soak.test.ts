// A minute of the soak; `npm run soak` goes on for as long as you like.
import { createRandom } from '@tierbook/core/testing'
import { expect, test } from 'vitest'
import { runSoak } from './soak/soak.ts'
import { soakFaults } from './soak/soak-faults.ts'

test('[SY1] [F12] [F19] [F23] [F39] many tabs, restarts and a reader that stops: all converge, see who is there, and the server gives everything back', async () => {
  const endsAt = performance.now() + 60_000
  const outcome = await runSoak({
    clients: 100,
    // However slow a machine is: a restart, and a look before and after it.
    goesOn: (round) => round <= 3 || performance.now() < endsAt,
    roundsPerServer: 2,
    editsPerRound: 100,
    random: createRandom(1).next,
  })
  expect(outcome.samples.slice(0, 3).map(({ server }) => server)).toEqual([1, 1, 2])
  expect(soakFaults(outcome)).toEqual([])
}, 300_000)
