// The tiers of a client over time, as parts of one bar drawn to scale.
import type { TierPeriod } from '@tierbook/core'

/** One part of the bar. */
export interface TierSegment extends TierPeriod {
  /** Share of the whole bar, 0 to 1. */
  readonly share: number
  readonly isFuture: boolean
}

const dayMs = 86_400_000
const lookAheadDays = 60 // room for what is scheduled, and a little open end
const smallestShare = 0.02 // a day among years must stay visible

/** The range worth drawing: from the first day to some weeks after the last known change. */
export function segmentRange(options: { createdOn: string; today: string; scheduledOn: string | null }): {
  from: string
  to: string
} {
  const last = options.scheduledOn ?? options.today
  return {
    from: options.createdOn < options.today ? options.createdOn : options.today,
    to: addDays(last > options.today ? last : options.today, lookAheadDays),
  }
}

/** Parts of the bar in order of time. */
export function tierSegments(
  periods: readonly TierPeriod[],
  range: { from: string; to: string },
  today: string,
): TierSegment[] {
  const spans = periods.map((period) =>
    Math.max(0, daysBetween(period.from < range.from ? range.from : period.from, period.to ?? range.to)),
  )
  const total = spans.reduce((sum, days) => sum + days, 0) || 1
  const shares = spans.map((days) => Math.max(smallestShare, days / total))
  const sum = shares.reduce((all, share) => all + share, 0)
  return periods.map((period, index) => ({
    ...period,
    share: (shares[index] ?? 0) / sum,
    isFuture: period.from > today,
  }))
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs
}

function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}
