// Usage: what was counted in the cycles that end in the run, each record at the price of its last day (BL10, BL11).
import { reduced } from './base-charges.ts'
import { cycleAt } from './cycles.ts'
import { explainUsage } from './explain.ts'
import type { Usage } from './input.ts'
import type { ClientLine, Line, NotBillable, NotBillableCode } from './line.ts'
import { compareText, isInOrder } from './order.ts'
import { addDays, daysBetween, isDateRange, type DateRange, type PlainDate } from './plain-date.ts'
import type { PricedClient } from './price-book.ts'
import {
  add,
  compare,
  multiply,
  one,
  parseDecimal,
  rationalToText,
  reduce,
  roundToInteger,
  toRational,
  withinLimit,
  zero,
  type Rational,
  type Rounding,
} from './rational.ts'
import type { RunContext } from './run-context.ts'
import { gridOf, type BilledPeriod } from './timeline.ts'
import { tooLarge } from './too-large.ts'
import { usageAmount } from './usage-models.ts'
import { usageKey, usageMinimums, usageTermsOn, type Minimum, type UsageTerms } from './usage-terms.ts'

interface CountedUsage {
  readonly usage: Usage
  readonly lastDay: PlainDate
  readonly quantity: Rational
}

interface DueUsage {
  readonly terms: UsageTerms
  readonly cycle: DateRange
  readonly counted: CountedUsage[]
}

const noMinimums: ReadonlyMap<string, Minimum> = new Map()

/** What one client owes for usage. */
export function usageCharges(
  client: PricedClient,
  usage: readonly Usage[],
  periods: readonly BilledPeriod[],
  context: RunContext,
): { readonly lines: ClientLine[]; readonly notBillable: NotBillable[] } {
  const notBillable: NotBillable[] = []
  const lines: ClientLine[] = []
  const counted = checkUsage(client.client.id, usage, context.period, notBillable)
  const byUnit = new Map<string, CountedUsage[]>()
  for (const one of counted) {
    const list = byUnit.get(one.usage.unit)
    if (list) list.push(one)
    else byUnit.set(one.usage.unit, [one])
  }
  const units = context.book.hasMinimum ? new Set([...byUnit.keys(), ...context.book.units]) : new Set(byUnit.keys())
  for (const unit of [...units].sort()) {
    const due = dueUsage(client, unit, byUnit.get(unit) ?? [], periods, context, notBillable)
    const minimums = context.book.hasMinimum ? usageMinimums(client, unit, periods, context) : noMinimums
    for (const [key, { terms, cycle }] of minimums) if (!due.has(key)) due.set(key, { terms, cycle, counted: [] })
    for (const [key, one] of due) {
      const line = withinLimit(() => usageLine(one, unit, minimums.get(key)?.amount ?? zero, context.policy.rounding))
      const entries = [one.terms.price.entry, ...one.counted.map(({ usage }) => usage.entry)]
      if (line) lines.push({ client: client.client.id, currency: client.currency, line })
      else notBillable.push(tooLarge(client, `usage:${unit}`, one.cycle, entries))
    }
  }
  return { lines, notBillable }
}

/** Sets records aside that cannot be billed; says so where they would fall into this run. */
function checkUsage(
  client: string,
  usage: readonly Usage[],
  run: DateRange,
  notBillable: NotBillable[],
): CountedUsage[] {
  const good: CountedUsage[] = []
  const report = (code: NotBillableCode, records: readonly Usage[], message: string) => {
    if (!records.some(({ from, to }) => !isDateRange({ from, to }) || (to > run.from && from < run.to))) return
    const [first] = records
    const range = first && isDateRange(first) ? { from: first.from, to: first.to } : null
    const entries = records.map(({ entry }) => entry)
    notBillable.push({ code, client, item: first ? `usage:${first.unit}` : null, range, entries, message })
  }
  const sorted = isInOrder(usage, compareUsage) ? usage : [...usage].sort(compareUsage)
  let last = null as { usage: Usage; isGood: boolean } | null
  for (const record of sorted) {
    const quantity = parseDecimal(record.quantity)
    if (!isDateRange(record)) {
      report('bad-usage', [record], `usage: expected dates in order, got ${record.from} to ${record.to}`)
      continue
    }
    if (!quantity) {
      report('bad-usage', [record], `quantity: expected a decimal number, got ${JSON.stringify(record.quantity)}`)
      continue
    }
    if (quantity.num < 0n) {
      report('negative-quantity', [record], `quantity: expected 0 or more, got ${record.quantity}`)
      continue
    }
    if (last?.usage.unit === record.unit && last.usage.to > record.from) {
      report(
        'overlapping-usage',
        [last.usage, record],
        `usage of ${record.unit} is recorded twice: ${last.usage.from} to ${last.usage.to} and ${record.from} to ${record.to}`,
      )
      if (last.isGood) good.pop()
      last = { usage: last.usage.to > record.to ? last.usage : record, isGood: false }
      continue
    }
    good.push({ usage: record, lastDay: addDays(record.to, -1), quantity })
    last = { usage: record, isGood: true }
  }
  return good
}

function compareUsage(a: Usage, b: Usage): number {
  return compareText(a.unit, b.unit) || compareText(a.from, b.from) || compareText(a.entry, b.entry)
}

function dueUsage(
  client: PricedClient,
  unit: string,
  counted: readonly CountedUsage[],
  periods: readonly BilledPeriod[],
  context: RunContext,
  notBillable: NotBillable[],
): Map<string, DueUsage> {
  const due = new Map<string, DueUsage>()
  for (const one of counted) {
    if (context.isCovered(client.client.id, `usage:${unit}`, one.lastDay)) continue
    const tier = tierOn(periods, one.lastDay)
    const terms = usageTermsOn(client, { unit, tier, on: one.lastDay }, context)
    if (!terms) {
      if (one.lastDay >= context.period.from && one.lastDay < context.period.to)
        notBillable.push({
          code: 'no-price',
          client: client.client.id,
          item: `usage:${unit}`,
          range: { from: one.usage.from, to: one.usage.to },
          entries: [one.usage.entry],
          message: `no price in ${client.currency} for ${unit} of ${client.client.name}`,
        })
      continue
    }
    const cycle = cycleAt(gridOf(terms.price, client), one.lastDay)
    if (cycle.to <= context.period.from || cycle.to > context.period.to) continue
    const key = usageKey(terms, cycle)
    const found = due.get(key)
    if (found) found.counted.push(one)
    else due.set(key, { terms, cycle, counted: [one] })
  }
  return due
}

/** Null where nothing was counted and no minimum is owed. */
function usageLine(due: DueUsage, unit: string, minimum: Rational, rounding: Rounding): Line | null {
  const { price, origin, uplift, discount } = due.terms
  const { model } = price
  if (model.type === 'flat' || model.type === 'none') return null
  const quantity = aggregate(due.counted, model.aggregate ?? 'sum')
  const used = reduced(usageAmount(model, quantity), uplift, discount)
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

function tierOn(periods: readonly BilledPeriod[], on: PlainDate): string | null {
  return periods.findLast(({ from, to }) => from <= on && (to === null || on < to))?.tier ?? null
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
