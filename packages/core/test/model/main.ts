// `npm run fuzz:model -w @tierbook/core -- --seeds 1000 --seed 1`: runs that many seeds from one on, names those that fail,
// and goes on; `--trace` tells each step.
import { parseArgs } from 'node:util'
import { noCounts, runModelSeed } from './run-model-seed.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '200' },
    steps: { type: 'string', default: '200' },
    trace: { type: 'boolean', default: false },
  },
})
const [seed, seeds, steps] = [Number(values.seed), Number(values.seeds), Number(values.steps)]
if (![seed, seeds, steps].every((number) => Number.isSafeInteger(number) && number > 0)) {
  console.error(
    `--seed, --seeds and --steps: expected whole numbers above zero, got ${values.seed}, ${values.seeds}, ${values.steps}`,
  )
  process.exit(2)
}
const totals = { ...noCounts }
const failed: number[] = []
for (let place = 0; place < seeds; place++) {
  try {
    const report = await runModelSeed(seed + place, { steps, ...(values.trace ? { trace: console.log } : {}) })
    for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += report[key]
  } catch (cause) {
    failed.push(seed + place)
    console.error(cause instanceof Error ? cause.message : cause)
  }
  if ((place + 1) % 50 === 0) console.log(`${place + 1} seeds, ${failed.length} of them failed`)
}
console.log(`seeds ${seed} to ${seed + seeds - 1} of ${steps} steps: ${JSON.stringify(totals)}`)
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}; again with --seed ${failed[0]} --seeds 1 --steps ${steps} --trace`)
  process.exitCode = 1
}
