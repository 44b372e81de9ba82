// `npm run kills -w @tierbook/web -- --kills 200 --save`: kills the browser right after "saved" that often; says how many clients were lost.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findChromium } from './find-chromium.ts'
import { runKills } from './kill-run.ts'

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '200' }, save: { type: 'boolean', default: false } },
})
const kills = Number(values.kills)
if (!Number.isSafeInteger(kills) || kills < 1) {
  console.error(`--kills: expected a whole number above zero, got ${values.kills}`)
  process.exit(2)
}
const startedAt = Date.now()
const report = await runKills({
  kills,
  tell(kill) {
    if (kill % 10 === 0) console.log(`${kill} kills`)
  },
})
const result = {
  suite: 'kills',
  what: 'a client is added, the browser process group is killed as soon as the app says "Saved on this device", and started again on the same profile',
  ...report,
  seconds: Math.round((Date.now() - startedAt) / 1000),
  browser: execFileSync(findChromium() ?? 'chromium', ['--version'], { encoding: 'utf8' }).trim(),
  machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.versions.node}`,
  date: new Date(startedAt).toISOString().slice(0, 10),
}
console.log(JSON.stringify(result, null, 2))
if (values.save) {
  const file = fileURLToPath(new URL('../../../packages/bench/results/runs/kills.json', import.meta.url))
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
}
process.exitCode = report.lost.length === 0 ? 0 : 1
