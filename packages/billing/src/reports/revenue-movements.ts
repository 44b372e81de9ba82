// Why recurring revenue is not what it was: new, expansion, contraction, churn and reactivation, which sum to the change (BL25).
import type { TierPeriod } from '../input.ts'
import type { PlainDate } from '../plain-date.ts'
import type { RevenueOn } from './recurring-revenue.ts'

/** Kinds of movement, in the order in which they are shown. */
export const movementKinds = ['new', 'reactivation', 'expansion', 'contraction', 'churn'] as const

export type MovementKind = (typeof movementKinds)[number]

/** What changed of one client's revenue between two days; minor units, below zero for less. */
export interface ClientMovement {
  readonly client: string
  readonly kind: MovementKind
  readonly amount: number
}

/** All movements in one currency from one day to the next in the list. */
export interface Movements {
  readonly from: PlainDate
  readonly to: PlainDate
  readonly currency: string
  readonly before: number
  readonly after: number
  /** Sum of each kind; they come to `after - before`. */
  readonly sums: Readonly<Record<MovementKind, number>>
  readonly clients: readonly ClientMovement[]
}

/**
 * Compares each day with the one before it. Service decides the kind, not money: who was never served before is new, who was once is back,
 * whoever is served no more has left, and everybody else pays more or less than before.
 *
 * @example revenueMovements(recurringRevenue(input, days), input.periods)[0]?.sums.churn // -12000
 */
export function revenueMovements(revenue: readonly RevenueOn[], periods: readonly TierPeriod[]): Movements[] {
  const firstDays = new Map<string, PlainDate>()
  for (const { client, from } of periods) {
    const first = firstDays.get(client)
    if (first === undefined || from < first) firstDays.set(client, from)
  }
  return revenue.slice(1).flatMap((after, index) => {
    const before = revenue[index]
    return before ? compareDays(before, after, firstDays) : []
  })
}

function compareDays(before: RevenueOn, after: RevenueOn, firstDays: ReadonlyMap<string, PlainDate>): Movements[] {
  const [was, is] = [sumsOf(before), sumsOf(after)]
  const currencies = [...new Set([...was.keys(), ...is.keys()])].sort()
  return currencies.map((currency) => {
    const [old, now] = [was.get(currency) ?? noSums, is.get(currency) ?? noSums]
    const clients: ClientMovement[] = []
    for (const client of new Set([...old.keys(), ...now.keys()])) {
      const amount = (now.get(client) ?? 0) - (old.get(client) ?? 0)
      if (amount !== 0) clients.push({ client, amount, kind: kindOf(client, amount, before, after, firstDays) })
    }
    return {
      from: before.on,
      to: after.on,
      currency,
      before: totalOf(old),
      after: totalOf(now),
      sums: sumsByKind(clients),
      clients,
    }
  })
}

function kindOf(
  client: string,
  amount: number,
  before: RevenueOn,
  after: RevenueOn,
  firstDays: ReadonlyMap<string, PlainDate>,
): MovementKind {
  if (amount > 0 && after.served.has(client) && !before.served.has(client))
    return (firstDays.get(client) ?? after.on) > before.on ? 'new' : 'reactivation'
  if (amount < 0 && before.served.has(client) && !after.served.has(client)) return 'churn'
  return amount > 0 ? 'expansion' : 'contraction'
}

function sumsByKind(clients: readonly ClientMovement[]): Record<MovementKind, number> {
  const sums = { new: 0, reactivation: 0, expansion: 0, contraction: 0, churn: 0 }
  for (const { kind, amount } of clients) sums[kind] += amount
  return sums
}

const noSums: ReadonlyMap<string, number> = new Map()

/** By currency, what each client brings. */
function sumsOf({ shares }: RevenueOn): Map<string, Map<string, number>> {
  const currencies = new Map<string, Map<string, number>>()
  for (const { client, currency, amount } of shares) {
    const sums = currencies.get(currency) ?? new Map<string, number>()
    currencies.set(currency, sums)
    sums.set(client, (sums.get(client) ?? 0) + amount)
  }
  return currencies
}

function totalOf(sums: ReadonlyMap<string, number>): number {
  let total = 0
  for (const amount of sums.values()) total += amount
  return total
}
