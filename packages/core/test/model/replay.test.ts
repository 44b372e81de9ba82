// "A failing seed prints itself" is of use only if it fails again: the same steps, the same ids, the same bytes in every tab.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runModelSeed } from './run-model-seed.ts'

/** With kills, refusals and a wiped server among its steps. */
const seed = 3
const signedSeed = 6
/** Stored rows are put together in it. */
const tidiedSeed = 7
const steps = 120

test('[LG3] a seed plays the same again, whatever ran before it in the process', async () => {
  const first = await traceOf(seed)
  expect(first).toHaveLength(steps + 1)
  expect(new Set(first.map((line) => line.split('; ').at(-1))).size).toBeGreaterThan(steps / 4)
  expect(await traceOf(seed + 1)).not.toEqual(first)
  expect(await traceOf(seed)).toEqual(first)
})

test('[LG3] [LG6] so does one whose actions are signed', async () => {
  const first = await traceOf(signedSeed)
  expect(await traceOf(signedSeed)).toEqual(first)
})

test('[LG3] a seed plays the same in another process, in another time zone and language', async () => {
  const output = execFileSync(
    process.execPath,
    ['test/model/main.ts', '--seed', `${seed}`, '--seeds', '1', '--steps', `${steps}`, '--trace'],
    { encoding: 'utf8', env: { ...process.env, TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8' } },
  )
  expect(output.split('\n').slice(0, steps + 1)).toEqual(await traceOf(seed))
})

test('[LG3] [KD4] and one in which stored rows are put together while tabs come and go', async () => {
  const first = await traceOf(tidiedSeed)
  expect(first.filter((line) => line.includes('before there were checksums')).length).toBeGreaterThan(0)
  expect(await traceOf(tidiedSeed)).toEqual(first)
})

async function traceOf(seed: number): Promise<string[]> {
  const lines: string[] = []
  await runModelSeed(seed, { steps, trace: (line) => lines.push(line) })
  return lines
}
