// On which terms usage is billed on which days. Where price, uplift or discount change within a cycle, each counts for its part of it, and
// so does its minimum (BL10, BL11).
import { discountOn } from './base-charges.ts'
import type { Discount } from './input.ts'
import { earlier, later, type DateRange, type PlainDate } from './plain-date.ts'
import type { PriceMatch, PricedClient } from './price-book.ts'
import { add, multiply, rationalToText, toRational, zero, type Rational } from './rational.ts'
import type { RunContext } from './run-context.ts'
import { gridOf, type BilledPeriod } from './timeline.ts'

/** A price of a unit with what changes it. */
export interface UsageTerms extends PriceMatch {
  readonly uplift: Rational
  readonly discount: Discount | null
}

/** Which part of a cycle a client was served on some terms. */
export interface UsageShare {
  readonly terms: UsageTerms
  readonly cycle: DateRange
  /** Of the whole cycle. */
  readonly ofCycle: Rational
}

/** The terms of a unit on a day for a client on `tier`, null where no price holds. */
export function usageTermsOn(
  client: PricedClient,
  { unit, tier, on }: { readonly unit: string; readonly tier: string | null; readonly on: PlainDate },
  { book }: RunContext,
): UsageTerms | null {
  const match = book.usage(client, unit, tier, on)
  return (
    match && {
      ...match,
      uplift: book.uplift(match.price, client.client.id, tier, on),
      discount: discountOn(match.price, on),
    }
  )
}

/** The same for what belongs on one line. */
export function usageKey({ price, uplift, discount }: UsageTerms, cycle: DateRange): string {
  return `${price.entry} ${cycle.from} ${rationalToText(uplift)} ${discount === null ? '' : 'less'}`
}

/** The shares of cycles that fall due in the run, by {@link usageKey}, whether anything was counted or not. */
export function usageShares(
  client: PricedClient,
  unit: string,
  periods: readonly BilledPeriod[],
  context: RunContext,
): Map<string, UsageShare> {
  const shares = new Map<string, UsageShare>()
  for (const { from, terms, to } of stretches(client, unit, periods, context)) {
    for (const cycle of context.cycles(gridOf(terms.price, client))) {
      const range = { from: later(from, cycle.from), to: earlier(to, cycle.to) }
      const isDue = cycle.to > context.period.from && cycle.to <= context.period.to
      if (!isDue || range.from >= range.to) continue
      const part = context.measure(range, cycle).fraction
      const key = usageKey(terms, cycle)
      const found = shares.get(key)
      shares.set(key, { terms, cycle, ofCycle: found ? add(found.ofCycle, part) : part })
    }
  }
  return shares
}

/** What is owed at least, in minor units before rounding: for the part of the cycle in which the price held, raised as the price is. */
export function minimumOf({ price, uplift }: UsageTerms, share: UsageShare | undefined): Rational {
  const { model } = price
  if (!share || !('minimum' in model) || !model.minimum) return zero
  return multiply(multiply(toRational(model.minimum), uplift), share.ofCycle)
}

/** Days of service on which the terms of a unit are the same, as far back as matters to the run. */
function stretches(
  client: PricedClient,
  unit: string,
  periods: readonly BilledPeriod[],
  context: RunContext,
): { from: PlainDate; to: PlainDate; terms: UsageTerms }[] {
  const found: { from: PlainDate; to: PlainDate; terms: UsageTerms }[] = []
  for (const { tier, ...period } of periods) {
    const [from, to] = [later(period.from, context.oldestDay), earlier(period.to, context.period.to)]
    if (from >= to) continue
    const changes = [...context.book.usageChanges(client, unit, tier), ...context.coverChanges(client.client.id)]
    const starts = [from, ...[...new Set(changes)].filter((date) => date > from && date < to).sort()]
    for (const [index, on] of starts.entries()) {
      const terms = usageTermsOn(client, { unit, tier, on }, context)
      if (!terms || context.isCovered(client.client.id, `usage:${unit}`, on)) continue
      found.push({ from: on, to: starts[index + 1] ?? to, terms })
    }
  }
  return found
}
