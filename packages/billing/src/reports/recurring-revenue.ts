// Monthly recurring revenue: what each client's prices come to for one month on a given day (BL24). Usage and setup fees do not recur.
import { discountOn, reduced } from '../base-charges.ts'
import { monthsIn } from '../cycles.ts'
import { groupByClient } from '../group-by-client.ts'
import type { BillingInput, Price, TierPeriod } from '../input.ts'
import type { PlainDate } from '../plain-date.ts'
import { presets } from '../policy.ts'
import { createPriceBook, type PricedClient } from '../price-book.ts'
import { divide, multiply, roundToInteger, toRational, withinLimit, type Rational } from '../rational.ts'
import { createRunContext, type RunContext } from '../run-context.ts'

/** What of a book revenue depends on; `book.billingInput(…)` has it all. */
export type RevenueInput = Omit<BillingInput, 'period' | 'policy' | 'usage' | 'sealed'>

/** What one client brings a month by one tier or bundle; minor units. */
export interface RevenueShare {
  readonly client: string
  /** Null for a bundle. */
  readonly tier: string | null
  readonly currency: string
  readonly amount: number
}

/** Revenue on one day. */
export interface RevenueOn {
  readonly on: PlainDate
  /** Those that come to 0 included, in order of the clients. */
  readonly shares: readonly RevenueShare[]
  /** Clients in service for whom no price holds, or one that comes to more than an invoice can hold: nobody can say what they pay. */
  readonly unpriced: readonly string[]
  /** Clients in service. */
  readonly served: ReadonlySet<string>
}

/**
 * Says what the book's prices come to for a month, on each of `days`. Quarters and years count by their months, uplifts and discounts of
 * the day are in, and each share is rounded once.
 *
 * @example recurringRevenue(book.billingInput(period), ['2026-10-31'])[0]?.shares // [{ client, tier: 'starter', currency: 'EUR', amount: 12000 }]
 */
export function recurringRevenue(input: RevenueInput, days: readonly PlainDate[]): RevenueOn[] {
  const book = createPriceBook(input.prices, input.uplifts ?? [])
  const period = { from: days[0] ?? '2000-01-01', to: days.at(-1) ?? '2000-01-01' }
  const context = createRunContext({ ...input, period, policy: presets.standard }, period, presets.standard, book)
  const monthly = createMonthly(context)
  const made = days.map((on) => ({
    on,
    shares: [] as RevenueShare[],
    unpriced: [] as string[],
    served: new Set<string>(),
  }))
  const periodsByClient = groupByClient(input.periods)
  for (const client of input.clients) {
    const periods = periodsByClient.get(client.id) ?? []
    const currency = client.currency ?? input.currency
    const since = periods.reduce((first, { from }) => (from < first ? from : first), periods[0]?.from ?? '')
    if (periods.length === 0) continue
    for (const { on, shares, unpriced, served } of made) {
      const held = periods.find(({ from, to }) => from <= on && (to === null || on < to))
      if (!held) continue
      served.add(client.id)
      if (context.isCovered(client.id, 'base', on)) continue
      const found = monthly.base(held, { client, currency, since }, on)
      if (!found) unpriced.push(client.id)
      else shares.push({ client: client.id, tier: held.tier, ...found })
    }
  }
  for (const { on, shares, unpriced, served } of made) {
    const bundles = monthly.bundles(on, served)
    shares.push(...bundles.shares)
    unpriced.push(...bundles.unpriced)
  }
  return made
}

function createMonthly(context: RunContext) {
  const { book } = context
  const kept = new Map<Price, Map<string, number | null>>()
  const amountOf = (price: Price, quantity: number, uplift: Rational, on: PlainDate): number | null => {
    const discount = discountOn(price, on)
    const key = `${quantity} ${uplift.num}/${uplift.den} ${discount !== null}`
    const byKey = kept.get(price) ?? new Map<string, number | null>()
    kept.set(price, byKey)
    const found = byKey.get(key)
    if (found !== undefined) return found
    const full = toRational(price.model.type === 'flat' ? price.model.amount : 0)
    const cycle = multiply(reduced(full, uplift, discount), toRational(quantity))
    const month = divide(cycle, toRational(monthsIn(price.interval)))
    const amount = withinLimit(() => roundToInteger(month, context.policy.rounding))
    byKey.set(key, amount)
    return amount
  }
  return {
    base(held: TierPeriod, client: PricedClient, on: PlainDate): Pick<RevenueShare, 'currency' | 'amount'> | null {
      const match = book.base(client, held.tier, on)
      if (!match) return null
      const uplift = book.uplift(match.price, client.client.id, held.tier, on)
      const amount = amountOf(match.price, held.quantity ?? 1, uplift, on)
      return amount === null ? null : { currency: match.price.currency, amount }
    },
    bundles(on: PlainDate, served: ReadonlySet<string>): Pick<RevenueOn, 'shares' | 'unpriced'> {
      const [shares, unpriced] = [[] as RevenueShare[], [] as string[]]
      for (const { price, item, from, to } of context.bundles) {
        if (from > on || (to !== null && to <= on) || !item.members.some((member) => served.has(member))) continue
        const amount = amountOf(price, 1, book.uplift(price, item.payer, null, on), on)
        if (amount === null) unpriced.push(item.payer)
        else shares.push({ client: item.payer, tier: null, currency: price.currency, amount })
      }
      return { shares, unpriced }
    },
  }
}
