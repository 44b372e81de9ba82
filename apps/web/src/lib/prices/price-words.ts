// A price in words: what it is for, how much it is, how often.
import { currencyDigits, formatMoney } from '@tierbook/billing'
import type { PriceFields } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { formatLocale } from '#lib/i18n/locale.ts'
import { m } from '#lib/paraglide/messages.js'

/** What a price is for. */
export function itemWords(item: PriceFields['item'], view: BookView): string {
  switch (item.kind) {
    case 'client':
      return m.prices_flat()
    case 'tier':
      return view.tier(item.tier)?.name ?? item.tier
    case 'usage':
      return item.unit
    case 'bundle':
      return item.name
  }
}

/** How much it is: an amount, a rate, or that it ended. */
export function amountWords({ model, currency }: PriceFields): string {
  switch (model.type) {
    case 'flat':
    case 'package':
      return formatMoney(model.amount, currency, formatLocale())
    case 'perUnit':
      return m.prices_per_unit({ rate: rateWords(model.rate, currency) })
    case 'graduated':
    case 'volume':
      return model.steps.map(({ rate }) => rateWords(rate, currency)).join(' / ')
    case 'none':
      return m.prices_ended()
  }
}

/** Words of the choices that a price has. */
export const intervalWords = { month: m.prices_month, quarter: m.prices_quarter, year: m.prices_year }

/** A rate of minor units with decimals, as money: 0.06 cents are 0.0006. */
export function rateWords(rate: string, currency: string): string {
  const digits = currencyDigits(currency) ?? 2
  const decimals = digits + (rate.split('.')[1]?.length ?? 0)
  const format = new Intl.NumberFormat(formatLocale(), {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: Math.min(decimals, 14),
  })
  return format.format(shiftPoint(rate, -digits) as Intl.StringNumericLiteral)
}

/** A decimal text times a power of ten: `shiftPoint('0.0006', 2)` is `0.06`. */
export function shiftPoint(decimal: string, places: number): string {
  const [whole = '0', part = ''] = decimal.split('.')
  const digits = places >= 0 ? whole + part.padEnd(places, '0') : whole.padStart(1 - places, '0') + part
  const at = places >= 0 ? whole.length + places : Math.max(1, whole.length + places)
  const moved = `${digits.slice(0, at)}.${digits.slice(at)}`
  return moved.replace(/^0+(?=\d)/, '').replace(/\.?0*$/, '')
}
