// Exports that belong to no ledger: one CSV row a line, for people and scripts, and the whole run as JSON.
import { currencyDigits } from '../currency.ts'
import type { Line, Run } from '../line.ts'
import { divide, reduce, toRational, type Rational } from '../rational.ts'
import { periodLabel, runHash } from '../seal.ts'
import { csvText, neutralised } from './csv-text.ts'
import { lineDescription, numberedInvoices, type ExportFile, type ExportOptions } from './document.ts'
import { referencesOf } from './references.ts'

/** Headings of the line CSV; those of the clients' ids in other systems follow where the options name clients. */
export const lineCsvColumns = [
  'invoice_number',
  'invoice_issuing_date',
  'client_id',
  'client_name',
  'fee_item_type',
  'fee_item_code',
  'fee_item_name',
  'fee_item_description',
  'fee_from_date',
  'fee_to_date',
  'fee_amount_currency',
  'fee_units',
  'fee_precise_unit_amount',
  'fee_tax_code',
  'fee_total_amount_cents',
  'explanation',
  'log_entry_ids',
  'state_hash',
] as const

const precision = 12n // decimals of a unit amount that does not come out even

/** One row for each line, with the log entries behind it and what other systems call the client. Texts that a spreadsheet would run are made harmless. */
export function exportLinesCsv(run: Run, options: ExportOptions): ExportFile {
  const hash = runHash(run)
  const references = referencesOf(run, options.clients ?? [])
  const rows = numberedInvoices(run, options).flatMap(({ number, client, clientName, currency, lines }) =>
    lines.map((line) =>
      [
        number,
        options.issuedOn,
        client,
        clientName,
        line.kind,
        line.item,
        line.title,
        lineDescription(line),
        line.from,
        line.to,
        currency,
        line.quantity,
        preciseUnitAmount(line, currency),
        line.taxCode ?? '',
        String(line.amount),
        line.explanation,
        [line.price, ...line.assignments, ...line.usage].filter((entry) => entry !== null).join(' '),
        `sha256-${hash}`, // a hash may begin with a dash, which a spreadsheet would run
        ...references.cells(client),
      ].map(neutralised),
    ),
  )
  const headings = [...lineCsvColumns, ...references.headings.map(neutralised)]
  return { name: `invoice-lines-${periodLabel(run.period)}.csv`, text: csvText(headings, rows) }
}

/** The whole run, numbers and hash included, as JSON that people can read. */
export function exportJson(run: Run, options: ExportOptions): ExportFile {
  const { period, policy, notBillable, waived } = run
  const { issuedOn, dueOn } = options
  const references = referencesOf(run, options.clients ?? [])
  const invoices = numberedInvoices(run, options).map((invoice) => ({
    ...invoice,
    ...references.fields(invoice.client),
  }))
  const text = JSON.stringify(
    { period, issuedOn, dueOn, hash: runHash(run), policy, invoices, notBillable, waived },
    null,
    2,
  )
  return { name: `invoices-${periodLabel(run.period)}.json`, text: `${text}\n` }
}

function preciseUnitAmount({ amount, quantity }: Line, currency: string): string {
  const units = toRational(quantity)
  const scale = 10n ** BigInt(currencyDigits(currency) ?? 2)
  const total: Rational = { num: BigInt(amount), den: scale }
  return decimal(units.num === 0n ? total : divide(total, units))
}

function decimal(value: Rational): string {
  const { num, den } = reduce(value)
  const sign = num < 0n ? '-' : ''
  const digits = String(((num < 0n ? -num : num) * 10n ** precision) / den).padStart(Number(precision) + 1, '0')
  const [whole, part] = [digits.slice(0, -Number(precision)), digits.slice(-Number(precision)).replace(/0+$/, '')]
  return part === '' ? sign + whole : `${sign}${whole}.${part}`
}
