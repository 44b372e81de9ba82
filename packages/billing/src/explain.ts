// The sentence on each line. English and alike on every device; an app that speaks another language says it anew from the line's fields.
import { minorToDecimal } from './currency.ts'
import type { Interval } from './cycles.ts'
import { addDays, type DateRange, type PlainDate } from './plain-date.ts'
import type { Discount, Price } from './input.ts'
import type { AdjustedPart } from './line.ts'
import type { PriceOrigin } from './price-book.ts'

const perInterval: Readonly<Record<Interval, string>> = { month: 'a month', quarter: 'a quarter', year: 'a year' }
const originWords: Readonly<Record<PriceOrigin | 'bundle', string>> = {
  client: "the client's own price",
  tier: 'the price of the tier',
  book: 'the price for every client',
  bundle: 'the price of the bundle',
}

/** An amount with its currency: `123.45 EUR`. */
export function money(amount: number, currency: string): string {
  return `${minorToDecimal(amount, currency)} ${currency}`
}

/** Days of a range with the last one named: `2026-10-01 to 2026-10-31`. */
export function daysText(range: DateRange): string {
  const last = addDays(range.to, -1)
  return range.from === last ? range.from : `${range.from} to ${last}`
}

/** What makes up a recurring line. */
export interface RecurringFacts {
  readonly title: string
  readonly price: Price
  readonly origin: PriceOrigin | 'bundle'
  readonly range: DateRange
  readonly days: number
  readonly cycleDays: number
  readonly fraction: string
  readonly quantity: number
  readonly discount: Discount | null
  readonly uplift: string
  readonly amount: number
}

/** Says how a flat or tier amount came about. */
export function explainRecurring(facts: RecurringFacts): string {
  const { price, quantity, fraction, days, cycleDays, uplift, discount } = facts
  const full = price.model.type === 'flat' ? price.model.amount : 0
  const each = [
    `${money(full, price.currency)} ${perInterval[price.interval]}`,
    uplift === '1' ? '' : `× ${uplift} by uplifts`,
    discount ? `less ${discountText(discount, price.currency)}` : '',
  ]
  const text = each.filter(Boolean).join(' ')
  const parts = [
    `${facts.title}, ${daysText(facts.range)}${fraction === '1' ? '' : ` (${days} of ${cycleDays} days)`}:`,
    quantity === 1 ? text : `${quantity} × ${discount ? `(${text})` : text}`,
    fraction === '1' ? '' : `× ${fraction}`,
    `= ${money(facts.amount, price.currency)};`,
    `${originWords[facts.origin]} from ${price.effectiveOn}.`,
  ]
  return parts.filter(Boolean).join(' ')
}

/** Says how a usage amount came about. */
export function explainUsage(facts: {
  readonly unit: string
  readonly price: Price
  readonly origin: PriceOrigin
  readonly range: DateRange
  /** In the whole cycle. */
  readonly quantity: string
  /** Which part of it is billed here. */
  readonly share: string
  readonly uplift: string
  readonly discount: Discount | null
  readonly amount: number
  readonly isMinimum: boolean
}): string {
  const { price, discount } = facts
  const parts = [
    `${facts.unit}, ${daysText(facts.range)}: ${facts.quantity} used${facts.share === '1' ? '' : ' in the cycle'},`,
    modelText(price),
    facts.uplift === '1' ? '' : `× ${facts.uplift} by uplifts`,
    discount ? `less ${discountText(discount, price.currency)}` : '',
    facts.share === '1' ? '' : `× ${facts.share}`,
    facts.isMinimum ? 'raised to the minimum' : '',
    `= ${money(facts.amount, price.currency)};`,
    `${originWords[facts.origin]} from ${price.effectiveOn}.`,
  ]
  return parts.filter(Boolean).join(' ')
}

/** Says what a setup fee is for. */
export function explainSetup(title: string, price: Price, on: PlainDate): string {
  return `Setup of ${title} on ${on}: ${money(price.setupFee ?? 0, price.currency)}, once.`
}

/** Says what an adjustment corrects. */
export function explainAdjustment(period: DateRange, parts: readonly AdjustedPart[], currency: string): string {
  const changes = parts.map(({ item, cycle, billed, now }) => {
    const where = cycle.from === period.from && cycle.to === period.to ? '' : ` (cycle ${daysText(cycle)})`
    return `${item}${where} was billed ${money(billed, currency)} and is now ${money(now, currency)}`
  })
  return `Adjustment of ${daysText(period)}, changed since it was sealed: ${changes.join('; ')}.`
}

function discountText(discount: Discount, currency: string): string {
  const size = 'percent' in discount ? `${discount.percent} %` : money(discount.amount, currency)
  return discount.until === null ? size : `${size} until ${addDays(discount.until, -1)}`
}

function modelText({ model, currency }: Price): string {
  const included = 'included' in model && model.included ? `${model.included} included, ` : ''
  switch (model.type) {
    case 'perUnit':
      return `${included}at ${rateText(model.rate, currency)} each`
    case 'package':
      return `${included}in packages of ${model.size} at ${money(model.amount, currency)}`
    case 'graduated':
      return `${included}each unit at the rate of its step (${model.steps.map(({ rate }) => rateText(rate, currency)).join(', ')})`
    case 'volume':
      return `${included}all units at the rate of the step reached (${model.steps.map(({ rate }) => rateText(rate, currency)).join(', ')})`
    default:
      return ''
  }
}

/** A rate of minor units with decimals, in major units: 0.06 cents are `0.0006 EUR`. */
function rateText(rate: number | string, currency: string): string {
  const [whole = '0', part = ''] = String(rate).split('.')
  const major = minorToDecimal(Number(whole), currency)
  return `${part === '' ? major : (major.includes('.') ? major : `${major}.`) + part} ${currency}`
}
