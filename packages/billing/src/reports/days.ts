// The days that reports over time look at.
import { addDays, addMonths, type PlainDate } from '../plain-date.ts'

/**
 * The last day of each of the `months` months before that of `today`, then `today` itself: what is shown of a month that is not over is
 * how it stands.
 *
 * @example monthEnds('2026-11-22', 2) // ['2026-09-30', '2026-10-31', '2026-11-22']
 */
export function monthEnds(today: PlainDate, months: number): PlainDate[] {
  const starts = monthStarts(today, months)
  return [...starts.slice(1).map((start) => addDays(start, -1)), today]
}

/** The first day of each of the `months` months before that of `today`, then of its own. */
export function monthStarts(today: PlainDate, months: number): PlainDate[] {
  const first = `${today.slice(0, 7)}-01`
  return Array.from({ length: months + 1 }, (_, index) => addMonths(first, index - months))
}
