// The numbers behind the reports on tiers and recurring revenue, small enough to be copied from the worker to the page.
import { recurringRevenue, revenueMovements, tierCounts, type Movements, type RevenueOn } from '@tierbook/billing'
import type { BookCopy } from '#lib/billing/book-copy.ts'

/** Revenue of one currency: what each tier, and each client, brought on each day. */
export interface CurrencyRevenue {
  readonly currency: string
  /** By tier (null: bundles), one amount a day. */
  readonly tiers: readonly { readonly tier: string | null; readonly amounts: readonly number[] }[]
  /** By client, who brings most on the last day first. */
  readonly clients: readonly { readonly client: string; readonly amounts: readonly number[] }[]
}

/** See the file. */
export interface RevenueFacts {
  readonly days: readonly string[]
  readonly counts: readonly ReadonlyMap<string, number>[]
  readonly currencies: readonly CurrencyRevenue[]
  readonly movements: readonly Omit<Movements, 'clients'>[]
  /** Clients served without a price on the last day. */
  readonly unpriced: readonly string[]
}

/** Works them out for `days`. */
export function revenueFacts(book: BookCopy, { days }: { days: readonly string[] }): RevenueFacts {
  const input = book.input()
  const revenue = recurringRevenue(input, days)
  const currencies = [...new Set(revenue.flatMap(({ shares }) => shares.map(({ currency }) => currency)))].sort()
  return {
    days,
    counts: tierCounts(input.periods, days).map(({ counts }) => counts),
    currencies: currencies.map((currency) => ({
      currency,
      tiers: sumsBy(revenue, currency, 'tier').map(({ key, amounts }) => ({ tier: key, amounts })),
      clients: sumsBy(revenue, currency, 'client').map(({ key, amounts }) => ({ client: key ?? '', amounts })),
    })),
    movements: revenueMovements(revenue, input.periods).map(({ clients: _clients, ...sums }) => sums),
    unpriced: revenue.at(-1)?.unpriced ?? [],
  }
}

function sumsBy(revenue: readonly RevenueOn[], currency: string, by: 'tier' | 'client') {
  const sums = new Map<string | null, number[]>()
  for (const [day, { shares }] of revenue.entries()) {
    for (const share of shares) {
      if (share.currency !== currency) continue
      const amounts = sums.get(share[by]) ?? revenue.map(() => 0)
      sums.set(share[by], amounts)
      amounts[day] = (amounts[day] ?? 0) + share.amount
    }
  }
  return [...sums]
    .map(([key, amounts]) => ({ key, amounts }))
    .sort((a, b) => (b.amounts.at(-1) ?? 0) - (a.amounts.at(-1) ?? 0) || (String(a.key) < String(b.key) ? -1 : 1))
}
