// What a suite found: timings, ratios against their targets, and the machine they were taken on.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { BookSize } from './book/facts.ts'
import type { Timing } from './measure.ts'

/** One figure that has a target. */
export interface Bar {
  readonly name: string
  readonly value: number
  readonly unit: 'x' | 'ms'
  readonly target: number
  readonly met: boolean
}

/** What one suite gives. */
export interface SuiteResult {
  readonly suite: string
  readonly timings: readonly Timing[]
  readonly bars: readonly Bar[]
  readonly notes: readonly string[]
}

/** A suite's result with what it takes to judge it. */
interface SavedResult extends SuiteResult {
  readonly date: string
  readonly machine: string
  readonly size: BookSize
  readonly seed: number
}

const resultsFolder = fileURLToPath(new URL('../results/', import.meta.url))
const readmeFile = fileURLToPath(new URL('../README.md', import.meta.url))
const tableMarks = ['<!-- results -->', '<!-- /results -->'] as const

/** A bar that is met when `value` is at most `target`. */
export function bar(name: string, value: number, unit: 'x' | 'ms', target: number): Bar {
  const rounded = Math.round(value * 1_000) / 1_000
  return { name, value: rounded, unit, target, met: rounded <= target }
}

/** How often `name`'s median goes into that of `base`. */
export function ratio(timings: readonly Timing[], name: string, base: string): number {
  const median = (wanted: string) => timings.find((timing) => timing.name === wanted)?.medianMs ?? Number.NaN
  return median(name) / median(base)
}

/** Says what was found. */
export function printResult(result: SuiteResult): void {
  for (const { name, medianMs, samples } of result.timings) {
    console.log(`  ${name.padEnd(58)} ${formatMs(medianMs).padStart(12)}   (${samples.length} samples)`)
  }
  for (const { name, value, unit, target, met } of result.bars) {
    console.log(
      `  ${met ? 'met     ' : 'NOT MET '} ${name}: ${formatValue(value, unit)} (target at most ${formatValue(target, unit)})`,
    )
  }
  for (const note of result.notes) console.log(`  ${note}`)
}

/** Writes the result beside the others and the table in the README anew. */
export function saveResult(result: SuiteResult, size: BookSize, seed: number): void {
  const saved: SavedResult = {
    ...result,
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    size,
    seed,
  }
  mkdirSync(resultsFolder, { recursive: true })
  writeFileSync(`${resultsFolder}${result.suite}.json`, `${JSON.stringify(saved, null, 2)}\n`)
  const all = readdirSync(resultsFolder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(`${resultsFolder}${file}`, 'utf8')) as SavedResult)
  const [before, , after] = splitReadme(readFileSync(readmeFile, 'utf8'))
  writeFileSync(readmeFile, `${before}${tableMarks[0]}\n\n${toTable(all)}\n\n${tableMarks[1]}${after}`)
}

function splitReadme(readme: string): [string, string, string] {
  const from = readme.indexOf(tableMarks[0])
  const to = readme.indexOf(tableMarks[1])
  if (from < 0 || to < from) throw new Error(`packages/bench/README.md: expected the marks ${tableMarks.join(' … ')}`)
  return [readme.slice(0, from), readme.slice(from, to), readme.slice(to + tableMarks[1].length)]
}

function toTable(results: readonly SavedResult[]): string {
  const rows = results.flatMap(({ suite, bars, machine, date }) =>
    bars.map(({ name, value, unit, target, met }) => [
      name,
      formatValue(value, unit),
      `≤ ${formatValue(target, unit)}`,
      met ? 'yes' : '**no**',
      `${suite}, ${date}`,
      machine,
    ]),
  )
  const machines = [...new Set(rows.map((row) => row[5]))]
  const lines = rows.map((row) => `| ${row.slice(0, 5).join(' | ')} |`)
  return [
    '| figure | measured | target | met | suite |',
    '| --- | ---: | ---: | --- | --- |',
    ...lines,
    '',
    `Machine: ${machines.join('; ')}.`,
  ].join('\n')
}

function describeMachine(): string {
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${memory} GiB, ${process.platform}, Node ${process.versions.node}`
}

function formatValue(value: number, unit: 'x' | 'ms'): string {
  return unit === 'x' ? `${value.toFixed(2)} ×` : formatMs(value)
}

function formatMs(ms: number): string {
  return ms < 1 ? `${(ms * 1_000).toFixed(0)} µs` : `${ms.toFixed(ms < 100 ? 1 : 0)} ms`
}
