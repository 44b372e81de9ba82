// A sealed run as a run again, to show, print and export what was billed, whatever the book says by now.
import { daysText, money } from './explain.ts'
import type { Invoice, Line, Run } from './line.ts'
import { daysBetween, type DateRange } from './plain-date.ts'
import { createMeasure, type Measure } from './measure.ts'
import { sealedLines, type SealedInvoice, type SealedLine, type SealedRun } from './seal.ts'

/** What a seal does not keep. */
export interface SealContext {
  /** The names that hold today. */
  readonly clientName: (client: string) => string
  /** What an item is called: `tier:<id>`, `usage:<unit>`, `bundle:<id>`, `client`, with `setup:` before it for setup fees. */
  readonly title: (item: string) => string
  /** The seals of the book, which say what adjusted items had been billed before. */
  readonly sealed: readonly SealedRun[]
  /** The book's, today. */
  readonly currency: string
  readonly timeZone: string
  /** The period as today's book would bill it: invoices that still come to the same keep their explanations, fractions and cost. */
  readonly today: Run | null
}

/** Gives the run that was sealed, line by line as it was billed; where the book has changed since, the parts of a net adjustment stand by themselves. */
export function runOfSeal(sealed: SealedRun, context: SealContext): Run {
  const today = new Map((context.today?.invoices ?? []).map((invoice) => [keyOf(invoice), invoice]))
  const billedBefore = createBilledBefore(context.sealed.filter((run) => run.period.to <= sealed.period.from))
  const measure = createMeasure(sealed.policy, context.timeZone)
  const invoices = sealed.invoices.map((invoice): Invoice => {
    const { client, currency, total, lines } = invoice
    const again = today.get(keyOf(invoice))
    return {
      ...{ client, clientName: context.clientName(client), currency, total },
      lines:
        again && isSameBill(again, invoice)
          ? again.lines
          : lines.map((line) => toLine(line, invoice, { ...context, measure, billedBefore })),
    }
  })
  const { period, policy, currency = context.currency } = sealed
  return { period, policy, currency, sealedHash: sealed.hash, invoices, notBillable: [], waived: [] }
}

function keyOf({ client, currency }: { readonly client: string; readonly currency: string }): string {
  return `${client} ${currency}`
}

function isSameBill(again: Invoice, { lines }: SealedInvoice): boolean {
  const [now, then] = [again.lines.flatMap(sealedLines), lines].map((all) => all.map(lineText).sort().join('\n'))
  return now === then
}

function lineText({ item, cycle, from, to, quantity, amount, price, adjusts, taxCode }: SealedLine): string {
  const dates = [cycle, { from, to }, adjusts].map((range) => `${range?.from} ${range?.to}`)
  return JSON.stringify([item, ...dates, quantity, amount, price, taxCode])
}

/** What an adjusted item of somebody had been billed by earlier seals. */
type BilledBefore = (line: SealedLine, invoice: SealedInvoice) => number

function toLine(
  line: SealedLine,
  invoice: SealedInvoice,
  { title, measure, billedBefore }: SealContext & { measure: Measure; billedBefore: BilledBefore },
): Line {
  const { item, cycle, from, to, quantity, amount, price, adjusts, taxCode } = line
  const kind = adjusts
    ? 'adjustment'
    : item.startsWith('usage:')
      ? 'usage'
      : item.startsWith('setup:')
        ? 'setup'
        : 'recurring'
  const [days, cycleDays] = [daysBetween(from, to), daysBetween(cycle.from, cycle.to)]
  const isPart = kind === 'recurring' && days < cycleDays
  const billed = adjusts ? billedBefore(line, invoice) : 0
  const what = adjusts ? `Adjustment of ${daysText(adjusts)}: ${title(item)}` : title(item)
  const code = taxCode === undefined ? {} : { taxCode }
  return {
    ...{ kind, item, title: title(item), from, to, cycle, days, cycleDays },
    fraction: isPart ? measure({ from, to }, cycle).text : '1',
    ...{ quantity, amount, price },
    cost: null,
    taxCode: taxCode ?? null,
    origin: adjusts ? 'adjustment' : 'sealed',
    assignments: [],
    usage: [],
    basis: null,
    ...(adjusts
      ? { adjusts: { period: adjusts, parts: [{ item, cycle, billed, now: billed + amount, ...code }] } }
      : {}),
    explanation: `${what}${days > 0 ? `, ${daysText({ from, to })}` : ''}: ${money(amount, invoice.currency)}, as sealed.`,
  }
}

function createBilledBefore(earlier: readonly SealedRun[]): BilledBefore {
  let sums: Map<string, number> | null = null
  const keyOfLine = (line: SealedLine, account: SealedInvoice, period: DateRange) =>
    JSON.stringify([keyOf(account), period.from, period.to, line.item, line.cycle.from, line.taxCode])
  // Most months adjust nothing: the seals before are read when the first adjustment asks.
  const sum = () => {
    const found = new Map<string, number>()
    for (const run of earlier)
      for (const invoice of run.invoices)
        for (const line of invoice.lines) {
          const key = keyOfLine(line, invoice, line.adjusts ?? run.period)
          found.set(key, (found.get(key) ?? 0) + line.amount)
        }
    return found
  }
  return (line, invoice) => {
    if (!line.adjusts) return 0
    sums ??= sum()
    return sums.get(keyOfLine(line, invoice, line.adjusts)) ?? 0
  }
}
