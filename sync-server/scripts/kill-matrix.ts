// `npm run kill-matrix -w @tierbook/sync-server -- --kills 200 --seed 1 [--step commit …]`: kills a server at every step that an edit takes, and
// compares the disk with what anybody was told. Prints one line a step; ends with 1 where anything was lost or came twice.
import { createRandom } from '@tierbook/core/testing'
import { parseArgs } from 'node:util'
import { type KillOutcome, runKillCycle } from '../test/kill/kill-cycle.ts'
import { killSteps } from '../test/kill/kill-steps.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    step: { type: 'string', multiple: true },
  },
})
const chosen = killSteps.filter((step) => values.step?.includes(step) ?? true)
const columns = ['kills', 'edits', 'acknowledgedLost', 'seenLost', 'twice', 'findings'] as const
console.log(`seed ${values.seed}, Node ${process.version}\n`)
console.log(['step'.padEnd(16), ...columns.map((column) => column.padStart(17))].join(''))
let isBad = false
for (const step of chosen) {
  const random = createRandom(Number(values.seed) + killSteps.indexOf(step))
  const outcome: KillOutcome = await runKillCycle({
    step,
    kills: Number(values.kills),
    random: () => random.next(),
  })
  console.log([step.padEnd(16), ...columns.map((column) => String(outcome[column]).padStart(17))].join(''))
  isBad ||= outcome.acknowledgedLost + outcome.seenLost + outcome.twice + outcome.findings > 0
}
process.exitCode = isBad ? 1 : 0
