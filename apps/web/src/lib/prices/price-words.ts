// A price in words: what it is for, how much it is, how often.
import { currencyDigits, formatMoney, type Price, type PriceItem, type RaisedPrice } from '@tierbook/billing'
import { formatLocale } from '#lib/i18n/locale.ts'
import { dayBefore, decimalWords } from '#lib/ui/billing-words.ts'
import { dateWords } from '#lib/ui/words.ts'
import { m } from '#lib/paraglide/messages.js'

/** A price, whatever says it. */
export type PriceTerms = Omit<Price, 'entry'>

/** What a price is for. */
export function itemWords(item: PriceItem, view: { tier(id: string): { readonly name: string } | null }): string {
  switch (item.kind) {
    case 'client':
      return m.prices_flat()
    case 'tier':
      return view.tier(item.tier)?.name ?? item.tier
    case 'usage':
      return item.tier === undefined
        ? item.unit
        : m.prices_unit_of_tier({ unit: item.unit, tier: view.tier(item.tier)?.name ?? item.tier })
    case 'bundle':
      return m.prices_bundle_named({ name: item.name })
  }
}

/** How much it is: an amount, a rate, or that it ended; as it was set, or with what uplifts made of it. */
export function amountWords({ model, currency }: Pick<PriceTerms, 'model' | 'currency'>, now?: RaisedPrice): string {
  const rate = (place: number, set: string | number) => rateWords(now?.rates[place] ?? set, currency)
  switch (model.type) {
    case 'flat':
      return formatMoney(now?.amount ?? model.amount, currency, formatLocale())
    case 'package':
      return m.prices_per_package({ amount: rate(0, model.amount), size: model.size })
    case 'perUnit':
      return m.prices_per_unit({ rate: rate(0, model.rate) })
    case 'graduated':
    case 'volume':
      return model.steps.map((step, place) => rate(place, step.rate)).join(' · ')
    case 'none':
      return m.prices_ended()
  }
}

/** A rise of prices by a percentage, with whom it names. */
export function upliftWords({ percent, tiers }: { percent: string; tiers?: readonly string[] | undefined }): string {
  return tiers && tiers.length > 0
    ? m.prices_uplift_tier_words({ percent: decimalWords(percent), tiers: tiers.join(', ') })
    : m.prices_uplift_words({ percent: decimalWords(percent) })
}

/** What a discount takes off. */
export function discountWords({ discount, currency }: Pick<PriceTerms, 'discount' | 'currency'>): string {
  if (!discount) return ''
  const words =
    'percent' in discount
      ? m.prices_percent_off({ percent: decimalWords(discount.percent) })
      : m.prices_amount_off({ amount: formatMoney(discount.amount, currency, formatLocale()) })
  // The day from which it is no longer taken off is not a day on which it is.
  return discount.until === null ? words : m.prices_until({ words, date: dateWords(dayBefore(discount.until)) })
}

/** What is left of a price for one cycle or unit after its cost: minor units, and a percentage of the price. Null where either is not one number. */
export function marginOf(
  { model, cost }: PriceTerms,
  now?: RaisedPrice,
): { amount: number; percent: number | null } | null {
  const perUnit = model.type === 'perUnit' ? Number(now?.rates[0] ?? model.rate) : null
  const price = model.type === 'flat' ? (now?.amount ?? model.amount) : perUnit
  if (price === null || cost === undefined) return null
  const amount = Math.round((price - Number(cost)) * 1_000_000) / 1_000_000
  return { amount, percent: price === 0 ? null : Math.round((amount / price) * 1000) / 10 }
}

/** Whether two prices are for the same thing; who is in a bundle may change. */
export function isSameThing(a: PriceItem, b: PriceItem): boolean {
  if (a.kind === 'bundle' || b.kind === 'bundle')
    return a.kind === 'bundle' && b.kind === 'bundle' && a.bundle === b.bundle
  if (a.kind === 'usage' || b.kind === 'usage')
    return a.kind === 'usage' && b.kind === 'usage' && a.unit === b.unit && a.tier === b.tier
  return a.kind === 'tier' ? b.kind === 'tier' && a.tier === b.tier : b.kind === 'client'
}

/** How a quantity becomes an amount. */
export const usageModelWords = {
  perUnit: m.prices_model_per_unit,
  graduated: m.prices_model_graduated,
  volume: m.prices_model_volume,
  package: m.prices_model_package,
}

/** Words of the choices that a price has. */
export const intervalWords = { month: m.prices_month, quarter: m.prices_quarter, year: m.prices_year }

/** A rate of minor units with decimals, as money: 0.06 cents are 0.0006. */
export function rateWords(decimal: string | number, currency: string): string {
  const isNegative = String(decimal).startsWith('-')
  const rate = String(decimal).slice(isNegative ? 1 : 0)
  const digits = currencyDigits(currency) ?? 2
  const decimals = digits + (rate.split('.')[1]?.length ?? 0)
  const format = new Intl.NumberFormat(formatLocale(), {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: Math.min(decimals, 14),
  })
  return format.format(`${isNegative ? '-' : ''}${shiftPoint(rate, -digits)}` as Intl.StringNumericLiteral)
}

/** A decimal text times a power of ten: `shiftPoint('0.0006', 2)` is `0.06`. */
export function shiftPoint(decimal: string, places: number): string {
  const [whole = '0', part = ''] = decimal.split('.')
  const digits = places >= 0 ? whole + part.padEnd(places, '0') : whole.padStart(1 - places, '0') + part
  const at = places >= 0 ? whole.length + places : Math.max(1, whole.length + places)
  const moved = `${digits.slice(0, at)}.${digits.slice(at)}`
  return moved.replace(/^0+(?=\d)/, '').replace(/\.?0*$/, '')
}
