// Fixed seeds for every run; `npm run fuzz:model -w @tierbook/core -- --seed N --seeds M` goes further.
import { expect, test } from 'vitest'
import { runModelSeed } from './run-model-seed.ts'

for (let seed = 1; seed <= 20; seed++) {
  test(`[LG3] [TL1] [TL4] [SY3] [SY5] three people with two tabs each agree with the oracle and with their log, seed ${seed}`, async () => {
    const report = await runModelSeed(seed)
    expect(report.actions).toBeGreaterThan(10)
  })
}
