// What a client is billed as, day by day: its tier periods after the policy has said what changes within a cycle do (BL7, BL8).
import { cycleAt, monthsIn, type Grid } from './cycles.ts'
import { isInOrder } from './order.ts'
import type { BillingTier, Price, TierPeriod } from './input.ts'
import { addDays, earlier, isPlainDate, later, type DateRange, type PlainDate } from './plain-date.ts'
import type { ChangeRule, Policy } from './policy.ts'
import type { PriceBook, PricedClient } from './price-book.ts'
import { compare, toRational } from './rational.ts'

/** A stretch of time in which a client is billed for one tier and quantity; `to` null is open. */
export interface BilledPeriod {
  readonly tier: string
  readonly quantity: number
  readonly from: PlainDate
  readonly to: PlainDate | null
  /** The day on which it really began, where the policy bills it from the start of its cycle on: what is owed in advance is due then. */
  readonly begunOn: PlainDate
  readonly assignments: readonly string[]
}

/** What a client's periods become, or what is wrong with them. */
export type Timeline =
  | { readonly ok: true; readonly periods: readonly BilledPeriod[] }
  | {
      readonly ok: false
      readonly code: 'bad-period' | 'overlapping-periods' | 'bad-quantity'
      readonly message: string
    }

/** What the timeline asks about prices and tiers. */
export interface TimelineContext {
  readonly policy: Policy
  readonly book: PriceBook
  readonly tiers: ReadonlyMap<string, BillingTier>
  /** A period that ended before this day leaves no trace in the run; null where one may. */
  readonly forgetBefore: PlainDate | null
}

/** Arranges the periods of one client and applies the policy to each change, start and end. */
export function billedTimeline(given: readonly TierPeriod[], client: PricedClient, context: TimelineContext): Timeline {
  const sorted = inOrder(given)
  const wrong = checkPeriods(sorted)
  if (wrong) return { ok: false, ...wrong }
  const periods: BilledPeriod[] = []
  let stretch: BilledPeriod[] = []
  const finish = () => {
    for (const period of billStretch(stretch, client, context, periods.at(-1)?.to ?? null)) periods.push(period)
    stretch = []
  }
  for (let index = 0; index < sorted.length; index += 1) {
    const given = sorted[index]
    if (!given || isForgotten(given, sorted[index + 1], context)) continue
    const { tier, from, to, quantity = 1, entries } = given
    if (from === to) continue // assigned again on the same day
    const last = stretch.at(-1)
    if (last && last.to !== from) finish()
    const previous = stretch.at(-1)
    if (previous && previous.tier === tier && previous.quantity === quantity)
      stretch[stretch.length - 1] = { ...previous, to, assignments: [...previous.assignments, ...entries] }
    else stretch.push({ tier, quantity, from, to, begunOn: from, assignments: entries })
  }
  finish()
  return { ok: true, periods }
}

/** The periods by their first day; most books list them so, and a copy of a year's periods is what a large run has no time for. */
function inOrder(given: readonly TierPeriod[]): readonly TierPeriod[] {
  const byFrom = (a: TierPeriod, b: TierPeriod) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)
  return isInOrder(given, byFrom) ? given : [...given].sort(byFrom)
}

/** Whether a period is over for the run: it ended long before, and what follows is not the same tier and quantity going on. */
function isForgotten({ tier, quantity, to }: TierPeriod, next: TierPeriod | undefined, context: TimelineContext) {
  const { forgetBefore } = context
  if (forgetBefore === null || to === null || to >= forgetBefore || !next) return false
  return next.from !== next.to && (next.from !== to || next.tier !== tier || next.quantity !== quantity)
}

/** The grid of a client's cycles under `price`. */
export function gridOf(price: Price, client: PricedClient): Grid {
  const anchor = price.cycle === 'anniversary' ? (client.client.anchor ?? client.client.createdOn) : null
  return { interval: price.interval, anchor }
}

type WrongPeriod = {
  readonly code: 'bad-period' | 'overlapping-periods' | 'bad-quantity'
  readonly message: string
}

function checkPeriods(sorted: readonly TierPeriod[]): WrongPeriod | null {
  let last: TierPeriod | null = null
  for (const period of sorted) {
    if (!isPlainDate(period.from) || (period.to !== null && (!isPlainDate(period.to) || period.to < period.from)))
      return { code: 'bad-period', message: `tier period: expected dates in order, got ${rangeText(period)}` }
    const quantity = period.quantity ?? 1
    if (!Number.isSafeInteger(quantity) || quantity < 0)
      return { code: 'bad-quantity', message: `quantity: expected a whole number of at least 0, got ${quantity}` }
    if (period.from === period.to) continue
    if (last && (last.to === null || last.to > period.from))
      return {
        code: 'overlapping-periods',
        message: `tier periods overlap: ${rangeText(last)} and ${rangeText(period)}`,
      }
    last = period
  }
  return null
}

function rangeText({ from, to }: TierPeriod): string {
  return `${from} to ${to ?? 'open'}`
}

/** Bills periods that follow each other without a gap. */
function billStretch(
  stretch: readonly BilledPeriod[],
  client: PricedClient,
  context: TimelineContext,
  notBefore: PlainDate | null,
): BilledPeriod[] {
  const [first] = stretch
  const end = stretch.at(-1)?.to ?? null
  if (!first) return []
  const steps: BilledPeriod[] = []
  for (const period of stretch) {
    const before = steps.at(-1)
    const from = before ? changeDate(before, period, client, context) : startDate(first, client, context, notBefore)
    while (steps.length > 0 && (steps.at(-1)?.from ?? '') >= from) steps.pop()
    // Policies `whole` and `term` can leave the tier as it is billed unchanged: then there is nothing to split.
    const last = steps.at(-1)
    if (last?.tier === period.tier && last.quantity === period.quantity)
      steps[steps.length - 1] = { ...last, assignments: [...last.assignments, ...period.assignments] }
    else {
      const { tier, quantity, to, begunOn, assignments } = period
      steps.push(from === period.from ? period : { tier, quantity, from, to, begunOn, assignments })
    }
  }
  const billedEnd = end === null ? null : endDate(end, steps, client, context)
  const billed: BilledPeriod[] = []
  steps.forEach((step, index) => {
    const { tier, quantity, from, begunOn, assignments } = step
    const next = steps[index + 1]?.from ?? billedEnd
    const to = billedEnd !== null && next !== null ? earlier(next, billedEnd) : next
    if (to === null || from < to)
      billed.push(to === step.to ? step : { tier, quantity, from, to, begunOn, assignments })
  })
  return billed
}

function changeDate(before: BilledPeriod, next: BilledPeriod, client: PricedClient, context: TimelineContext) {
  const { policy } = context
  const day = policy.changeDay === 'old' ? addDays(next.from, 1) : next.from
  const rule = ruleOf(before, next, client, context)
  if (rule === 'now') return day
  const cycle = cycleOn(rule === 'term' ? before : next, client, context, day)
  if (!cycle || cycle.from === day) return day
  return rule === 'term' ? cycle.to : later(cycle.from, before.from)
}

/** An upgrade is what costs as much or more over a year; where a price is missing, what ranks higher. */
function ruleOf(before: BilledPeriod, next: BilledPeriod, client: PricedClient, context: TimelineContext): ChangeRule {
  const { policy, book, tiers } = context
  if (policy.upgrade === policy.downgrade) return policy.upgrade
  const was = yearly(before, book.base(client, before.tier, next.from)?.price)
  const will = yearly(next, book.base(client, next.tier, next.from)?.price)
  const order =
    was && will
      ? compare(will, was)
      : (tiers.get(next.tier)?.rank ?? 0) - (tiers.get(before.tier)?.rank ?? 0) || next.quantity - before.quantity
  return order < 0 ? policy.downgrade : policy.upgrade
}

function yearly({ quantity }: BilledPeriod, price: Price | undefined) {
  if (price?.model.type !== 'flat') return null
  return toRational(price.model.amount * quantity * (12 / monthsIn(price.interval)))
}

function cycleOn(
  period: BilledPeriod,
  client: PricedClient,
  { book }: TimelineContext,
  on: PlainDate,
): DateRange | null {
  const match = book.base(client, period.tier, on)
  return match && cycleAt(gridOf(match.price, client), on)
}

function startDate(first: BilledPeriod, client: PricedClient, context: TimelineContext, notBefore: PlainDate | null) {
  const from = notBefore === null ? first.from : later(first.from, notBefore)
  if (context.policy.start === 'prorate') return from
  const start = cycleOn(first, client, context, from)?.from ?? from
  return notBefore === null ? start : later(start, notBefore)
}

function endDate(end: PlainDate, steps: readonly BilledPeriod[], client: PricedClient, context: TimelineContext) {
  const day = context.policy.endDay === 'billed' ? addDays(end, 1) : end
  const last = steps.at(-1)
  if (context.policy.end === 'prorate' || !last) return day
  return cycleOn(last, client, context, addDays(day, -1))?.to ?? day
}
