// The run of a month and the one before it, as the worker keeps them.
import {
  compareRuns,
  invoiceRun,
  runOfSeal,
  type ClientDifference,
  type DateRange,
  type Policy,
  type Result,
  type Run,
  type SealedRun,
} from '@tierbook/billing'
import type { BookCopy, CopiedInput } from '#lib/billing/book-copy.ts'

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
export interface MonthRuns {
  readonly made: Result<Run>
  readonly hasBefore: boolean
  /** From the last run, by client and currency. */
  readonly differences: ReadonlyMap<string, ClientDifference>
  /** Of those who are in the last run alone, by client. */
  readonly gone: readonly ClientDifference[]
  /** By prefix. */
  readonly sealed: Record<string, SealedRun>
}

/** The last answer: who opens an invoice, seals or exports asks for the run that was shown. */
let last: { input: CopiedInput; question: string; runs: MonthRuns } | null = null

/** The runs that answer a question; those of the last question are kept. */
export function monthRuns(book: BookCopy, month: MonthQuestion): MonthRuns {
  const [input, question] = [book.input(), JSON.stringify(month)]
  if (last?.input === input && last.question === question) return last.runs
  const made = runOf(book, month)
  const before = lastRunOf(book, month)
  const differences = made.ok && before ? compareRuns(before, made.value) : []
  const byInvoice = new Map(differences.map((one) => [accountKey(one), one]))
  const billed = new Set(made.ok ? made.value.invoices.map(accountKey) : [])
  const gone = differences.filter((one) => !billed.has(accountKey(one)))
  const runs: MonthRuns = { made, hasBefore: before !== null, differences: byInvoice, gone, sealed: {} }
  last = { input, question, runs }
  return runs
}

function runOf(book: BookCopy, { period, policy, isSealed, flatTitle }: MonthQuestion): Result<Run> {
  const seal = isSealed ? book.sealOf(period) : undefined
  const input = book.input()
  if (!seal) return invoiceRun({ ...input, policy, period })
  // The rules of the seal are checked like any others: a script may have sealed by unknown ones.
  const again = invoiceRun({ ...input, policy: seal.policy, period })
  const today = again.ok ? again.value : null
  return {
    ok: true,
    value: runOfSeal(seal, {
      ...namesIn(input, flatTitle),
      sealed: input.sealed ?? [],
      currency: input.currency,
      timeZone: input.timeZone,
      today,
    }),
  }
}

/** Null where nobody would have been billed. */
function lastRunOf(book: BookCopy, { before, policy }: MonthQuestion): Run | SealedRun | null {
  if (before.isSealed) return book.sealOf(before.period) ?? null
  const made = invoiceRun({ ...book.input(), policy, period: before.period })
  return made.ok && made.value.invoices.length > 0 ? made.value : null
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

/** Who is billed in what. */
export function accountKey({ client, currency }: { readonly client: string; readonly currency: string }): string {
  return `${client} ${currency}`
}
