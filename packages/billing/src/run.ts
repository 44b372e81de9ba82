// An invoice run: a pure function of the book, the period and the policy (BL3).
import { adjustmentLines, isOwed, isSamePeriod, sealDifferences, type SealDifference } from './adjustments.ts'
import { baseCharges } from './base-charges.ts'
import { bundleCharges } from './bundle-charges.ts'
import { currencyDigits } from './currency.ts'
import { groupByClient } from './group-by-client.ts'
import type { BillingInput, TierPeriod, Usage } from './input.ts'
import type { ClientLine, Invoice, Line, NotBillable, Run } from './line.ts'
import { isDateRange, isPlainDate, type DateRange } from './plain-date.ts'
import { compareText, isInOrder } from './order.ts'
import { checkPolicy } from './check-policy.ts'
import type { Policy } from './policy.ts'
import { createPriceBook, type PriceBook, type PricedClient } from './price-book.ts'
import { fail, type Result } from './result.ts'
import { createRunContext } from './run-context.ts'
import type { SealedRun } from './seal.ts'
import { billedTimeline, type BilledPeriod } from './timeline.ts'
import { usageCharges } from './usage-charges.ts'

/**
 * Makes all invoices of a period. Nothing is left out without being listed in `notBillable`.
 *
 * @example
 * const run = invoiceRun({ ...book.billingInput(period), policy: presets.standard })
 * if (run.ok) for (const invoice of run.value.invoices) console.log(invoice.clientName, invoice.total)
 */
export function invoiceRun(input: BillingInput): Result<Run> {
  const checked = checkInput(input)
  if (!checked.ok) return checked
  const policy = checked.value
  const { period } = input
  const arranged = arrange(input)
  const due = dueLines(arranged, { period, policy })
  const waived: Run['waived'][number][] = []
  const adjustments: ClientLine[] = []
  for (const difference of differences(arranged, (sealed) => sealed.period.to <= period.from, period)) {
    const lines = adjustmentLines(difference, policy)
    if (lines.length > 0) adjustments.push(...lines)
    else if (difference.adjusts.parts.some((part) => part.now !== part.billed) && policy.credit === 'none')
      waived.push(difference)
  }
  const invoices = toInvoices([...due.lines, ...adjustments], arranged)
  const notBillable = sortNotBillable(due.notBillable)
  return { ok: true, value: { period, policy, currency: input.currency, invoices, notBillable, waived } }
}

/** A sealed period and how it differs from the book of today; intact where there is no difference. */
export interface SealState {
  readonly sealed: SealedRun
  readonly differences: readonly SealDifference[]
}

/**
 * Says for each sealed period whether the book still says what was billed. Where it does not, the seal is amber: something that counts
 * from within it was recorded, or taken back, after it was sealed, and no later seal has adjusted it yet.
 */
export function checkSeals(input: BillingInput): Result<readonly SealState[]> {
  const checked = checkInput(input)
  if (!checked.ok) return checked
  const arranged = arrange(input)
  const states = (input.sealed ?? []).map((sealed) => ({
    sealed,
    differences: differencesOf(arranged, sealed, input.sealed ?? []).filter((one) => isOwed(one, checked.value)),
  }))
  return { ok: true, value: states }
}

/** The input, arranged for asking by client. */
interface Arranged {
  readonly input: BillingInput
  readonly book: PriceBook
  readonly periodsByClient: ReadonlyMap<string, readonly TierPeriod[]>
  readonly usageByClient: ReadonlyMap<string, readonly Usage[]>
  readonly nameByClient: ReadonlyMap<string, string>
}

function arrange(input: BillingInput): Arranged {
  return {
    input,
    book: createPriceBook(input.prices, input.uplifts ?? []),
    periodsByClient: groupByClient(input.periods),
    usageByClient: groupByClient(input.usage ?? []),
    nameByClient: new Map(input.clients.map(({ id, name }) => [id, name])),
  }
}

function differences(
  arranged: Arranged,
  isWanted: (sealed: SealedRun) => boolean,
  period: DateRange,
): SealDifference[] {
  const sealed = (arranged.input.sealed ?? []).filter((one) => !isSamePeriod(one.period, period))
  return sealed.filter(isWanted).flatMap((one) => differencesOf(arranged, one, sealed))
}

function differencesOf(arranged: Arranged, sealed: SealedRun, allSealed: readonly SealedRun[]): SealDifference[] {
  return sealDifferences(sealed, allSealed, dueLines(arranged, sealed).lines)
}

/** What falls due in a period by today's book, without adjustments. */
function dueLines(
  arranged: Arranged,
  { period, policy, currency: bookCurrency }: Pick<SealedRun, 'period' | 'policy' | 'currency'>,
) {
  const { input, book, periodsByClient, usageByClient, nameByClient } = arranged
  const context = createRunContext(input, period, policy, book)
  /** Who pays for a bundle need not be served. */
  const payers = new Set(context.bundles.map(({ item }) => item.payer))
  const lines: ClientLine[] = []
  const notBillable: NotBillable[] = book.problems.map(({ entry, code, message }) => ({
    code,
    client: null,
    item: null,
    range: null,
    entries: [entry],
    message,
  }))
  const billed = new Map<string, { client: PricedClient; periods: readonly BilledPeriod[] }>()
  for (const client of input.clients) {
    const periods = periodsByClient.get(client.id) ?? []
    const usage = usageByClient.get(client.id) ?? []
    if (periods.length === 0 && usage.length === 0 && !payers.has(client.id)) continue
    // What was sealed was billed in the currency that the book had then.
    const currency = client.currency ?? bookCurrency ?? input.currency
    const problem = clientProblem(client, currency)
    if (problem) {
      notBillable.push({ ...problem, client: client.id, item: null, range: null, entries: [] })
      continue
    }
    const since = periods.reduce(
      (first, { from }) => (from < first ? from : first),
      periods[0]?.from ?? client.createdOn,
    )
    const priced: PricedClient = { client, currency, since }
    const timeline = billedTimeline(periods, priced, context)
    if (!timeline.ok) {
      const entries = periods.flatMap((one) => one.entries)
      notBillable.push({
        code: timeline.code,
        client: client.id,
        item: null,
        range: null,
        entries,
        message: timeline.message,
      })
      continue
    }
    if (context.bundles.length > 0) billed.set(client.id, { client: priced, periods: timeline.periods })
    const base = baseCharges(priced, timeline.periods, context)
    for (const line of base.lines) lines.push(line)
    for (const problem of base.notBillable) notBillable.push(problem)
    if (usage.length === 0 && !book.hasMinimum) continue
    const counted = usageCharges(priced, usage, timeline.periods, context)
    lines.push(...counted.lines)
    notBillable.push(...counted.notBillable)
  }
  if (context.bundles.length > 0) {
    const bundles = bundleCharges(billed, context)
    lines.push(...bundles.lines)
    notBillable.push(...bundles.notBillable)
  }
  for (const [client, usage] of usageByClient) {
    const inRun = usage.filter(({ from, to }) => to > period.from && from < period.to)
    if (nameByClient.has(client) || inRun.length === 0) continue
    const entries = inRun.map(({ entry }) => entry)
    const message = `usage was recorded for a client who is not in the book: ${client}`
    notBillable.push({ code: 'unknown-client', client, item: null, range: null, entries, message })
  }
  return { lines, notBillable }
}

function clientProblem({ name, createdOn, anchor }: BillingInput['clients'][number], currency: string) {
  if (currencyDigits(currency) === null)
    return {
      code: 'unknown-currency',
      message: `currency of ${name}: expected a code of ISO 4217, got ${JSON.stringify(currency)}`,
    } as const
  const day = anchor ?? createdOn
  if (!isPlainDate(day))
    return { code: 'bad-period', message: `${name}: expected a date, got ${JSON.stringify(day)}` } as const
  return null
}

function toInvoices(lines: readonly ClientLine[], { nameByClient }: Arranged): Invoice[] {
  const byInvoice = new Map<string, { client: string; currency: string; lines: Line[] }>()
  let last: { client: string; currency: string; lines: Line[] } | undefined
  for (const { client, currency, line } of lines) {
    // Lines come client by client, mostly.
    if (last?.client === client && last.currency === currency) {
      last.lines.push(line)
      continue
    }
    const key = `${client} ${currency}`
    last = byInvoice.get(key)
    if (last) last.lines.push(line)
    else byInvoice.set(key, (last = { client, currency, lines: [line] }))
  }
  const invoices: Invoice[] = []
  const keys = [...byInvoice.keys()]
  for (const key of isInOrder(keys, compareText) ? keys : keys.sort(compareText)) {
    const found = byInvoice.get(key)
    if (!found) continue
    const { client, currency } = found
    const sorted = isInOrder(found.lines, compareLines) ? found.lines : found.lines.sort(compareLines)
    const total = sorted.reduce((sum, { amount }) => sum + amount, 0)
    invoices.push({ client, currency, lines: sorted, clientName: nameByClient.get(client) ?? client, total })
  }
  return invoices
}

const kindOrder: Readonly<Record<Line['kind'], number>> = { recurring: 0, usage: 1, setup: 2, adjustment: 3 }

function compareLines(a: Line, b: Line): number {
  return (
    kindOrder[a.kind] - kindOrder[b.kind] ||
    compareText(a.cycle.from, b.cycle.from) ||
    compareText(a.from, b.from) ||
    compareText(a.item, b.item) ||
    compareText(a.price ?? '', b.price ?? '')
  )
}

function sortNotBillable(list: readonly NotBillable[]): NotBillable[] {
  const key = ({ client, item, range, code, entries }: NotBillable) =>
    [client ?? '', item ?? '', range?.from ?? '', code, ...entries].join('\n')
  return [...list].sort((a, b) => compareText(key(a), key(b)))
}

const latestEnd = '9990-01-01' // cycles that begin before it end in dates of four digits

function checkInput({ period, policy, timeZone, clients, sealed = [] }: BillingInput): Result<Policy> {
  if (!isDateRange(period))
    return fail('bad-period', 'period', `period: expected dates in order, got ${period.from} to ${period.to}`)
  if (period.to > latestEnd)
    return fail('bad-period', 'period', `period: expected an end before ${latestEnd}, got ${period.to}`)
  const ids = new Set<string>()
  for (const { id } of clients) {
    if (ids.has(id)) return fail('duplicate-client', 'clients', `clients: ${id} is listed twice`)
    ids.add(id)
  }
  for (const { policy: used } of sealed) {
    const checked = checkPolicy(used, timeZone)
    if (!checked.ok) return checked
  }
  return checkPolicy(policy, timeZone)
}
