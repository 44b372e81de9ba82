// What the invoices page has worked out in the worker. Runs stay there: the page gets sums, columns, and invoices as somebody looks at them.
import {
  checkSeals,
  sealRun,
  type BillingError,
  type ClientDifference,
  type Invoice,
  type NotBillable,
  type Run,
  type SealDifference,
  type SealedRun,
} from '@tierbook/billing'
import type { BookCopy, CopiedInput } from '#lib/billing/book-copy.ts'
import { exportRun, type ExportChoice, type RunFiles } from './export-run.ts'
import { accountKey, monthRuns, type MonthQuestion, type MonthRuns } from './month-runs.ts'
import { totalsOf, type CurrencyTotal } from './run-sums.ts'

/** See the file. */
export interface MonthFacts {
  /** Why there is no run. */
  readonly problem: BillingError | null
  /** By invoice, in the order of their numbers. */
  readonly clients: readonly string[]
  readonly names: readonly string[]
  readonly currencies: readonly string[]
  /** Minor units. */
  readonly totals: Float64Array
  /** What each came to in the last run; NaN where there was no run. */
  readonly before: Float64Array
  readonly sums: readonly CurrencyTotal[]
  /** The first of those that are on no invoice, and how many there are. */
  readonly notBillable: { readonly first: readonly NotBillable[]; readonly count: number }
  /** Who was billed in the last run and is not in this one, and what it came to then. */
  readonly gone: Pick<MonthFacts, 'clients' | 'names' | 'currencies' | 'before'>
  /** What differs from the last run by item, over all clients: the largest differences first. */
  readonly itemChanges: readonly ItemChange[]
  /** Credits that the policy does not give; nobody would miss them otherwise. */
  readonly waived: { readonly first: Run['waived']; readonly count: number }
  /** How the month's seal differs from the book. */
  readonly differences: { readonly first: readonly SealDifference[]; readonly count: number }
}

/** What an item comes to in a run and came to in the one before; minor units. */
export interface ItemChange {
  readonly currency: string
  readonly item: string
  readonly before: number
  readonly after: number
}

/** An invoice, and how it differs from the one before, item by item. */
export interface InvoiceFacts {
  readonly invoice: Invoice
  readonly difference: ClientDifference | null
}

const known = new WeakMap<MonthRuns, MonthFacts>()
const mostListed = 50 // lists to act on; the JSON export has all of it

/** Works the month out; the same answer for as long as book and question are the same, as when the server receives what was written. */
export function monthFacts(book: BookCopy, question: MonthQuestion): MonthFacts {
  const runs = monthRuns(book, question)
  const facts = known.get(runs) ?? factsOf(book, question, runs)
  known.set(runs, facts)
  return facts
}

function factsOf(
  book: BookCopy,
  question: MonthQuestion,
  { made, hasBefore, differences, gone }: MonthRuns,
): MonthFacts {
  const { invoices, notBillable, waived } = made.ok ? made.value : { invoices: [], notBillable: [], waived: [] }
  const names = new Map(book.input().clients.map(({ id, name }) => [id, name]))
  const changed = question.isSealed ? sealDifferences(book.input(), question) : []
  return {
    problem: made.ok ? null : made.error,
    clients: invoices.map(({ client }) => client),
    names: invoices.map(({ clientName }) => clientName),
    currencies: invoices.map(({ currency }) => currency),
    totals: Float64Array.from(invoices, ({ total }) => total),
    before: Float64Array.from(invoices, (invoice) =>
      hasBefore ? (differences.get(accountKey(invoice))?.before ?? invoice.total) : Number.NaN,
    ),
    sums: made.ok ? totalsOf(made.value) : [],
    notBillable: { first: notBillable.slice(0, mostListed), count: notBillable.length },
    gone: {
      clients: gone.map(({ client }) => client),
      names: gone.map(({ client }) => names.get(client) ?? client),
      currencies: gone.map(({ currency }) => currency),
      before: Float64Array.from(gone, ({ before }) => before),
    },
    itemChanges: itemChanges([...differences.values()]),
    waived: { first: waived.slice(0, mostListed), count: waived.length },
    differences: { first: changed.slice(0, mostListed), count: changed.length },
  }
}

function itemChanges(differences: readonly ClientDifference[]): ItemChange[] {
  const changes = new Map<string, { currency: string; item: string; before: number; after: number }>()
  for (const { currency, items } of differences) {
    for (const { item, before, after } of items) {
      const change = changes.get(`${currency} ${item}`) ?? { currency, item, before: 0, after: 0 }
      changes.set(`${currency} ${item}`, change)
      change.before += before
      change.after += after
    }
  }
  const size = ({ before, after }: ItemChange) => Math.abs(after - before)
  return [...changes.values()].filter((one) => size(one) > 0).sort((a, b) => size(b) - size(a))
}

/** Some of the month's invoices with their lines. */
export function invoicesOfMonth(
  book: BookCopy,
  { month, from, count }: { month: MonthQuestion; from: number; count: number },
): readonly InvoiceFacts[] {
  const { made, differences } = monthRuns(book, month)
  if (!made.ok) return []
  return made.value.invoices
    .slice(from, from + count)
    .map((invoice) => ({ invoice, difference: differences.get(accountKey(invoice)) ?? null }))
}

/** What somebody was billed in the last run, who is not in this one. */
export function goneOfMonth(
  book: BookCopy,
  { month, place }: { month: MonthQuestion; place: number },
): ClientDifference | null {
  return monthRuns(book, month).gone[place] ?? null
}

/** What seals the month: some of its invoices, and all of the rest. */
export function sealedMonth(
  book: BookCopy,
  { month, prefix, from, count }: { month: MonthQuestion; prefix: string; from: number; count: number },
): SealedRun | null {
  const { made, sealed } = monthRuns(book, month)
  if (!made.ok) return null
  const whole = (sealed[prefix] ??= sealRun(made.value, { prefix }))
  return { ...whole, invoices: whole.invoices.slice(from, from + count) }
}

/** The month in a file. */
export function exportMonth(
  book: BookCopy,
  { month, choice }: { month: MonthQuestion; choice: ExportChoice },
): RunFiles | null {
  const { made } = monthRuns(book, month)
  return made.ok ? exportRun(made.value, { ...choice, clients: book.input().clients }) : null
}

function sealDifferences(input: CopiedInput, { period, policy }: MonthQuestion): readonly SealDifference[] {
  const states = checkSeals({ ...input, policy, period })
  if (!states.ok) return []
  return states.value.find(({ sealed }) => sealed.period.from === period.from)?.differences ?? []
}
