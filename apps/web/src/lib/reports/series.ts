// Series for a chart: the largest in a colour of their own, the others as one.
import { monthWords } from '#lib/ui/words.ts'
import type { Column, Report, ReportRow } from './report.ts'

const seriesColours = ['var(--chart-1)', 'var(--chart-4)', 'var(--chart-3)', 'var(--chart-5)', 'var(--chart-2)']

/** One value at each place of a chart. */
export interface Series {
  readonly key: string
  readonly label: string
  readonly values: readonly number[]
}

/** Draws the first series by name; `places` stand under the bars, `others` is what the rest is called. */
export function chartOfLargest(
  series: readonly Series[],
  { places, kind, others }: { places: readonly string[]; kind: Column['kind']; others: string },
): NonNullable<Report['chart']> {
  const named = series.slice(0, seriesColours.length)
  const rest = series.slice(named.length)
  const columns = named.map(({ key, label }, index): Column => ({
    ...{ key, label, kind },
    colour: seriesColours[index] ?? 'var(--chart-1)',
  }))
  const rows = places.map((short, place): ReportRow => ({
    short,
    ...Object.fromEntries(named.map(({ key, values }) => [key, values[place] ?? 0])),
    ...(rest.length > 0 ? { others: sum(rest.map(({ values }) => values[place] ?? 0)) } : {}),
  }))
  const last: Column[] = rest.length > 0 ? [{ key: 'others', label: others, kind, colour: 'var(--chart-rest)' }] : []
  return { columns: [...columns, ...last], rows }
}

/** “Apr 26”: what fits under a bar. */
export function shortMonth(day: string): string {
  return `${monthWords(day)} ${day.slice(2, 4)}`
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
