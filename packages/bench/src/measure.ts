// Times cases in turn within one run, so that what else the machine does weighs on all of them alike.

/** Something to time. Only `run` is timed; `check` throws when its output is wrong. */
export interface Case<Prepared = unknown, Output = unknown> {
  readonly name: string
  /** Makes what `run` needs, before each sample. */
  readonly prepare?: () => Promise<Prepared> | Prepared
  readonly run: (prepared: Prepared) => Promise<Output> | Output
  readonly check?: (output: Output) => Promise<void> | void
  readonly clean?: (output: Output) => Promise<void> | void
}

/** The samples of one case in ms. */
export interface Timing {
  readonly name: string
  readonly medianMs: number
  readonly samples: readonly number[]
}

/** Runs every case `rounds` times, alternating, after one round that does not count. */
export async function alternate(cases: readonly Case<never>[], options: { rounds: number }): Promise<Timing[]> {
  const samples = new Map<string, number[]>(cases.map(({ name }) => [name, []]))
  for (let round = 0; round <= options.rounds; round++) {
    for (const one of cases) {
      const ms = await sample(one)
      if (round > 0) samples.get(one.name)?.push(ms)
    }
  }
  return cases.map(({ name }) => toTiming(name, samples.get(name) ?? []))
}

/** The timing of `samples` taken elsewhere. */
export function toTiming(name: string, samples: readonly number[]): Timing {
  return { name, medianMs: round(quantile(samples, 0.5)), samples: samples.map(round) }
}

/** The value below which `part` of the samples lie. */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

/** Lets the heap start clean, so that no case pays for the one before it. */
export function collectGarbage(): void {
  if (!globalThis.gc) throw new Error('run with --expose-gc, as `npm run bench` does')
  globalThis.gc({ execution: 'sync' })
}

async function sample(one: Case<never>): Promise<number> {
  const prepare: (() => unknown) | undefined = one.prepare
  const prepared = await prepare?.()
  collectGarbage()
  const startedAt = performance.now()
  const output = await one.run(prepared as never)
  const ms = performance.now() - startedAt
  await one.check?.(output)
  await one.clean?.(output)
  return ms
}

function round(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
