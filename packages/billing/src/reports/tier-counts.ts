// How many clients are on which tier on given days.
import type { TierPeriod } from '../input.ts'
import type { PlainDate } from '../plain-date.ts'

/** Clients per tier on one day; tiers that nobody is on are missing. */
export interface TierCounts {
  readonly on: PlainDate
  readonly counts: ReadonlyMap<string, number>
  readonly total: number
}

/**
 * Counts the clients of each tier on each of `days`.
 *
 * @example tierCounts(book.billingInput(period).periods, ['2026-09-30', '2026-10-31'])[1]?.counts.get('starter') // 12
 */
export function tierCounts(periods: readonly TierPeriod[], days: readonly PlainDate[]): TierCounts[] {
  return days.map((on) => {
    const counts = new Map<string, number>()
    let total = 0
    for (const { tier, from, to } of periods) {
      if (from > on || (to !== null && to <= on)) continue
      counts.set(tier, (counts.get(tier) ?? 0) + 1)
      total += 1
    }
    return { on, counts, total }
  })
}
