// `npm run fuzz -w @tierbook/core -- --seed 1 --count 500 --steps 200`: runs seeds until one fails, and names it.
import { parseArgs } from 'node:util'
import { runSeed } from './run-seed.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    steps: { type: 'string', default: '150' },
  },
})
const [seed, count, steps] = [Number(values.seed), Number(values.count), Number(values.steps)]
if (![seed, count, steps].every((number) => Number.isSafeInteger(number) && number > 0)) {
  console.error(
    `--seed, --count and --steps: expected whole numbers above zero, got ${values.seed}, ${values.count}, ${values.steps}`,
  )
  process.exit(2)
}
const totals = { actions: 0, clients: 0, contested: 0, reloads: 0 }
for (let place = 0; place < count; place++) {
  const report = await runSeed(seed + place, steps)
  for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += report[key]
  if ((place + 1) % 50 === 0) console.log(`${place + 1} seeds converge`)
}
console.log(`seeds ${seed} to ${seed + count - 1} of ${steps} steps converge: ${JSON.stringify(totals)}`)
