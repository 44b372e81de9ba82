// Usage: what was counted in the cycles that end in the run, each record on the terms of its last day (BL10, BL11).
import { cycleAt } from './cycles.ts'
import type { Usage } from './input.ts'
import type { ClientLine, NotBillable, NotBillableCode } from './line.ts'
import { compareText, isInOrder } from './order.ts'
import { addDays, isDateRange, type DateRange, type PlainDate } from './plain-date.ts'
import type { PricedClient } from './price-book.ts'
import { parseDecimal, withinLimit } from './rational.ts'
import type { RunContext } from './run-context.ts'
import { gridOf, type BilledPeriod } from './timeline.ts'
import { tooLarge } from './too-large.ts'
import { rateCycle, usageLines, type CountedUsage, type DueUsage } from './usage-line.ts'
import { minimumOf, usageKey, usageShares, usageTermsOn, type UsageShare } from './usage-terms.ts'

const noShares: ReadonlyMap<string, UsageShare> = new Map()

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
  const { hasMinimum } = context.book
  const units = hasMinimum ? new Set([...byUnit.keys(), ...context.book.units]) : new Set(byUnit.keys())
  for (const unit of [...units].sort()) {
    const due = dueUsage(client, unit, byUnit.get(unit) ?? [], periods, context, notBillable)
    const shares = hasMinimum ? usageShares(client, unit, periods, context) : noShares
    for (const [key, { terms, cycle }] of shares)
      if (!due.has(key)) due.set(key, { terms, cycle, counted: [], isFirst: false })
    for (const dues of byCycle(due.values())) {
      const [{ terms, cycle }] = dues
      const { currency } = terms.price
      const minimum = (one: DueUsage) => minimumOf(one.terms, shares.get(usageKey(one.terms, one.cycle)))
      const made = withinLimit(() => usageLines(rateCycle(dues, minimum), { unit, rounding: context.policy.rounding }))
      for (const line of made ?? []) lines.push({ client: client.client.id, currency, line })
      const entries = dues.flatMap(({ terms: { price }, counted }) => [
        price.entry,
        ...counted.map(({ usage }) => usage.entry),
      ])
      if (!made) notBillable.push(tooLarge(client.client, currency, { item: `usage:${unit}`, range: cycle, entries }))
    }
  }
  return { lines, notBillable }
}

/** What belongs to one cycle and currency, whatever its terms. */
function byCycle(due: Iterable<DueUsage>): Iterable<[DueUsage, ...DueUsage[]]> {
  const cycles = new Map<string, [DueUsage, ...DueUsage[]]>()
  for (const one of due) {
    const key = `${one.terms.price.currency} ${one.cycle.from} ${one.cycle.to}`
    const found = cycles.get(key)
    if (found) found.push(one)
    else cycles.set(key, [one])
  }
  return cycles.values()
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
  let isFirst = true
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
          message: `no price in ${context.book.currencyOn(client, tier, one.lastDay)} for ${unit} of ${client.client.name}`,
        })
      continue
    }
    const cycle = cycleAt(gridOf(terms.price, client), one.lastDay)
    const hasSetup = isFirst
    isFirst = false
    if (cycle.to <= context.period.from || cycle.to > context.period.to) continue
    const key = usageKey(terms, cycle)
    const found = due.get(key)
    if (found) found.counted.push(one)
    else due.set(key, { terms, cycle, counted: [one], isFirst: hasSetup })
  }
  return due
}

function tierOn(periods: readonly BilledPeriod[], on: PlainDate): string | null {
  return periods.findLast(({ from, to }) => from <= on && (to === null || on < to))?.tier ?? null
}
