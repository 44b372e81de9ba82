// Xero's sales invoice import. Headings may be neither renamed nor added, totals stay empty, every line repeats its invoice's number.
import type { Run } from '../line.ts'
import { known, type PlainDate } from '../plain-date.ts'
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
} from './document.ts'

/** What Xero wants to know besides. */
export interface XeroOptions extends ExportOptions {
  /** The account that sales are booked on. */
  readonly accountCode: string
  /** Xero's display name of the tax rate for lines whose price names none, such as `20% (VAT on Income)`. */
  readonly taxType: string
  /** Month first for organisations in the United States. @default 'DD/MM/YYYY' */
  readonly dateFormat?: 'DD/MM/YYYY' | 'MM/DD/YYYY'
}

/** The headings of Xero's template, in its order. */
export const xeroColumns = [
  '*ContactName',
  'EmailAddress',
  'POAddressLine1',
  'POAddressLine2',
  'POAddressLine3',
  'POAddressLine4',
  'POCity',
  'PORegion',
  'POPostalCode',
  'POCountry',
  '*InvoiceNumber',
  'Reference',
  '*InvoiceDate',
  '*DueDate',
  'InventoryItemCode',
  '*Description',
  '*Quantity',
  '*UnitAmount',
  'Discount',
  '*AccountCode',
  '*TaxType',
  'TrackingName1',
  'TrackingOption1',
  'TrackingName2',
  'TrackingOption2',
  'Currency',
  'BrandingTheme',
] as const

const mostInvoices = 500 // Xero refuses a file with more
const mostRows = 1_000_000

/**
 * Invoices for Xero. Names and descriptions go out as they are, because a leading apostrophe would make a new contact; what a
 * spreadsheet could take for a formula is flagged instead.
 */
export function exportXero(run: Run, options: XeroOptions): Exported {
  const invoices = numberedInvoices(run, options)
  const untaxed = options.taxType === '' ? invoices.filter(({ lines }) => lines.some(({ taxCode }) => !taxCode)) : []
  const flags: ExportFlag[] = [
    ...commonFlags(invoices),
    ...untaxed.map(({ number }) => {
      const message = `${number}: a line has no tax type, and Xero asks for one`
      return { code: 'no-tax-code' as const, number, about: null, message }
    }),
  ]
  const date = (day: PlainDate) => ledgerDate(day, options.dateFormat ?? 'DD/MM/YYYY')
  const cut = cutIntoFiles(invoices, mostInvoices, mostRows)
  const files = cut.map((part, index) => ({
    name: `xero-${periodLabel(run.period)}${fileSuffix(index, cut.length)}.csv`,
    text: csvText(
      xeroColumns,
      part.flatMap(({ clientName, number, currency, lines }) =>
        lines.map((line) => {
          const { quantity, rate } = quantityAndRate(line, currency)
          const row: Record<(typeof xeroColumns)[number], string> = {
            '*ContactName': clientName,
            EmailAddress: '',
            POAddressLine1: '',
            POAddressLine2: '',
            POAddressLine3: '',
            POAddressLine4: '',
            POCity: '',
            PORegion: '',
            POPostalCode: '',
            POCountry: '',
            '*InvoiceNumber': number,
            Reference: periodLabel(run.period),
            '*InvoiceDate': date(options.issuedOn),
            '*DueDate': date(options.dueOn),
            InventoryItemCode: '',
            '*Description': lineDescription(line),
            '*Quantity': quantity,
            '*UnitAmount': rate,
            Discount: '',
            '*AccountCode': options.accountCode,
            '*TaxType': line.taxCode ?? options.taxType,
            TrackingName1: '',
            TrackingOption1: '',
            TrackingName2: '',
            TrackingOption2: '',
            Currency: currency,
            BrandingTheme: '',
          }
          return xeroColumns.map((column) => row[column])
        }),
      ),
    ),
  }))
  return { files, flags }
}

/** A date as ledgers import it. */
export function ledgerDate(day: PlainDate, format: 'DD/MM/YYYY' | 'MM/DD/YYYY'): string {
  const { year, month, day: dayOfMonth } = known(day)
  const [dd, mm] = [String(dayOfMonth).padStart(2, '0'), String(month).padStart(2, '0')]
  return format === 'DD/MM/YYYY' ? `${dd}/${mm}/${year}` : `${mm}/${dd}/${year}`
}
