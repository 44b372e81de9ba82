// Fixed seeds for every run; `npm run fuzz:model -w @tierbook/core -- --seed N --seeds M` goes further.
import { expect, test } from 'vitest'
import { runModelSeed } from './run-model-seed.ts'

for (let seed = 1; seed <= 20; seed++) {
  test(`[LG3] [TL1] [TL4] [SY3] [SY5] three people with two tabs each agree with the oracle and with their log, seed ${seed}`, async () => {
    const report = await runModelSeed(seed)
    expect(report.actions).toBeGreaterThan(10)
    expect(report.fields).toBeGreaterThan(60)
  })
}

// Found by longer runs and mended, the last one in the oracle; the first two have tests of their own in `recovery-tabs.test.ts`.
for (const [seed, what] of [
  [50, 'a recovery emptied a journal that held what another tab had just saved'],
  [1663, 'an import failed at its last step, since another tab’s recovery had closed its storage'],
  [22, 'a note that was refused was handed over as the note of an earlier action'],
  [423, 'a connection beside the book’s own was taken for loaded before the server’s state was in'],
  [563, 'an earlier name won where a tab and a recovery handed over the same action'],
  [30559, 'a note that a refused action wrote over was in no record of the journal, once both were written again'],
  [1680, 'a record of a replaced document waited for ever, and kept all that came after it from the server'],
  [
    70412,
    'a note typed while a tab handed its actions to a wiped server, which another tab gave its document at that time',
  ],
] as const) {
  test(`[SY3] ${what}, seed ${seed}`, async () => {
    expect((await runModelSeed(seed)).actions).toBeGreaterThan(10)
  })
}
