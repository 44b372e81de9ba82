// What one client pays on one day and why: each price that holds, where it came from, and what uplift and discount leave of it (BL6).
import { discountOn } from '../base-charges.ts'
import type { Price } from '../input.ts'
import type { PlainDate } from '../plain-date.ts'
import { presets } from '../policy.ts'
import { createPriceBook, type PriceOrigin } from '../price-book.ts'
import { createRunContext } from '../run-context.ts'
import { raised, type RaisedPrice } from './raised-price.ts'
import type { RevenueInput } from './recurring-revenue.ts'

/** A price that holds, with what uplifts and discount leave of it. */
export interface HeldPrice extends RaisedPrice {
  readonly price: Price
  /** `bundle` where a bundle that the client pays for, or is in, has it. */
  readonly origin: PriceOrigin | 'bundle'
  /** Whether the price's discount is taken off on this day. */
  readonly isDiscounted: boolean
}

/** See the file; `isUnpriced` says that the client is served and nothing says what it pays for that. */
export interface ClientPrices {
  readonly tier: string | null
  readonly prices: readonly HeldPrice[]
  readonly isUnpriced: boolean
}

/**
 * Says what a client pays on a day. Usage has every unit that a price is for.
 *
 * @example pricesOn(book.billingInput(period), { client, on: '2026-10-31' }).prices[0]?.origin // 'tier'
 */
export function pricesOn(input: RevenueInput, { client: id, on }: { client: string; on: PlainDate }): ClientPrices {
  const period = { from: on, to: on }
  const book = createPriceBook(input.prices, input.uplifts ?? [])
  const context = createRunContext({ ...input, period, policy: presets.standard }, period, presets.standard, book)
  const client = input.clients.find((one) => one.id === id)
  const periods = input.periods.filter((one) => one.client === id)
  const held = periods.find(({ from, to }) => from <= on && (to === null || on < to))
  if (!client) return { tier: null, prices: [], isUnpriced: false }
  const since = periods.reduce((first, { from }) => (from < first ? from : first), periods[0]?.from ?? on)
  const priced = { client, currency: client.currency ?? input.currency, since }
  const tier = held?.tier ?? null
  const toHeld = (price: Price, origin: HeldPrice['origin']): HeldPrice => {
    const { item } = price
    const uplift = item.kind === 'bundle' ? book.uplift(price, item.payer, null, on) : book.uplift(price, id, tier, on)
    const discount = discountOn(price, on)
    return { price, origin, ...raised(price.model, uplift, discount), isDiscounted: discount !== null }
  }
  const isCovered = context.isCovered(id, 'base', on)
  const base = held && !isCovered ? book.base(priced, held.tier, on) : null
  const usage = held
    ? book.units.flatMap((unit) => {
        const match = context.isCovered(id, `usage:${unit}`, on) ? null : book.usage(priced, unit, tier, on)
        return match ? [toHeld(match.price, match.origin)] : []
      })
    : []
  const bundles = context.bundles.filter(
    ({ item, from, to }) => from <= on && (to === null || on < to) && (item.payer === id || item.members.includes(id)),
  )
  return {
    tier,
    prices: [
      ...(base ? [toHeld(base.price, base.origin)] : []),
      ...bundles.map(({ price }) => toHeld(price, 'bundle')),
      ...usage,
    ],
    isUnpriced: held !== undefined && !isCovered && base === null,
  }
}
