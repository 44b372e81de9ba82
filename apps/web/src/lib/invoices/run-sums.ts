// What a run comes to.
import type { Run } from '@tierbook/billing'

/** What one currency comes to, and each item in it, largest first. */
export interface CurrencyTotal {
  readonly currency: string
  readonly total: number
  /** By what is billed, adjustments together under `adjustment`. */
  readonly items: readonly (readonly [item: string, amount: number])[]
}

/** Sums by currency, and by item within each. */
export function totalsOf(run: Run): CurrencyTotal[] {
  const currencies = new Map<string, { total: number; items: Map<string, number> }>()
  for (const { currency, lines } of run.invoices) {
    const sums = currencies.get(currency) ?? { total: 0, items: new Map<string, number>() }
    currencies.set(currency, sums)
    for (const line of lines) {
      sums.total += line.amount
      const item = line.adjusts ? 'adjustment' : line.item
      sums.items.set(item, (sums.items.get(item) ?? 0) + line.amount)
    }
  }
  return [...currencies].map(([currency, { total, items }]) => ({
    currency,
    total,
    items: [...items].sort((a, b) => b[1] - a[1]),
  }))
}
