// A price of the book with what uplifts have made of it by a day, which is what invoices have.
import { raisedPrice, type RaisedPrice } from '@tierbook/billing'
import type { PriceFields } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { dayBefore, decimalWords } from '#lib/ui/billing-words.ts'
import { m } from '#lib/paraglide/messages.js'
import { amountWords, isSameThing } from './price-words.ts'

/** A price on a day, before its discount. */
export function raisedOn(view: BookView, price: PriceFields, on: string): RaisedPrice {
  return raisedPrice({ ...price, entry: '' }, view.uplifts(), { on })
}

/** A price as it is paid today, as it will be first, or as it was last where another one took its place. */
export function raisedLast(view: BookView, price: PriceFields): RaisedPrice {
  const ends = view.uplifts().length === 0 ? [] : view.prices().flatMap((other) => endBy(price, other))
  return raisedOn(
    view,
    price,
    [view.today(), ...ends].reduce((first, date) => (date < first ? date : first)),
  )
}

/** “raised by 4 % to £197.60”; empty where nothing raised it. */
export function raisedToWords(price: PriceFields, now: RaisedPrice): string {
  if (now.raisedBy === 0) return ''
  return m.prices_raised_to({ percent: decimalWords(now.raisedBy), amount: amountWords(price, now) })
}

/** The last day on which anybody pays `price`, where `other` takes its place. */
function endBy(price: PriceFields, other: PriceFields): readonly string[] {
  if (other.effectiveOn <= price.effectiveOn || other.existingFrom === null) return []
  if (other.client !== price.client || other.currency !== price.currency) return []
  return isSameThing(price.item, other.item) ? [dayBefore(other.existingFrom ?? other.effectiveOn)] : []
}
