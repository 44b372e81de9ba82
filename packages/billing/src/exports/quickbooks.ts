// QuickBooks Online's invoice import, in its two forms: that of the United States, and the one with tax code and currency.
import { minorToDecimal } from '../currency.ts'
import type { Line, Run } from '../line.ts'
import { periodLabel } from '../seal.ts'
import { csvText, fileSuffix } from './csv-text.ts'
import {
  commonFlags,
  cutIntoFiles,
  lineDescription,
  numberedInvoices,
  quantityAndRate,
  type Exported,
  type ExportFlag,
  type ExportOptions,
  type NumberedInvoice,
} from './document.ts'
import { ledgerDate } from './xero.ts'

/** What QuickBooks wants to know besides. */
export interface QuickBooksOptions extends ExportOptions {
  /** `us` has a service date; `international` has tax code and currency. */
  readonly variant: 'us' | 'international'
  /** The tax code for lines whose price names none; `international` asks for one. */
  readonly taxCode?: string
  /** Whether customer and dates stand on every row of an invoice or on its first. @default 'all' */
  readonly repeat?: 'all' | 'first'
  /** @default 'MM/DD/YYYY' for `us`, 'DD/MM/YYYY' for `international` */
  readonly dateFormat?: 'DD/MM/YYYY' | 'MM/DD/YYYY'
  /** Names of products and services by item (`tier:starter`); the line's title where it has none. */
  readonly products?: Readonly<Record<string, string>>
}

const shared = ['*InvoiceNo', '*Customer', '*InvoiceDate', '*DueDate', 'Terms', 'Location', 'Memo'] as const
const amounts = ['ItemDescription', 'ItemQuantity', 'ItemRate', '*ItemAmount'] as const

/** The headings of both forms, in the order of Intuit's sample files. */
export const quickBooksColumns = {
  us: [...shared, 'Item(Product/Service)', ...amounts, 'Service Date'],
  international: [...shared, '*Item(Product/Service)', ...amounts, 'Item Tax Amount', '*Item Tax Code', 'Currency'],
} as const

const mostInvoices = 100 // what people report as the limit of one import; smaller files are never wrong
const mostRows = 1_000
const longestNumber = 21 // characters of DocNumber
const longestDescription = 4_000

/** Invoices for QuickBooks Online. The tax amount stays empty: the ledger rounds it its own way. */
export function exportQuickBooks(run: Run, options: QuickBooksOptions): Exported {
  const invoices = numberedInvoices(run, options)
  const flags = [...commonFlags(invoices), ...invoices.flatMap((invoice) => ownFlags(invoice, options))]
  const columns = quickBooksColumns[options.variant]
  const cut = cutIntoFiles(invoices, mostInvoices, mostRows)
  const files = cut.map((part, index) => ({
    name: `quickbooks-${options.variant}-${periodLabel(run.period)}${fileSuffix(index, cut.length)}.csv`,
    text: csvText(
      columns,
      part.flatMap((invoice) => invoice.lines.map((line, row) => toRow(invoice, line, row === 0, run, options))),
    ),
  }))
  return { files, flags }
}

function toRow(invoice: NumberedInvoice, line: Line, isFirst: boolean, run: Run, options: QuickBooksOptions): string[] {
  const isUs = options.variant === 'us'
  const format = options.dateFormat ?? (isUs ? 'MM/DD/YYYY' : 'DD/MM/YYYY')
  const { quantity, rate } = quantityAndRate(line, invoice.currency)
  const once = (text: string) => (isFirst || options.repeat !== 'first' ? text : '')
  return [
    invoice.number,
    once(invoice.clientName),
    once(ledgerDate(options.issuedOn, format)),
    once(ledgerDate(options.dueOn, format)),
    '',
    '',
    once(periodLabel(run.period)),
    options.products?.[line.item] ?? line.title,
    lineDescription(line),
    quantity,
    rate,
    minorToDecimal(line.amount, invoice.currency),
    ...(isUs ? [ledgerDate(line.from, format)] : ['', line.taxCode ?? options.taxCode ?? '', invoice.currency]),
  ]
}

function ownFlags({ number, lines }: NumberedInvoice, { variant, taxCode }: QuickBooksOptions): ExportFlag[] {
  const flags: ExportFlag[] = []
  if (number.length > longestNumber)
    flags.push({
      code: 'long-number',
      number,
      about: null,
      message: `${number}: QuickBooks takes numbers of at most ${longestNumber} characters, this has ${number.length}`,
    })
  if (lines.some((line) => lineDescription(line).length > longestDescription))
    flags.push({
      code: 'long-description',
      number,
      about: null,
      message: `${number}: a description has more than ${longestDescription} characters`,
    })
  if (variant === 'international' && lines.some((line) => !(line.taxCode ?? taxCode)))
    flags.push({
      code: 'no-tax-code',
      number,
      about: null,
      message: `${number}: a line has no tax code, and QuickBooks asks for one`,
    })
  return flags
}
