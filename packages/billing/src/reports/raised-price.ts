// What uplifts and a discount leave of a price: the amount of a cycle, or the rates of usage, as invoices have them (BL11, BL22).
import { reduced } from '../base-charges.ts'
import type { Discount, Price, PriceModel, Uplift } from '../input.ts'
import type { PlainDate } from '../plain-date.ts'
import { createPriceBook } from '../price-book.ts'
import { roundToInteger, toRational, withinLimit, type Rational } from '../rational.ts'

/** What is left of a price. */
export interface RaisedPrice {
  /** Minor units of one cycle; null for usage, which depends on what is used, and above what an invoice can hold. */
  readonly amount: number | null
  /**
   * Minor units of one unit in each step, or of one package, rounded to six decimals. A discount of an amount is not taken off: it comes off
   * the cycle. Empty where the price is not one of usage.
   */
  readonly rates: readonly string[]
  /** What uplifts made of the price in percent, rounded to two decimals; 0 where none did. */
  readonly raisedBy: number
}

/**
 * Says what uplifts have made of one price by a day, before its discount. Without a client, uplifts that name clients do not count, and
 * without a tier those that name tiers do not: not all that pay the price pay them.
 *
 * @example raisedPrice(price, book.uplifts(), { on: '2026-10-31' }).raisedBy // 4
 */
export function raisedPrice(price: Price, uplifts: readonly Uplift[], { on }: { readonly on: PlainDate }): RaisedPrice {
  const { item, client = '' } = price
  const book = createPriceBook([], uplifts)
  const tier = item.kind === 'tier' || item.kind === 'usage' ? (item.tier ?? null) : null
  return raised(price.model, book.uplift(price, item.kind === 'bundle' ? item.payer : client, tier, on), null)
}

/** The same with what is known of uplift and discount. */
export function raised(model: PriceModel, uplift: Rational, discount: Discount | null): RaisedPrice {
  const share = discount && 'percent' in discount ? discount : null
  const rate = (minor: number | string) => decimalText(reduced(toRational(minor), uplift, share))
  return {
    amount:
      model.type === 'flat'
        ? withinLimit(() => roundToInteger(reduced(toRational(model.amount), uplift, discount), 'halfUp'))
        : null,
    rates: ratesOf(model).map(rate),
    raisedBy: Math.round((Number(uplift.num) / Number(uplift.den) - 1) * 10_000) / 100,
  }
}

function ratesOf(model: PriceModel): readonly (number | string)[] {
  switch (model.type) {
    case 'perUnit':
      return [model.rate]
    case 'graduated':
    case 'volume':
      return model.steps.map(({ rate }) => rate)
    case 'package':
      return [model.amount]
    case 'flat':
    case 'none':
      return []
  }
}

const decimals = 6 // a ten-thousandth of a cent, and as much again

/** A fraction that is not negative as a decimal. */
function decimalText({ num, den }: Rational): string {
  const scale = 10n ** BigInt(decimals)
  const text = String((num * scale * 2n + den) / (den * 2n)).padStart(decimals + 1, '0')
  return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`.replace(/\.?0+$/, '')
}
