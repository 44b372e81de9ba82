// The line of usage that falls due: what was counted on the same terms in one cycle, and the setup of a unit that is billed for the first time.
import { reduced } from './base-charges.ts'
import { explainSetup, explainUsage } from './explain.ts'
import type { Usage } from './input.ts'
import type { Line } from './line.ts'
import { daysBetween, type DateRange, type PlainDate } from './plain-date.ts'
import {
  add,
  checkAmount,
  compare,
  divide,
  multiply,
  one,
  rationalToText,
  reduce,
  roundToInteger,
  subtract,
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

/** What it comes to, minor units before rounding. */
export interface RatedUsage {
  readonly due: DueUsage
  /** What was used in the whole cycle, on whatever terms. */
  readonly inCycle: Rational
  /** Which part of that is billed on these terms. */
  readonly share: Rational
  readonly used: Rational
  readonly minimum: Rational
}

/**
 * Rates all that one client used of a unit in one cycle: on each terms what the whole cycle would cost, for its share, so that equal terms cost
 * what one costs, and free units, steps and packages are those of a cycle. The share is that of the quantity, or of the days where the
 * largest or the last record counts. `minimumOf` gives what is owed at least on some terms.
 */
export function rateCycle(dues: readonly DueUsage[], minimumOf: (due: DueUsage) => Rational): RatedUsage[] {
  const all = dues.flatMap(({ counted }) => counted)
  return dues.map((due): RatedUsage => {
    const { uplift, discount, price } = due.terms
    const { model } = price
    const how = 'aggregate' in model ? (model.aggregate ?? 'sum') : 'sum'
    const inCycle = aggregate(all, how)
    const share = due.counted.length === all.length ? one : shareOf(due.counted, all, how)
    const isUsage = model.type !== 'flat' && model.type !== 'none'
    const whole = isUsage ? usageAmount(model, inCycle, toRational(model.included ?? 0)) : zero
    const used = due.counted.length === 0 ? zero : multiply(reduced(whole, uplift, discount), share)
    return { due, inCycle, share, used, minimum: minimumOf(due) }
  })
}

/** The lines of a cycle. What is missing to the minimums of all is shared by them; nothing counted and nothing missing makes no line. */
export function usageLines(
  rated: readonly RatedUsage[],
  { unit, rounding }: { readonly unit: string; readonly rounding: Rounding },
): Line[] {
  const [used, minimum] = [total(rated, 'used'), total(rated, 'minimum')]
  const missing = compare(minimum, used) > 0 ? divide(subtract(minimum, used), minimum) : zero
  return rated.flatMap((one) => {
    const { due } = one
    const raisedBy = multiply(one.minimum, missing)
    const line = usageLine(one, raisedBy, unit, rounding)
    const hasSetup = due.isFirst && (due.terms.price.setupFee ?? 0) > 0
    const isEmpty = due.counted.length === 0 && raisedBy.num === 0n
    return [...(isEmpty ? [] : [line]), ...(hasSetup ? [setupLine(due, unit)] : [])]
  })
}

function usageLine(rated: RatedUsage, raisedBy: Rational, unit: string, rounding: Rounding): Line {
  const { due, share, inCycle } = rated
  const { price, origin, uplift, discount } = due.terms
  const { model, interval, effectiveOn } = price
  const amount = roundToInteger(add(rated.used, raisedBy), rounding)
  const upliftText = uplift === one ? '1' : rationalToText(uplift)
  const isMinimum = raisedBy.num > 0n
  const records = due.counted.map(({ usage }) => usage)
  const range = {
    from: records.reduce((first, { from }) => (from < first ? from : first), records[0]?.from ?? due.cycle.from),
    to: records.reduce((end, { to }) => (to > end ? to : end), records[0]?.to ?? due.cycle.to),
  }
  const isSum = !('aggregate' in price.model) || (price.model.aggregate ?? 'sum') === 'sum'
  const own = isSum ? aggregate(due.counted, 'sum') : inCycle
  return {
    kind: 'usage',
    item: `usage:${unit}`,
    title: unit,
    ...range,
    cycle: due.cycle,
    days: daysBetween(range.from, range.to),
    cycleDays: daysBetween(due.cycle.from, due.cycle.to),
    fraction: rationalToText(share),
    quantity: decimalText(own),
    amount,
    cost: price.cost === undefined ? null : roundToInteger(costOf(rated, isSum ? own : null), rounding),
    taxCode: price.taxCode ?? null,
    price: price.entry,
    origin,
    assignments: [],
    usage: records.map(({ entry }) => entry),
    basis: {
      ...{ model, interval, effectiveOn, uplift: upliftText, discount },
      inCycle: decimalText(inCycle),
      isMinimum,
    },
    explanation: explainUsage({
      ...{ unit, price, origin, range, discount, amount, isMinimum },
      quantity: decimalText(inCycle),
      share: rationalToText(share),
      uplift: upliftText,
    }),
  }
}

/** `own`: the quantity that costs, null where the cycle's does, for its share. */
function costOf({ due, share, inCycle }: RatedUsage, own: Rational | null): Rational {
  return multiply(toRational(due.terms.price.cost ?? 0), own ?? multiply(inCycle, share))
}

function total(rated: readonly RatedUsage[], what: 'used' | 'minimum'): Rational {
  return rated.reduce((sum, one) => add(sum, one[what]), zero)
}

function shareOf(part: readonly CountedUsage[], all: readonly CountedUsage[], how: 'sum' | 'max' | 'last'): Rational {
  const sums = [part, all].map((list) => aggregate(list, 'sum')) as [Rational, Rational]
  if (how === 'sum' && sums[1].num > 0n) return divide(...sums)
  const [days, allDays] = [part, all].map((list) =>
    list.reduce((sum, { usage }) => sum + daysBetween(usage.from, usage.to), 0),
  ) as [number, number]
  return allDays === 0 ? zero : divide(toRational(days), toRational(allDays))
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
    amount: checkAmount(price.setupFee ?? 0),
    cost: null,
    taxCode: price.taxCode ?? null,
    price: price.entry,
    origin,
    assignments: [],
    usage: counted.map(({ usage }) => usage.entry),
    basis: null,
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
