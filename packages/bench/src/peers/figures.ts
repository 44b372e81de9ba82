// What was measured of whom, in turns; medians, and the words for a report.
import { quantile, type Timing, toTiming } from '../measure.ts'
import type { StoredBook } from './stored-books.ts'

export const mib = 2 ** 20
/** A round takes minutes. */
export const mostRounds = 3

export type Figures = ReturnType<typeof createFigures>

/** Samples by what was measured and of whom. */
export function createFigures() {
  const times = new Map<string, number[]>()
  const sizes = new Map<string, number[]>()
  const notes: string[] = []
  const put = (into: Map<string, number[]>, key: string, value: number) => {
    const samples = into.get(key) ?? []
    samples.push(value)
    into.set(key, samples)
  }
  const keyOf = (what: string, name: string) => `${what}: ${name}`
  return {
    add: (what: string, name: string, ms: number) => put(times, keyOf(what, name), ms),
    addBytes: (what: string, name: string, bytes: number) => put(sizes, keyOf(what, name), bytes),
    note: (text: string) => void notes.push(text),
    median: (what: string, name: string): number => {
      const key = keyOf(what, name)
      return quantile(times.get(key) ?? sizes.get(key) ?? [], 0.5)
    },
    timings: (): Timing[] => [...times].map(([key, samples]) => toTiming(key, samples)),
    notes: () => [
      ...[...sizes].map(([key, samples]) => `${key}: ${(quantile(samples, 0.5) / mib).toFixed(4)} MiB`),
      ...notes,
    ],
  }
}

/** Each of them in each round, so that what else the machine does weighs on all alike. */
export async function inTurns(
  all: readonly StoredBook[],
  rounds: number,
  measure: (stored: StoredBook, name: string) => Promise<void>,
): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    for (const stored of all) {
      say(`${stored.contender.name}, round ${round}`)
      await measure(stored, stored.contender.name)
    }
  }
}

/** Where it is: a run takes many minutes. */
export const say = (text: string) => void process.stderr.write(`  ${new Date().toISOString().slice(11, 19)} ${text}\n`)
