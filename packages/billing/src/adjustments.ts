// What sealed periods should have been, by today's book: the difference becomes an adjustment in the next run (BL15, BL16).
import { explainAdjustment } from './explain.ts'
import type { AdjustedPart, Adjustment, ClientLine, Line } from './line.ts'
import { daysBetween, type DateRange } from './plain-date.ts'
import type { Policy } from './policy.ts'
import type { SealedRun } from './seal.ts'

/** How one client's sealed period differs from the book of today. */
export interface SealDifference {
  readonly client: string
  readonly currency: string
  readonly adjusts: Adjustment
}

/** Gives the differences of one sealed period: what the book says now against all that was billed for it so far, adjustments included. */
export function sealDifferences(
  sealed: SealedRun,
  allSealed: readonly SealedRun[],
  now: readonly ClientLine[],
): SealDifference[] {
  const accounts = new Map<string, { client: string; currency: string; parts: Map<string, MutablePart> }>()
  const partOf = (client: string, currency: string, item: string, cycle: DateRange) => {
    const key = `${client} ${currency}`
    let account = accounts.get(key)
    if (!account) accounts.set(key, (account = { client, currency, parts: new Map() }))
    const partKey = `${item} ${cycle.from}`
    let part = account.parts.get(partKey)
    if (!part) account.parts.set(partKey, (part = { item, cycle, billed: 0, now: 0 }))
    return part
  }
  for (const { client, currency, line } of now) partOf(client, currency, line.item, line.cycle).now += line.amount
  for (const run of allSealed) {
    for (const { client, currency, lines } of run.invoices) {
      for (const { item, cycle, amount, adjusts } of lines) {
        const isOfSealed = adjusts ? isSamePeriod(adjusts, sealed.period) : run === sealed
        if (isOfSealed) partOf(client, currency, item, cycle).billed += amount
      }
    }
  }
  const differences: SealDifference[] = []
  for (const { client, currency, parts } of accounts.values()) {
    const changed = [...parts.values()].filter((part) => part.now !== part.billed).sort(byItem)
    if (changed.length > 0) differences.push({ client, currency, adjusts: { period: sealed.period, parts: changed } })
  }
  return differences
}

/** The lines of a difference under a policy; none where it would give money back and the policy does not. */
export function adjustmentLines({ client, currency, adjusts }: SealDifference, policy: Policy): ClientLine[] {
  const { period, parts } = adjusts
  const total = netOf(adjusts)
  if (total === 0 && policy.adjustments === 'net') return []
  if (total < 0 && policy.credit === 'none') return []
  const groups = policy.adjustments === 'net' ? [parts] : parts.map((part) => [part])
  return groups.map((group) => ({ client, currency, line: adjustmentLine(period, group, currency) }))
}

/** What an adjustment comes to. */
export function netOf({ parts }: Adjustment): number {
  return parts.reduce((sum, part) => sum + part.now - part.billed, 0)
}

/** Whether two periods are the same. */
export function isSamePeriod(a: DateRange, b: DateRange): boolean {
  return a.from === b.from && a.to === b.to
}

interface MutablePart extends AdjustedPart {
  billed: number
  now: number
}

function byItem(a: AdjustedPart, b: AdjustedPart): number {
  const [left, right] = [`${a.item} ${a.cycle.from}`, `${b.item} ${b.cycle.from}`]
  return left < right ? -1 : left > right ? 1 : 0
}

function adjustmentLine(period: DateRange, parts: readonly AdjustedPart[], currency: string): Line {
  const [only] = parts
  const cycle = parts.length === 1 && only ? only.cycle : period
  const days = daysBetween(cycle.from, cycle.to)
  return {
    kind: 'adjustment',
    item: parts.length === 1 && only ? only.item : 'adjustment',
    title: 'Adjustment',
    from: cycle.from,
    to: cycle.to,
    cycle,
    days,
    cycleDays: days,
    fraction: '1',
    quantity: '1',
    amount: netOf({ period, parts }),
    cost: null,
    taxCode: null,
    price: null,
    origin: 'adjustment',
    assignments: [],
    usage: [],
    adjusts: { period, parts },
    explanation: explainAdjustment(period, parts, currency),
  }
}
