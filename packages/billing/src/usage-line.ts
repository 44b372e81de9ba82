// The line of usage that falls due: what was counted on the same terms in one cycle, and the setup of a unit that is billed for the first time.
import { reduced } from './base-charges.ts'
import { explainSetup, explainUsage } from './explain.ts'
import type { Usage } from './input.ts'
import type { Line } from './line.ts'
import { daysBetween, type DateRange, type PlainDate } from './plain-date.ts'
import {
  add,
  compare,
  multiply,
  one,
  rationalToText,
  reduce,
  roundToInteger,
  toRational,
  zero,
  type Rational,
  type Rounding,
} from './rational.ts'
import { usageAmount } from './usage-models.ts'
import type { UsageTerms } from './usage-terms.ts'

/** A record that can be billed. */
export interface CountedUsage {
  readonly usage: Usage
  readonly lastDay: PlainDate
  readonly quantity: Rational
}

/** What was counted on the same terms in one cycle. */
export interface DueUsage {
  readonly terms: UsageTerms
  readonly cycle: DateRange
  readonly counted: CountedUsage[]
  /** Whether the first record of its unit is among it. */
  readonly isFirst: boolean
}

/** What a line depends on besides. */
export interface Asked {
  readonly unit: string
  /** Owed at least, minor units. */
  readonly minimum: Rational
  /** Units that are free. */
  readonly included: Rational
  readonly rounding: Rounding
}

/** No line where nothing was counted and no minimum is owed; with the first that is billed of a unit, its setup. */
export function usageLines(due: DueUsage, asked: Asked): Line[] {
  const line = usageLine(due, asked)
  const hasSetup = due.isFirst && (due.terms.price.setupFee ?? 0) > 0
  return [line, hasSetup ? setupLine(due, asked.unit) : null].filter((one) => one !== null)
}

function usageLine(due: DueUsage, { unit, minimum, included, rounding }: Asked): Line | null {
  const { price, origin, uplift, discount } = due.terms
  const { model } = price
  if (model.type === 'flat' || model.type === 'none') return null
  const quantity = aggregate(due.counted, model.aggregate ?? 'sum')
  const used = reduced(usageAmount(model, quantity, included), uplift, discount)
  const isMinimum = compare(minimum, used) > 0
  const amount = roundToInteger(isMinimum ? minimum : used, rounding)
  const records = due.counted.map(({ usage }) => usage)
  const range = {
    from: records.reduce((first, { from }) => (from < first ? from : first), records[0]?.from ?? due.cycle.from),
    to: records.reduce((end, { to }) => (to > end ? to : end), records[0]?.to ?? due.cycle.to),
  }
  const quantityText = decimalText(quantity)
  const upliftText = uplift === one ? '1' : rationalToText(uplift)
  return {
    kind: 'usage',
    item: `usage:${unit}`,
    title: unit,
    ...range,
    cycle: due.cycle,
    days: daysBetween(range.from, range.to),
    cycleDays: daysBetween(due.cycle.from, due.cycle.to),
    fraction: '1',
    quantity: quantityText,
    amount,
    cost: price.cost === undefined ? null : roundToInteger(multiply(toRational(price.cost), quantity), rounding),
    taxCode: price.taxCode ?? null,
    price: price.entry,
    origin,
    assignments: [],
    usage: records.map(({ entry }) => entry),
    explanation: explainUsage({
      unit,
      price,
      origin,
      range,
      quantity: quantityText,
      uplift: upliftText,
      discount,
      amount,
      isMinimum,
    }),
  }
}

function setupLine({ terms: { price, origin }, cycle, counted }: DueUsage, unit: string): Line {
  const on = counted[0]?.usage.from ?? cycle.from
  return {
    kind: 'setup',
    item: `setup:usage:${unit}`,
    title: `Setup of ${unit}`,
    from: on,
    to: on,
    cycle,
    days: 0,
    cycleDays: 0,
    fraction: '1',
    quantity: '1',
    amount: price.setupFee ?? 0,
    cost: null,
    taxCode: price.taxCode ?? null,
    price: price.entry,
    origin,
    assignments: [],
    usage: counted.map(({ usage }) => usage.entry),
    explanation: explainSetup(unit, price, on),
  }
}

function aggregate(counted: readonly CountedUsage[], how: 'sum' | 'max' | 'last'): Rational {
  const quantities = counted.map(({ quantity }) => quantity)
  switch (how) {
    case 'sum':
      return quantities.reduce(add, zero)
    case 'max':
      return quantities.reduce((most, quantity) => (compare(quantity, most) > 0 ? quantity : most), zero)
    case 'last':
      return quantities.at(-1) ?? zero
  }
}

/** A fraction of a power of ten as a decimal; quantities are sums of decimals, so they always are. */
function decimalText(value: Rational): string {
  const { num, den } = reduce(value)
  if (den === 1n) return String(num)
  let digits = 0
  let scale = 1n
  while (scale % den !== 0n) {
    digits += 1
    scale *= 10n
  }
  const text = String((num * scale) / den).padStart(digits + 1, '0')
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
