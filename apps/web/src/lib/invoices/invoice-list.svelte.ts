// Which invoices of a month are listed, and in which order.
import { formatLocale } from '#lib/i18n/locale.ts'
import type { InvoicesState, ShownInvoice } from './invoices-state.svelte.ts'

/** How an invoice stands to the last run. */
export const standings = ['higher', 'lower', 'new', 'gone'] as const
export type Standing = (typeof standings)[number]

export const sortKeys = ['client', 'number', 'total', 'difference'] as const
export type SortKey = (typeof sortKeys)[number]

/** What a run and the one before it come to in one currency; minor units. */
export interface CurrencyChange {
  readonly currency: string
  readonly before: number
  readonly after: number
}

export class InvoiceList {
  /** Null lists them all. */
  standing = $state<Standing | null>(null)
  text = $state('')
  sort = $state<{ readonly key: SortKey; readonly descending: boolean }>({ key: 'number', descending: false })
  readonly #invoices: InvoicesState

  constructor(invoices: InvoicesState) {
    this.#invoices = invoices
  }

  readonly #all = $derived.by(() => {
    const { rowCount } = this.#invoices
    return Array.from({ length: rowCount }, (_, index) => this.#invoices.row(index)).filter((row) => row !== null)
  })
  /** How many invoices stand how to the last run. */
  readonly counts = $derived(
    Object.fromEntries(
      standings.map((one) => [one, this.#all.filter((row) => standingOf(row) === one).length]),
    ) as Record<Standing, number>,
  )
  /** What the last run came to, and what this one does. */
  readonly changes = $derived.by((): readonly CurrencyChange[] => {
    const sums = new Map<string, { before: number; after: number }>()
    for (const { currency, before, total } of this.#all) {
      const sum = sums.get(currency) ?? { before: 0, after: 0 }
      sums.set(currency, { before: sum.before + (before ?? 0), after: sum.after + total })
    }
    return [...sums].map(([currency, sum]) => ({ currency, ...sum }))
  })
  /** What is listed. */
  readonly rows: readonly ShownInvoice[] = $derived.by(() => {
    const wanted = this.text.trim().toLocaleLowerCase()
    const found = this.#all.filter(
      (row) =>
        (this.standing === null || standingOf(row) === this.standing) &&
        (wanted === '' || `${row.clientName} ${row.number ?? ''}`.toLocaleLowerCase().includes(wanted)),
    )
    const { key, descending } = this.sort
    // The rows are in the order of their numbers already.
    const sorted = key === 'number' ? found : [...found].sort(orders[key]())
    return descending ? sorted.reverse() : sorted
  })

  /** Sorts by a column; again, the other way round. Amounts start with the largest. */
  sortBy(key: SortKey): void {
    const descending = this.sort.key === key ? !this.sort.descending : key === 'total' || key === 'difference'
    this.sort = { key, descending }
  }

  order(key: SortKey): 'ascending' | 'descending' | undefined {
    return this.sort.key !== key ? undefined : this.sort.descending ? 'descending' : 'ascending'
  }
}

/** What an invoice comes to more than in the last run; 0 where there was none. */
export function differenceOf({ total, before }: ShownInvoice): number {
  return before === null ? 0 : total - before
}

function standingOf(row: ShownInvoice): Standing | null {
  const difference = differenceOf(row)
  if (row.number === null) return 'gone'
  if (row.before === 0 && row.total !== 0) return 'new'
  return difference > 0 ? 'higher' : difference < 0 ? 'lower' : null
}

type Order = (a: ShownInvoice, b: ShownInvoice) => number

const orders: Record<Exclude<SortKey, 'number'>, () => Order> = {
  client: () => {
    const { compare } = new Intl.Collator(formatLocale(), { numeric: true })
    return (a, b) => compare(a.clientName, b.clientName)
  },
  total: () => (a, b) => a.total - b.total,
  difference: () => (a, b) => differenceOf(a) - differenceOf(b),
}
