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
  const accounts = new Map<string, Account>()
  const accountOf = (client: string, currency: string) => {
    const key = `${client} ${currency}`
    const account = accounts.get(key) ?? { client, currency, parts: new Map() }
    accounts.set(key, account)
    return account
  }
  for (const { client, currency, line } of now)
    partOf(accountOf(client, currency), line, line.taxCode ?? undefined).now += line.amount
  for (const run of allSealed) {
    for (const { client, currency, lines } of run.invoices) {
      for (const line of lines) {
        const isOfSealed = line.adjusts ? isSamePeriod(line.adjusts, sealed.period) : run === sealed
        if (isOfSealed) partOf(accountOf(client, currency), line, line.taxCode).billed += line.amount
      }
    }
  }
  const differences: SealDifference[] = []
  for (const { client, currency, parts } of accounts.values()) {
    const changed = [...parts.values()]
      .flat()
      .filter((part) => part.now !== part.billed)
      .sort(byItem)
    if (changed.length > 0) differences.push({ client, currency, adjusts: { period: sealed.period, parts: changed } })
  }
  return differences
}

/**
 * The lines of a difference under a policy; none where it would give money back and the policy does not. What is taxed by another code is
 * another line: a ledger has one code a line.
 */
export function adjustmentLines({ client, currency, adjusts }: SealDifference, policy: Policy): ClientLine[] {
  const { period, parts } = adjusts
  if (netOf(adjusts) < 0 && policy.credit === 'none') return []
  const groups = policy.adjustments === 'net' ? byTaxCode(parts) : parts.map((part) => [part])
  const owed = groups.filter((group) => netOf({ period, parts: group }) !== 0)
  return owed.map((group) => ({ client, currency, line: adjustmentLine(period, group, currency) }))
}

/**
 * Whether a difference changes what is billed: under one line a client, changes that cancel each other out need none, and what a policy
 * without credit does not give back is not owed.
 */
export function isOwed({ adjusts }: SealDifference, policy: Policy): boolean {
  const { period, parts } = adjusts
  if (policy.credit === 'none' && netOf(adjusts) < 0) return false
  return policy.adjustments === 'itemised' || byTaxCode(parts).some((group) => netOf({ period, parts: group }) !== 0)
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
  taxCode?: string
}

interface Account {
  readonly client: string
  readonly currency: string
  /** By item and cycle, one for each tax code. */
  readonly parts: Map<string, MutablePart[]>
}

/** The part that a line belongs to. A line without a code is of whichever code there is: the ledger taxes it by its usual one, or an older seal kept none. */
function partOf(
  { parts }: Account,
  { item, cycle }: { readonly item: string; readonly cycle: DateRange },
  taxCode: string | undefined,
): MutablePart {
  const key = `${item} ${cycle.from}`
  const known = parts.get(key) ?? []
  parts.set(key, known)
  const same = known.find((part) => part.taxCode === taxCode)
  const one = same ?? known.find((part) => taxCode === undefined || part.taxCode === undefined)
  if (one) {
    if (taxCode !== undefined) one.taxCode = taxCode
    return one
  }
  const fresh: MutablePart = { item, cycle, billed: 0, now: 0, ...(taxCode === undefined ? {} : { taxCode }) }
  known.push(fresh)
  return fresh
}

function byTaxCode(parts: readonly AdjustedPart[]): AdjustedPart[][] {
  const groups = new Map<string, AdjustedPart[]>()
  for (const part of parts) {
    const group = groups.get(part.taxCode ?? '') ?? []
    groups.set(part.taxCode ?? '', group)
    group.push(part)
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}

function byItem(a: AdjustedPart, b: AdjustedPart): number {
  const [left, right] = [a, b].map(({ item, cycle, taxCode }) => `${item} ${cycle.from} ${taxCode ?? ''}`) as [
    string,
    string,
  ]
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
    taxCode: only?.taxCode ?? null,
    price: null,
    origin: 'adjustment',
    assignments: [],
    usage: [],
    adjusts: { period, parts },
    basis: null,
    explanation: explainAdjustment(period, parts, currency),
  }
}
