// What a run comes to, and how its invoices differ from those of the run before.
import { compareRuns, type ComparableRun, type Run } from '@tierbook/billing'

/** What one currency comes to, and each item in it, largest first. */
export interface CurrencyTotal {
  readonly currency: string
  readonly total: number
  readonly items: readonly (readonly [title: string, amount: number])[]
}

/** Sums by currency, and by item within each. */
export function totalsOf(run: Run): CurrencyTotal[] {
  const currencies = new Map<string, { total: number; items: Map<string, number> }>()
  for (const { currency, lines } of run.invoices) {
    const sums = currencies.get(currency) ?? { total: 0, items: new Map<string, number>() }
    currencies.set(currency, sums)
    for (const line of lines) {
      sums.total += line.amount
      sums.items.set(line.title, (sums.items.get(line.title) ?? 0) + line.amount)
    }
  }
  return [...currencies].map(([currency, { total, items }]) => ({
    currency,
    total,
    items: [...items].sort((a, b) => b[1] - a[1]),
  }))
}

/** What each invoice of `run` was in the run before, in the order of the invoices; null where there was no run. */
export function amountsBefore(before: ComparableRun | null, run: Run): (number | null)[] {
  if (!before) return run.invoices.map(() => null)
  const differences = new Map(compareRuns(before, run).map((one) => [`${one.client} ${one.currency}`, one.before]))
  return run.invoices.map(({ client, currency, total }) => differences.get(`${client} ${currency}`) ?? total)
}
