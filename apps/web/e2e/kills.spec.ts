// The browser dies right behind "saved"; `npm run kills -w @tierbook/web -- --kills 200` does the same more often.
import { expect, test } from '@playwright/test'
import { runKills } from './kill-run.ts'

test('[F5] the browser process is killed the moment the app says "saved", ten times: nothing is lost', async () => {
  test.setTimeout(300_000)
  expect(await runKills({ kills: 10 })).toEqual({ kills: 10, lost: [] })
})
