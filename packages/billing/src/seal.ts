// A sealed run: what was billed for a period, kept as amounts and not as a promise to compute them again (BL14).
import { sha256 } from '@noble/hashes/sha2.js'
import canonicalize from 'canonicalize'
import type { Invoice, Line, Run } from './line.ts'
import type { DateRange, PlainDate } from './plain-date.ts'
import type { Policy } from './policy.ts'

/** What was billed for a period. Lives in the book's log and is never edited. */
export interface SealedRun {
  readonly period: DateRange
  readonly policy: Policy
  /** The book's currency when it was sealed: clients without a price of their own were billed in it. */
  readonly currency?: string
  /** SHA-256 of the canonical bytes of the run, as base64url. */
  readonly hash: string
  readonly invoices: readonly SealedInvoice[]
}

/** One numbered invoice of a sealed run. */
export interface SealedInvoice {
  readonly number: string
  readonly client: string
  readonly currency: string
  readonly total: number
  readonly lines: readonly SealedLine[]
}

/** What was billed for one item and cycle; `adjusts` names the sealed period that an adjustment corrected. */
export interface SealedLine {
  readonly item: string
  readonly cycle: DateRange
  readonly from: string
  readonly to: string
  readonly quantity: string
  readonly amount: number
  readonly price: string | null
  readonly adjusts?: DateRange
  /** What the ledger taxes it by, so that a file made of the seal says what the preview said. */
  readonly taxCode?: string
}

/**
 * The bytes that a run is known by: canonical JSON (RFC 8785) of what is billed to whom and why, without names and sentences, so that
 * renaming a client or wording a sentence better changes no invoice. The same on every device, zone and locale.
 */
export function runBytes(run: Run): Uint8Array {
  const { period, policy, invoices } = run
  const text = canonicalize({ period, policy, invoices: invoices.map(billedPart) })
  if (text === undefined) throw new Error('a run has no canonical JSON form')
  return new TextEncoder().encode(text)
}

/** SHA-256 of {@link runBytes} as base64url without padding; of a sealed run that is shown again, the one it was sealed with. */
export function runHash(run: Run): string {
  if (run.sealedHash !== undefined) return run.sealedHash
  let binary = ''
  for (const byte of sha256(runBytes(run))) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * Seals a run: numbers its invoices and keeps what was billed. Numbers are `<prefix><period>-<count>`, counted without gaps within the
 * period, so two devices that seal different periods offline can never give out the same number (BL13).
 *
 * @example sealRun(run, { prefix: 'INV-' }).invoices[0].number // 'INV-2026-10-0001'
 */
export function sealRun(run: Run, options: { readonly prefix: string }): SealedRun {
  const { period, policy, currency } = run
  const numbers = invoiceNumbers(run, options)
  const invoices = run.invoices.map((invoice, index) => ({
    number: numbers[index] ?? '',
    client: invoice.client,
    currency: invoice.currency,
    total: invoice.total,
    lines: invoice.lines.flatMap(sealedLines),
  }))
  return { period, policy, currency, hash: runHash(run), invoices }
}

/** The numbers that a run's invoices get when it is sealed now, in the order of its invoices; provisional until then. */
export function invoiceNumbers({ period, invoices }: Run, options: { readonly prefix: string }): string[] {
  return invoices.map((_, index) => invoiceNumber(period, index, options))
}

/**
 * The number of a period's invoice by its place, counted from 0.
 *
 * @example invoiceNumber({ from: '2026-10-01', to: '2026-11-01' }, 0, { prefix: 'INV-' }) // 'INV-2026-10-0001'
 */
export function invoiceNumber(period: DateRange, index: number, { prefix }: { readonly prefix: string }): string {
  return `${prefix}${periodLabel(period)}-${String(index + 1).padStart(4, '0')}`
}

/** A short name of a period: `2026-10` for a calendar month, else both dates. */
export function periodLabel({ from, to }: DateRange): string {
  return to === nextMonth(from) ? from.slice(0, 7) : `${from.replaceAll('-', '')}-${to.replaceAll('-', '')}`
}

/** The first day of the next month, null behind another day. By the digits: a page that only numbers invoices loads no calendar. */
function nextMonth(first: PlainDate): PlainDate | null {
  const [year = '', month = '', day] = first.split('-')
  if (day !== '01') return null
  const next = Number(year) * 12 + Number(month) // months since the year 0, counted from 0
  return `${String(Math.floor(next / 12)).padStart(4, '0')}-${String((next % 12) + 1).padStart(2, '0')}-01`
}

function billedPart({ client, currency, total, lines }: Invoice) {
  return {
    client,
    currency,
    total,
    lines: lines.map(({ title: _title, basis: _basis, explanation: _text, ...billed }) => billed),
  }
}

/** A net adjustment is kept as the parts it corrects, so that later runs know what each item was billed. */
export function sealedLines(line: Line): SealedLine[] {
  const { item, cycle, from, to, quantity, amount, price, adjusts, taxCode } = line
  if (!adjusts) return [{ item, cycle, from, to, quantity, amount, price, ...(taxCode === null ? {} : { taxCode }) }]
  return adjusts.parts.map((part) => ({
    item: part.item,
    cycle: part.cycle,
    from: part.cycle.from,
    to: part.cycle.to,
    quantity: '1',
    amount: part.now - part.billed,
    price: null,
    adjusts: adjusts.period,
    ...(part.taxCode === undefined ? {} : { taxCode: part.taxCode }),
  }))
}
