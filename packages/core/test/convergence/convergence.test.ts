// Fixed seeds for every run; `npm run fuzz -w @tierbook/core -- --seed N --count M` goes further.
import { expect, test } from 'vitest'
import { runSeed } from './run-seed.ts'

for (let seed = 1; seed <= 20; seed++) {
  test(`[LG3] [TL2] [TL4] devices converge, rows and log included, seed ${seed}`, async () => {
    const report = await runSeed(seed)
    expect(report.actions).toBeGreaterThan(20)
  }, 30_000)
}
