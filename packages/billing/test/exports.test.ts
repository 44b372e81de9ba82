// Accounting files, read back by a CSV parser that has nothing to do with the one that wrote them.
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import {
  exportJson,
  exportLinesCsv,
  exportQuickBooks,
  exportXero,
  lineCsvColumns,
  quickBooksColumns,
  xeroColumns,
  type BillingInput,
} from '../src/index.ts'
import { acme, book, november, october, on, price, run, sealed, usagePrice } from './sample.ts'

const dates = { prefix: 'INV-', issuedOn: '2026-11-02', dueOn: '2026-11-30' }
const xero = { ...dates, accountCode: '200', taxType: '20% (VAT on Income)' }
const name = 'Müller, "Zähne" & Söhne'
const prices = [
  price('starter', 5_000, { taxCode: 'Zero Rated' }),
  price('enterprise', 31_000),
  usagePrice('stacks', { type: 'perUnit', rate: 250 }),
]
const input: BillingInput = book({
  clients: [
    { ...acme, name },
    { ...acme, id: 'branch', name: 'Branch' },
  ],
  periods: [
    on('enterprise', '2026-10-22'),
    { ...on('starter', '2026-01-01', null, { quantity: 3 }), client: 'branch' },
  ],
  usage: [{ entry: 'u1', client: 'acme', unit: 'stacks', ...october, quantity: 4 }],
  prices,
})

/** A file as rows by heading, after checking that it is RFC 4180: CRLF, every row as long as the headings. */
function read(text: string): { headings: string[]; rows: Record<string, string>[] } {
  const [headings = [], ...rows] = parse(text, { record_delimiter: '\r\n', relax_column_count: false })
  return { headings, rows: rows.map((row) => Object.fromEntries(row.map((cell, index) => [headings[index]!, cell]))) }
}

describe('Xero', () => {
  test('[BL19] every column of every line', () => {
    const { files, flags } = exportXero(run(input), xero)
    expect(flags).toEqual([])
    expect(files.map((file) => file.name)).toEqual(['xero-2026-10.csv'])
    const { headings, rows } = read(files[0]!.text)
    expect(headings).toEqual([...xeroColumns])
    expect(headings).toHaveLength(27)
    const empty = Object.fromEntries(headings.map((heading) => [heading, '']))
    const row = (number: string, contact: string) => ({
      ...empty,
      '*ContactName': contact,
      '*InvoiceNumber': number,
      Reference: '2026-10',
      '*InvoiceDate': '02/11/2026',
      '*DueDate': '30/11/2026',
      '*AccountCode': '200',
      Currency: 'EUR',
    })
    expect(rows).toEqual([
      {
        ...row('INV-2026-10-0001', name),
        '*Description': 'Enterprise, 2026-10-22 to 2026-10-31 (10/31)',
        '*Quantity': '1',
        '*UnitAmount': '100.00',
        '*TaxType': '20% (VAT on Income)',
      },
      {
        ...row('INV-2026-10-0001', name),
        '*Description': 'stacks, 2026-10-01 to 2026-10-31: 4',
        '*Quantity': '4',
        '*UnitAmount': '2.50',
        '*TaxType': '20% (VAT on Income)',
      },
      {
        ...row('INV-2026-10-0002', 'Branch'),
        '*Description': 'Starter, 2026-10-01 to 2026-10-31',
        '*Quantity': '3',
        '*UnitAmount': '50.00',
        '*TaxType': 'Zero Rated',
      },
    ])
  })

  test('[BL19] what the ledger multiplies is the amount of the line, credits included', () => {
    const next = run({ ...input, periods: [], usage: [], period: november, sealed: [sealed(input)] })
    const { files, flags } = exportXero(next, xero)
    const rows = read(files[0]!.text).rows
    const expected = next.invoices.flatMap((invoice) => invoice.lines.map((line) => line.amount))
    expect(rows.map((row) => Math.round(Number(row['*Quantity']) * Number(row['*UnitAmount']) * 100))).toEqual(expected)
    expect(expected.every((amount) => amount < 0)).toBe(true)
    expect(rows.map((row) => row['*Quantity'])).toEqual(expected.map(() => '1'))
    expect(flags.map(({ code, number }) => [code, number])).toEqual([
      ['negative-total', 'INV-2026-11-0001'],
      ['negative-total', 'INV-2026-11-0002'],
    ])
  })

  test('[BL19] a quantity that does not divide the amount becomes 1', () => {
    const odd = run({
      ...input,
      clients: [acme],
      usage: [],
      periods: [on('enterprise', '2026-10-22', null, { quantity: 3 })],
      prices: [price('enterprise', 1_000)],
    })
    expect(read(exportXero(odd, xero).files[0]!.text).rows).toMatchObject([{ '*Quantity': '1', '*UnitAmount': '9.68' }])
  })

  test('[BL19] at most 500 invoices a file, and none of them cut', () => {
    const clients = Array.from({ length: 1_001 }, (_, index) => ({ ...acme, id: `c${String(index).padStart(4, '0')}` }))
    const periods = clients.map(({ id }) => ({ ...on('starter', '2026-01-01'), client: id }))
    const many = run(book({ clients, periods, prices }))
    const { files } = exportXero(many, xero)
    expect(files.map((file) => [file.name, read(file.text).rows.length])).toEqual([
      ['xero-2026-10-1.csv', 500],
      ['xero-2026-10-2.csv', 500],
      ['xero-2026-10-3.csv', 1],
    ])
    const numbers = files.flatMap((file) => read(file.text).rows.map((row) => row['*InvoiceNumber']))
    expect(new Set(numbers).size).toBe(1_001)
  })

  test('[BL19] month first where the organisation is in the United States', () => {
    const { files } = exportXero(run(input), { ...xero, dateFormat: 'MM/DD/YYYY' })
    expect(read(files[0]!.text).rows[0]).toMatchObject({ '*InvoiceDate': '11/02/2026', '*DueDate': '11/30/2026' })
  })
})

describe('QuickBooks Online', () => {
  test('[BL20] the form of the United States, column by column', () => {
    const { files, flags } = exportQuickBooks(run(input), {
      ...dates,
      variant: 'us',
      products: { 'tier:enterprise': 'Managed:Enterprise' },
    })
    expect(flags).toEqual([])
    const { headings, rows } = read(files[0]!.text)
    expect(headings).toEqual([...quickBooksColumns.us])
    expect(rows[0]).toEqual({
      '*InvoiceNo': 'INV-2026-10-0001',
      '*Customer': name,
      '*InvoiceDate': '11/02/2026',
      '*DueDate': '11/30/2026',
      Terms: '',
      Location: '',
      Memo: '2026-10',
      'Item(Product/Service)': 'Managed:Enterprise',
      ItemDescription: 'Enterprise, 2026-10-22 to 2026-10-31 (10/31)',
      ItemQuantity: '1',
      ItemRate: '100.00',
      '*ItemAmount': '100.00',
      'Service Date': '10/22/2026',
    })
    expect(rows.map((row) => [row['*InvoiceNo'], row['*Customer'], row['*ItemAmount']])).toEqual([
      ['INV-2026-10-0001', name, '100.00'],
      ['INV-2026-10-0001', name, '10.00'],
      ['INV-2026-10-0002', 'Branch', '150.00'],
    ])
  })

  test('[BL20] the form with tax code and currency, and the customer on the first row only', () => {
    const { files } = exportQuickBooks(run(input), {
      ...dates,
      variant: 'international',
      taxCode: '20.0% S',
      repeat: 'first',
    })
    const { headings, rows } = read(files[0]!.text)
    expect(headings).toEqual([...quickBooksColumns.international])
    expect(rows[1]).toEqual({
      '*InvoiceNo': 'INV-2026-10-0001',
      '*Customer': '',
      '*InvoiceDate': '',
      '*DueDate': '',
      Terms: '',
      Location: '',
      Memo: '',
      '*Item(Product/Service)': 'stacks',
      ItemDescription: 'stacks, 2026-10-01 to 2026-10-31: 4',
      ItemQuantity: '4',
      ItemRate: '2.50',
      '*ItemAmount': '10.00',
      'Item Tax Amount': '',
      '*Item Tax Code': '20.0% S',
      Currency: 'EUR',
    })
    expect(rows[0]).toMatchObject({ '*Customer': name, '*InvoiceDate': '02/11/2026' })
    expect(rows[2]).toMatchObject({ '*Item Tax Code': 'Zero Rated' })
  })

  test('[BL20] files of at most 100 invoices; a long number and a missing tax code are flagged', () => {
    const clients = Array.from({ length: 101 }, (_, index) => ({ ...acme, id: `c${String(index).padStart(3, '0')}` }))
    const periods = clients.map(({ id }) => ({ ...on('enterprise', '2026-01-01'), client: id }))
    const many = run(book({ clients, periods, prices }))
    const { files, flags } = exportQuickBooks(many, { ...dates, prefix: 'OUR-COMPANY-', variant: 'international' })
    expect(files.map((file) => read(file.text).rows.length)).toEqual([100, 1])
    expect(new Set(flags.map(({ code }) => code))).toEqual(new Set(['long-number', 'no-tax-code']))
  })
})

describe('what an accounting file is flagged for, and where it is cut', () => {
  const lineCount = (unitCount: number) =>
    Array.from({ length: unitCount }, (_, place) => `unit ${String(place).padStart(3, '0')}`)

  test('[BL20] at most 1,000 lines a file: an invoice that would not fit begins the next', () => {
    const clients = ['a', 'b', 'c'].map((id) => ({ ...acme, id }))
    const units = lineCount(400)
    const usage = clients.flatMap(({ id: client }) =>
      units.map((unit) => ({ entry: `${client} ${unit}`, client, unit, ...october, quantity: 1 })),
    )
    const rates = units.map((unit) => usagePrice(unit, { type: 'perUnit', rate: 10 }))
    const many = run(book({ clients, periods: [], prices: rates, usage }))
    const { files } = exportQuickBooks(many, { ...dates, variant: 'us' })
    expect(files.map((file) => read(file.text).rows.length)).toEqual([800, 400])
  })

  test('[BL20] [BL21] a description that is too long, and several currencies in one file', () => {
    const long = 'x'.repeat(4_001)
    const tiers = [{ id: 'starter', name: long, rank: 1 }]
    const clients = [acme, { ...acme, id: 'other', currency: 'USD' }]
    const periods = clients.map(({ id }) => ({ ...on('starter', '2026-01-01'), client: id }))
    const made = run(
      book({ tiers, clients, periods, prices: [price('starter', 1), price('starter', 1, { currency: 'USD' })] }),
    )
    const flagged = (flags: readonly { code: string; number: string | null; about: string | null }[]) =>
      flags.map(({ code, number, about }) => [code, number, about])
    expect(flagged(exportQuickBooks(made, { ...dates, variant: 'us' }).flags)).toEqual([
      ['mixed-currencies', null, 'EUR, USD'],
      ['long-description', 'INV-2026-10-0001', null],
      ['long-description', 'INV-2026-10-0002', null],
    ])
    expect(flagged(exportXero(made, { ...xero, taxType: '' }).flags)).toEqual([
      ['mixed-currencies', null, 'EUR, USD'],
      ['no-tax-code', 'INV-2026-10-0001', null],
      ['no-tax-code', 'INV-2026-10-0002', null],
    ])
  })
})

describe('for people and scripts', () => {
  const hostile = run({
    ...input,
    clients: [{ ...acme, name: '=HYPERLINK("http://x","y")' }],
    periods: [on('enterprise', '2026-10-22')],
  })

  test('[BL21] what a spreadsheet would run is made harmless in the line CSV, and numbers stay numbers', () => {
    const { headings, rows } = read(exportLinesCsv(hostile, dates).text)
    expect(headings).toEqual([...lineCsvColumns])
    expect(rows[0]).toMatchObject({
      client_name: `'=HYPERLINK("http://x","y")`,
      fee_total_amount_cents: '10000',
      fee_precise_unit_amount: '100',
    })
    const credit = run({ ...input, periods: [], usage: [], period: november, sealed: [sealed(input)] })
    expect(read(exportLinesCsv(credit, dates).text).rows[0]).toMatchObject({
      fee_total_amount_cents: '-11000',
      fee_precise_unit_amount: '-110',
    })
  })

  test.each(['=1+1', '+1+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1'])(
    '[BL21] %j is flagged in accounting files and left as it is, so that the ledger finds its contact',
    (text) => {
      const made = run({ ...input, clients: [{ ...acme, name: text }], usage: [] })
      for (const { files, flags } of [exportXero(made, xero), exportQuickBooks(made, { ...dates, variant: 'us' })]) {
        expect(flags).toMatchObject([{ code: 'formula' }])
        const [row] = read(files[0]!.text).rows
        expect(row?.['*ContactName'] ?? row?.['*Customer']).toBe(text)
      }
    },
  )

  test('[BL21] the line CSV names the log entries behind each line and the hash of the run', () => {
    const { rows } = read(exportLinesCsv(run(input), dates).text)
    expect(rows[0]).toMatchObject({
      log_entry_ids: `${prices[1]!.entry} assigned-enterprise-2026-10-22`,
      state_hash: `sha256-${sealed(input).hash}`,
    })
    expect(rows[1]).toMatchObject({
      fee_units: '4',
      fee_precise_unit_amount: '2.5',
      log_entry_ids: `${prices[2]!.entry} u1`,
    })
  })

  test('[BL27] ids in other systems stand behind the columns that are always there, of those alone whom the run bills', () => {
    const clients = [
      { id: 'acme', externalRef: 'NW-1', otherRefs: [{ system: 'Xero', id: '=1+1' }] },
      { id: 'branch', externalRef: null, otherRefs: [{ system: 'RMM', id: 'site-7' }] },
      { id: 'elsewhere', externalRef: 'NW-3', otherRefs: [{ system: 'PSA', id: '3' }] },
    ]
    const { headings, rows } = read(exportLinesCsv(run(input), { ...dates, clients }).text)
    expect(headings).toEqual([...lineCsvColumns, 'client_external_id', 'client_id_in RMM', 'client_id_in Xero'])
    const idsOf = (client: string) => {
      const row = rows.find((one) => one['client_id'] === client)
      return headings.slice(-3).map((heading) => row?.[heading])
    }
    expect(idsOf('acme')).toEqual(['NW-1', '', "'=1+1"])
    expect(idsOf('branch')).toEqual(['', 'site-7', ''])
    const json = JSON.parse(exportJson(run(input), { ...dates, clients }).text) as { invoices: unknown[] }
    expect(json.invoices).toMatchObject([
      { client: 'acme', externalRef: 'NW-1', otherRefs: [{ system: 'Xero', id: '=1+1' }] },
      { client: 'branch', otherRefs: [{ system: 'RMM', id: 'site-7' }] },
    ])
    expect(read(exportLinesCsv(run(input), dates).text).headings).toEqual([...lineCsvColumns])
  })

  test('[BL21] line breaks and quotes inside a cell survive', () => {
    const odd = run({ ...input, clients: [{ ...acme, name: 'a\r\n"b"\n,c' }] })
    expect(read(exportLinesCsv(odd, dates).text).rows[0]?.['client_name']).toBe('a\r\n"b"\n,c')
  })

  test('[BL21] no file and no run has an amount of tax: the ledger rounds each line, and would say otherwise', () => {
    // 10 % of 1,141.39 and of 34.25 is 117.57 line by line, 117.56 of the sum.
    const taxed = run(
      book({
        prices: [
          price('starter', 114_139, { taxCode: 'T10' }),
          usagePrice('stacks', { type: 'perUnit', rate: 3_425 }, { taxCode: 'T10' }),
        ],
        periods: [on('starter', '2026-10-01')],
        usage: [{ entry: 'u', client: acme.id, unit: 'stacks', ...october, quantity: '1' }],
      }),
    )
    expect(taxed.invoices[0]?.total).toBe(117_564)
    const texts = [
      ...exportXero(taxed, xero).files,
      ...exportQuickBooks(taxed, { ...dates, variant: 'international', taxCode: 'T10' }).files,
      exportLinesCsv(taxed, dates),
      exportJson(taxed, dates),
    ].map(({ text }) => text)
    for (const text of texts) expect(text).not.toMatch(/117[.,]?5[67](?!\d)|1293[.,]?2\d/)
    const [quickBooks = ''] = exportQuickBooks(taxed, { ...dates, variant: 'international', taxCode: 'T10' }).files.map(
      ({ text }) => text,
    )
    const rows = parse<Record<string, string>>(quickBooks, { columns: true, bom: true })
    expect(rows.map((row) => row['Item Tax Amount'])).toEqual(['', ''])
  })

  test('[BL21] JSON has the whole run with numbers and hash', () => {
    const made = run(input)
    expect(JSON.parse(exportJson(made, dates).text)).toMatchObject({
      period: october,
      hash: sealed(input).hash,
      invoices: [{ number: 'INV-2026-10-0001', total: 11_000 }, { total: 15_000 }],
    })
  })
})
