// The tiers of a client over time, as parts of one bar drawn to scale.
import type { TierPeriod } from '@tierbook/core'

/** One part of the bar. */
export interface TierSegment extends TierPeriod {
  /** Share of the whole bar, 0 to 1. */
  readonly share: number
  readonly isFuture: boolean
}

const dayMs = 86_400_000
const shortBarDays = 800 // below two years, quarters say more than years
const lookAheadDays = 60 // room for what is scheduled, and a little open end

/**
 * The range worth drawing: from the first day to some weeks after the last change. Every change that counts is in it, also one from before the
 * client was created: what is invoiced must be seen.
 */
export function segmentRange(options: { createdOn: string; today: string; periods: readonly TierPeriod[] }): {
  from: string
  to: string
} {
  // What no entry put there is the time before the first change.
  const changes = options.periods.filter(({ entry }) => entry !== null).map(({ from }) => from)
  const dates = [options.createdOn, options.today, ...changes].sort()
  const last = [options.today, ...changes].sort().at(-1) ?? options.today
  return { from: dates[0] ?? options.today, to: addDays(last, lookAheadDays) }
}

/** Parts of the bar in order of time. */
export function tierSegments(
  periods: readonly TierPeriod[],
  range: { from: string; to: string },
  today: string,
): TierSegment[] {
  const total = daysBetween(range.from, range.to) || 1
  return periods.map((period) => {
    const from = period.from < range.from ? range.from : period.from
    const days = Math.max(0, daysBetween(from, period.to ?? range.to))
    // The bar has an end, the period that reaches it has none.
    const to = period.to === range.to ? null : period.to
    return { ...period, to, share: days / total, isFuture: period.from > today }
  })
}

/** Where a date stands on the bar, 0 to 1. */
export function placeOnBar(date: string, range: { from: string; to: string }): number {
  return daysBetween(range.from, date) / (daysBetween(range.from, range.to) || 1)
}

/** The beginnings of years on the bar, or of quarters where it is short; at most `most`. */
export function barTicks(range: { from: string; to: string }, most: number): string[] {
  const first = Number(range.from.slice(0, 4))
  const last = Number(range.to.slice(0, 4))
  const years = Array.from({ length: last - first + 1 }, (_, index) => String(first + index))
  const months = daysBetween(range.from, range.to) < shortBarDays ? ['01', '04', '07', '10'] : ['01']
  const ticks = years
    .flatMap((year) => months.map((month) => `${year}-${month}-01`))
    .filter((date) => date > range.from && date < range.to)
  const step = Math.ceil(ticks.length / most)
  return ticks.filter((_, index) => index % step === 0)
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs
}

function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}
