// Which files are made of a month's invoices.
import {
  exportJson,
  exportLinesCsv,
  exportQuickBooks,
  exportXero,
  runHash,
  type Exported,
  type ExportOptions,
  type Run,
} from '@tierbook/billing'

export type ExportFormat = 'xero' | 'qbo-us' | 'qbo-international' | 'lines' | 'json'

/** What somebody chose. */
export interface ExportChoice extends ExportOptions {
  readonly format: ExportFormat
  readonly accountCode: string
  readonly taxType: string
  /** Of ledgers; what the format takes by itself where it is missing. */
  readonly dateFormat?: 'DD/MM/YYYY' | 'MM/DD/YYYY'
  /** Of QuickBooks: whether customer and dates stand on every row of an invoice or on its first. */
  readonly repeat?: 'all' | 'first'
}

/** Files ready to be handed over, with what the run is known by. */
export interface RunFiles {
  readonly hash: string
  readonly files: readonly { readonly name: string; readonly content: Blob }[]
  readonly flags: Exported['flags']
}

const mostFlags = 100

/** Makes them. */
export function exportRun(run: Run, choice: ExportChoice): RunFiles {
  const { files, flags } = exported(run, choice)
  return {
    hash: runHash(run),
    files: files.map(({ name, text }) => ({
      name,
      // Spreadsheets take a file without the mark for one of their own code page; ledgers read UTF-8, and some trip over the mark.
      content: new Blob([choice.format === 'lines' ? `\uFEFF${text}` : text], {
        type: name.endsWith('.json') ? 'application/json' : 'text/csv',
      }),
    })),
    flags: flags.slice(0, mostFlags),
  }
}

function exported(run: Run, { format, accountCode, taxType, dateFormat, repeat, ...options }: ExportChoice): Exported {
  const dates = dateFormat ? { dateFormat } : {}
  const rows = repeat ? { repeat } : {}
  switch (format) {
    case 'xero':
      return exportXero(run, { ...options, ...dates, accountCode, taxType })
    case 'qbo-us':
      return exportQuickBooks(run, { ...options, ...dates, ...rows, variant: 'us' })
    case 'qbo-international':
      return exportQuickBooks(run, { ...options, ...dates, ...rows, variant: 'international', taxCode: taxType })
    case 'lines':
      return { files: [exportLinesCsv(run, options)], flags: [] }
    case 'json':
      return { files: [exportJson(run, options)], flags: [] }
  }
}
