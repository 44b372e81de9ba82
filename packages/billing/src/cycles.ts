// Billing cycles: calendar months, quarters and years, or those that count from a client's own anchor day (BL5).
import { addMonths, known, type DateRange, type PlainDate } from './plain-date.ts'

/** How often a price is charged. */
export type Interval = 'month' | 'quarter' | 'year'

/** Where cycles begin: on the first of a calendar month, quarter or year, or on an anchor day and its returns. */
export type Grid = { readonly interval: Interval; readonly anchor: PlainDate | null }

const monthsOf: Readonly<Record<Interval, number>> = { month: 1, quarter: 3, year: 12 }
const calendarAnchor = '2000-01-01' // the first of a month, a quarter and a year
const keptCalendar: Readonly<Record<Interval, Map<PlainDate, DateRange>>> = {
  month: new Map(),
  quarter: new Map(),
  year: new Map(),
}
const keptAnchored = new Map<string, DateRange>()
const most = 50_000 // a century of days; anchored cycles of a large book

/** Months in one cycle. */
export function monthsIn(interval: Interval): number {
  return monthsOf[interval]
}

/**
 * The cycle of `grid` that contains `date`. Each start is counted from the anchor itself, so a month without a 31st moves one cycle
 * only: 31 January, 28 February, 31 March.
 */
export function cycleAt({ interval, anchor }: Grid, date: PlainDate): DateRange {
  if (anchor === null) {
    const kept = keptCalendar[interval]
    return kept.get(date) ?? keep(kept, date, computeCycle(calendarAnchor, monthsOf[interval], date))
  }
  const key = `${interval}${anchor}${date}`
  return keptAnchored.get(key) ?? keep(keptAnchored, key, computeCycle(anchor, monthsOf[interval], date))
}

/** The cycles of `grid` that share a day with `range`, in order. */
export function cyclesIn(grid: Grid, range: DateRange): DateRange[] {
  const cycles: DateRange[] = []
  for (let cycle = cycleAt(grid, range.from); cycle.from < range.to; cycle = cycleAt(grid, cycle.to)) cycles.push(cycle)
  return cycles
}

function keep(kept: Map<string, DateRange>, key: string, cycle: DateRange): DateRange {
  if (kept.size >= most) kept.clear()
  kept.set(key, cycle)
  return cycle
}

function computeCycle(anchor: PlainDate, months: number, date: PlainDate): DateRange {
  const [a, d] = [known(anchor), known(date)]
  let index = Math.floor((d.year * 12 + d.month - (a.year * 12 + a.month)) / months)
  if (addMonths(anchor, index * months) > date) index -= 1
  return { from: addMonths(anchor, index * months), to: addMonths(anchor, (index + 1) * months) }
}
