// Which values the parts of stacked bars reach from and to: what is below zero hangs under the zero line.
import type { ScaleLinear } from 'd3-scale'
import { stackOffsetDiverging } from 'd3-shape'
import { stack } from 'layercake'

/** One part of a bar. */
export interface BarPart {
  /** Place of the bar. */
  readonly bar: number
  readonly key: string
  readonly from: number
  readonly to: number
}

/** See the file. */
export interface StackedBars {
  readonly parts: readonly BarPart[]
  /** The lowest and the highest value that has to be seen. */
  readonly domain: readonly [number, number]
}

/** About so many round values have a line. */
const wantedLines = 5

/** The round values that have a line; of what is counted, whole ones: there is no fifth of a client. */
export function lineValues(scale: ScaleLinear<number, number>, { isCounted }: { isCounted: boolean }): number[] {
  return scale.ticks(wantedLines).filter((value) => !isCounted || Number.isInteger(value))
}

/** Stacks the values of `keys`, row by row. */
export function stackBars(rows: readonly Readonly<Record<string, number>>[], keys: readonly string[]): StackedBars {
  const series = stack([...rows], [...keys], { offset: stackOffsetDiverging }) as (readonly [number, number])[][]
  const parts = series.flatMap((bars, place) =>
    bars.flatMap(([from, to], bar): BarPart[] => (from === to ? [] : [{ bar, key: keys[place] ?? '', from, to }])),
  )
  const lowest = Math.min(0, ...parts.map(({ from }) => from))
  const highest = Math.max(lowest < 0 ? 0 : 1, ...parts.map(({ to }) => to))
  return { parts, domain: [lowest, highest] }
}
