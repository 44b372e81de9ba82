// What every export starts from: numbered invoices, their dates, and lines in the form a ledger can multiply.
import { currencyDigits, minorToDecimal } from '../currency.ts'
import { daysText, money } from '../explain.ts'
import type { BillingClient } from '../input.ts'
import type { Invoice, Line, Run } from '../line.ts'
import type { PlainDate } from '../plain-date.ts'
import { invoiceNumbers } from '../seal.ts'

/** What an export needs besides the run. */
export interface ExportOptions {
  /** Before each invoice number. */
  readonly prefix: string
  readonly issuedOn: PlainDate
  readonly dueOn: PlainDate
  /** Whose ids in other systems stand in the line CSV and the JSON file; ledgers know their contacts by name. @default nobody's */
  readonly clients?: readonly ReferencedClient[]
}

/** What a client is called elsewhere. */
export type ReferencedClient = Pick<BillingClient, 'id' | 'externalRef' | 'otherRefs'>

/** A file to hand over; `text` is UTF-8 with CRLF line ends. */
export interface ExportFile {
  readonly name: string
  readonly text: string
}

/** Something about an export that a person should look at before handing it over. */
export interface ExportFlag {
  readonly code: 'formula' | 'negative-total' | 'long-number' | 'long-description' | 'no-tax-code' | 'mixed-currencies'
  /** The invoice's number, where it is about one. */
  readonly number: string | null
  /** What it is about, for who says it in other words: the text that begins like a formula, the total, the currencies. */
  readonly about: string | null
  /** All of it in an English sentence. */
  readonly message: string
}

/** What an export gives. */
export interface Exported {
  readonly files: readonly ExportFile[]
  readonly flags: readonly ExportFlag[]
}

/** An invoice with its number. */
export interface NumberedInvoice extends Invoice {
  readonly number: string
}

/** The run's invoices with the numbers they have or will get. */
export function numberedInvoices(run: Run, options: ExportOptions): NumberedInvoice[] {
  const numbers = invoiceNumbers(run, options)
  return run.invoices.map((invoice, index) => ({ ...invoice, number: numbers[index] ?? '' }))
}

/** What a ledger multiplies: the quantity only where it divides the amount, else 1; a credit is 1 at a negative price. */
export function quantityAndRate(line: Line, currency: string): { readonly quantity: string; readonly rate: string } {
  const quantity = Number(line.quantity)
  const divides = line.amount > 0 && Number.isSafeInteger(quantity) && quantity > 1 && line.amount % quantity === 0
  return divides
    ? { quantity: line.quantity, rate: minorToDecimal(line.amount / quantity, currency) }
    : { quantity: '1', rate: minorToDecimal(line.amount, currency) }
}

/** What a line is for, short enough for any ledger: title, days, part of the cycle. */
export function lineDescription(line: Line): string {
  if (line.kind === 'setup') return `${line.title}, ${line.from}`
  const part = line.fraction === '1' ? '' : ` (${line.fraction})`
  const units = line.kind === 'usage' ? `: ${line.quantity}` : ''
  return `${line.title}, ${daysText(line)}${part}${units}`
}

const formulaStart = /^[=+\-@\t\r]/

/** Whether a spreadsheet would take `text` for a formula. */
export function looksLikeFormula(text: string): boolean {
  return formulaStart.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text)
}

/** Flags that concern every accounting export: texts that a spreadsheet would run, credits, and currencies side by side. */
export function commonFlags(invoices: readonly NumberedInvoice[]): ExportFlag[] {
  const flags: ExportFlag[] = []
  for (const { number, clientName, total, currency, lines } of invoices) {
    const suspicious = [clientName, ...lines.map(lineDescription)].find(looksLikeFormula)
    if (suspicious !== undefined)
      flags.push({
        code: 'formula',
        number,
        about: suspicious,
        message: `${number}: ${JSON.stringify(suspicious)} begins like a formula; do not open this file in a spreadsheet`,
      })
    if (total < 0) {
      const about = money(total, currency)
      const message = `${number}: the total is ${about}; enter it as a credit note`
      flags.push({ code: 'negative-total', number, about, message })
    }
  }
  const currencies = [...new Set(invoices.map(({ currency }) => currency))].filter(
    (code) => currencyDigits(code) !== null,
  )
  if (currencies.length > 1) {
    const about = currencies.join(', ')
    const message = `invoices in ${about}: the ledger needs each of them switched on`
    flags.push({ code: 'mixed-currencies', number: null, about, message })
  }
  return flags
}

/** Cuts invoices into files of at most `most` invoices and `mostRows` lines; an invoice is never cut. */
export function cutIntoFiles<T extends Invoice>(invoices: readonly T[], most: number, mostRows: number): T[][] {
  const files: T[][] = []
  let rows = 0
  for (const invoice of invoices) {
    const file = files.at(-1)
    if (file && file.length < most && rows + invoice.lines.length <= mostRows) {
      file.push(invoice)
      rows += invoice.lines.length
    } else {
      files.push([invoice])
      rows = invoice.lines.length
    }
  }
  return files
}
