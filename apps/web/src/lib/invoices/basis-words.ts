// The terms behind a line's amount in words: price, uplifts, discount, free units, steps, minimum, and which part of a cycle.
import type { Line, LineBasis, PriceModel } from '@tierbook/billing'
import { formatLocale } from '#lib/i18n/locale.ts'
import { m } from '#lib/paraglide/messages.js'
import { amountWords, discountWords, intervalWords, rateWords } from '#lib/prices/price-words.ts'
import { decimalWords } from '#lib/ui/billing-words.ts'

/** In the order in which they are reckoned. */
export function basisWords(line: Line, basis: LineBasis, currency: string): string[] {
  const { model, interval, uplift, discount, inCycle, isMinimum } = basis
  const isUsage = inCycle !== null
  const isShared = isUsage && line.fraction !== '1'
  return [
    isShared ? m.invoices_in_cycle({ quantity: decimalWords(inCycle) }) : '',
    isUsage ? includedWords(model) : '',
    isUsage ? rateOf(model, currency) : `${amountOf(model, currency)} / ${intervalWords[interval]()}`,
    uplift === '1' ? '' : m.invoices_raised({ percent: percentWords(uplift) }),
    discountWords({ discount: discount ?? undefined, currency }),
    isShared ? m.invoices_share({ share: line.fraction }) : '',
    isMinimum ? m.invoices_minimum() : '',
  ]
}

function amountOf(model: PriceModel, currency: string): string {
  return amountWords({ model, currency })
}

function includedWords(model: PriceModel): string {
  const included = 'included' in model ? (model.included ?? 0) : 0
  return included > 0 ? m.invoices_included({ count: decimalWords(included) }) : ''
}

/** A unit's rate, or each step's with where it ends. */
function rateOf(model: PriceModel, currency: string): string {
  if (!('steps' in model)) return amountWords({ model, currency })
  const steps = model.steps.map(({ upTo, rate, flat = 0 }) => {
    const amount = flat > 0 ? `${rateWords(rate, currency)} + ${rateWords(flat, currency)}` : rateWords(rate, currency)
    return upTo === null
      ? m.invoices_step_last({ rate: amount })
      : m.invoices_step({ upTo: decimalWords(upTo), rate: amount })
  })
  const how = model.type === 'volume' ? m.prices_model_volume() : m.prices_model_graduated()
  return `${how}: ${steps.join(', ')}`
}

/** “+4%” of the factor `26/25`. */
function percentWords(factor: string): string {
  const [num = '1', den = '1'] = factor.split('/')
  const format = new Intl.NumberFormat(formatLocale(), {
    ...{ style: 'percent', signDisplay: 'always', maximumFractionDigits: 2 },
  })
  return format.format(Number(num) / Number(den) - 1)
}
