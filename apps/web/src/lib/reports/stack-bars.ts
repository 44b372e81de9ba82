// Where the parts of stacked bars lie, in percent of the drawing: what is below zero hangs under the zero line.
import { nice, ticks } from 'd3-array'

/** One part of a bar. */
export interface BarPart {
  readonly key: string
  /** Percent from the top. */
  readonly top: number
  /** Percent of the height. */
  readonly height: number
}

/** See the file. */
export interface StackedBars {
  readonly bars: readonly (readonly BarPart[])[]
  /** Values worth a line, with their place in percent from the top. */
  readonly lines: readonly { readonly value: number; readonly top: number }[]
}

const wantedLines = 5

/** Stacks the values of `keys`, row by row. */
export function stackBars(rows: readonly Readonly<Record<string, number>>[], keys: readonly string[]): StackedBars {
  const reach = rows.map((row) => {
    const values = keys.map((key) => row[key] ?? 0)
    return [sum(values.filter((value) => value < 0)), sum(values.filter((value) => value > 0))] as const
  })
  const lowest = Math.min(0, ...reach.map(([below]) => below))
  const highest = Math.max(lowest < 0 ? 0 : 1, ...reach.map(([, above]) => above))
  const [bottom, top] = nice(lowest, highest, wantedLines)
  const place = (value: number) => ((top - value) / (top - bottom)) * 100
  return {
    bars: rows.map((row) => stackBar(row, keys, place)),
    lines: ticks(bottom, top, wantedLines).map((value) => ({ value, top: place(value) })),
  }
}

function stackBar(row: Readonly<Record<string, number>>, keys: readonly string[], place: (value: number) => number) {
  let [below, above] = [0, 0]
  return keys.flatMap((key): BarPart[] => {
    const value = row[key] ?? 0
    if (value === 0) return []
    const [low, high] = value > 0 ? [above, above + value] : [below + value, below]
    if (value > 0) above = high
    else below = low
    return [{ key, top: place(high), height: place(low) - place(high) }]
  })
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
