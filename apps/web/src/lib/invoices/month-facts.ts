// What the invoices page has worked out in the worker. Runs stay there: the page gets sums, columns, and invoices as somebody looks at them.
import {
  checkSeals,
  compareRuns,
  invoiceRun,
  runOfSeal,
  sealRun,
  type ClientDifference,
  type DateRange,
  type Invoice,
  type NotBillable,
  type Policy,
  type Result,
  type Run,
  type SealDifference,
  type SealedRun,
} from '@tierbook/billing'
import type { BookCopy, CopiedInput } from '#lib/billing/book-copy.ts'
import { exportRun, type ExportChoice, type RunFiles } from './export-run.ts'
import { totalsOf, type CurrencyTotal } from './run-sums.ts'

/** Which run is meant: the sealed one of the period, else what would be sealed now. */
export interface MonthQuestion {
  readonly period: DateRange
  /** Of the next seal; a sealed run has its own. */
  readonly policy: Policy
  /** The run before: a sealed one's period, else the month before as it would be now. */
  readonly before: { readonly period: DateRange; readonly isSealed: boolean }
  readonly isSealed: boolean
  /** What a flat rate is called. */
  readonly flatTitle: string
}

/** See the file. */
export interface MonthFacts {
  /** Why there is no run. */
  readonly problem: string | null
  /** By invoice, in the order of their numbers. */
  readonly clients: readonly string[]
  readonly currencies: readonly string[]
  /** Minor units. */
  readonly totals: Float64Array
  /** What each came to in the last run; NaN where there was no run. */
  readonly before: Float64Array
  readonly sums: readonly CurrencyTotal[]
  /** The first of those that are on no invoice, and how many there are. */
  readonly notBillable: { readonly first: readonly NotBillable[]; readonly count: number }
  /** How the month's seal differs from the book. */
  readonly differences: { readonly first: readonly SealDifference[]; readonly count: number }
}

/** An invoice, and how it differs from the one before, item by item. */
export interface InvoiceFacts {
  readonly invoice: Invoice
  readonly difference: ClientDifference | null
}

const mostListed = 50 // lists to act on; the JSON export has all of it

/** Works the month out; the same answer for as long as book and question are the same, as when the server receives what was written. */
export function monthFacts(book: BookCopy, question: MonthQuestion): MonthFacts {
  const runs = runsOf(book, question)
  return (runs.facts ??= factsOf(book, question, runs))
}

function factsOf(book: BookCopy, question: MonthQuestion, { made, hasBefore, differences }: Runs): MonthFacts {
  const { invoices, notBillable } = made.ok ? made.value : { invoices: [], notBillable: [] }
  const changed = question.isSealed ? sealDifferences(book.input(), question) : []
  return {
    problem: made.ok ? null : made.error.message,
    clients: invoices.map(({ client }) => client),
    currencies: invoices.map(({ currency }) => currency),
    totals: Float64Array.from(invoices, ({ total }) => total),
    before: Float64Array.from(invoices, (invoice) =>
      hasBefore ? (differences.get(keyOf(invoice))?.before ?? invoice.total) : Number.NaN,
    ),
    sums: made.ok ? totalsOf(made.value) : [],
    notBillable: { first: notBillable.slice(0, mostListed), count: notBillable.length },
    differences: { first: changed.slice(0, mostListed), count: changed.length },
  }
}

/** Some of the month's invoices with their lines. */
export function invoicesOfMonth(
  book: BookCopy,
  { month, from, count }: { month: MonthQuestion; from: number; count: number },
): readonly InvoiceFacts[] {
  const { made, differences } = runsOf(book, month)
  if (!made.ok) return []
  return made.value.invoices
    .slice(from, from + count)
    .map((invoice) => ({ invoice, difference: differences.get(keyOf(invoice)) ?? null }))
}

/** What seals the month: some of its invoices, and all of the rest. */
export function sealedMonth(
  book: BookCopy,
  { month, prefix, from, count }: { month: MonthQuestion; prefix: string; from: number; count: number },
): SealedRun | null {
  const { made, sealed } = runsOf(book, month)
  if (!made.ok) return null
  const whole = (sealed[prefix] ??= sealRun(made.value, { prefix }))
  return { ...whole, invoices: whole.invoices.slice(from, from + count) }
}

/** The month in a file. */
export function exportMonth(
  book: BookCopy,
  { month, choice }: { month: MonthQuestion; choice: ExportChoice },
): RunFiles | null {
  const { made } = runsOf(book, month)
  return made.ok ? exportRun(made.value, choice) : null
}

interface Runs {
  readonly made: Result<Run>
  readonly hasBefore: boolean
  /** From the last run, by client and currency. */
  readonly differences: ReadonlyMap<string, ClientDifference>
  /** By prefix. */
  readonly sealed: Record<string, SealedRun>
  facts: MonthFacts | null
}

/** The last answer: who opens an invoice, seals or exports asks for the run that was shown. */
let last: { input: CopiedInput; question: string; runs: Runs } | null = null

function runsOf(book: BookCopy, month: MonthQuestion): Runs {
  const [input, question] = [book.input(), JSON.stringify(month)]
  if (last?.input === input && last.question === question) return last.runs
  const made = runOf(book, month)
  const before = lastRunOf(book, month)
  const differences = made.ok && before ? compareRuns(before, made.value) : []
  const byInvoice = new Map(differences.map((one) => [keyOf(one), one]))
  const runs: Runs = { made, hasBefore: before !== null, differences: byInvoice, sealed: {}, facts: null }
  last = { input, question, runs }
  return runs
}

function runOf(book: BookCopy, { period, policy, isSealed, flatTitle }: MonthQuestion): Result<Run> {
  const seal = isSealed ? book.sealOf(period) : undefined
  if (!seal) return invoiceRun({ ...book.input(), policy, period })
  return { ok: true, value: runOfSeal(seal, namesIn(book.input(), flatTitle)) }
}

/** Null where nobody would have been billed. */
function lastRunOf(book: BookCopy, { before, policy }: MonthQuestion): Run | SealedRun | null {
  if (before.isSealed) return book.sealOf(before.period) ?? null
  const made = invoiceRun({ ...book.input(), policy, period: before.period })
  return made.ok && made.value.invoices.length > 0 ? made.value : null
}

function sealDifferences(input: CopiedInput, { period, policy }: MonthQuestion): readonly SealDifference[] {
  const states = checkSeals({ ...input, policy, period })
  if (!states.ok) return []
  return states.value.find(({ sealed }) => sealed.period.from === period.from)?.differences ?? []
}

function namesIn({ clients, tiers, prices }: CopiedInput, flatTitle: string) {
  const clientNames = new Map(clients.map(({ id, name }) => [id, name]))
  const tierNames = new Map(tiers.map(({ id, name }) => [id, name]))
  const bundleNames = new Map(prices.flatMap(({ item }) => (item.kind === 'bundle' ? [[item.bundle, item.name]] : [])))
  const title = (item: string): string => {
    const [kind, id] = [item.slice(0, item.indexOf(':')), item.slice(item.indexOf(':') + 1)]
    if (item === 'client') return flatTitle
    if (kind === 'setup') return title(id)
    return { tier: tierNames, bundle: bundleNames }[kind]?.get(id) ?? id
  }
  return { clientName: (client: string) => clientNames.get(client) ?? client, title }
}

function keyOf({ client, currency }: { readonly client: string; readonly currency: string }): string {
  return `${client} ${currency}`
}
