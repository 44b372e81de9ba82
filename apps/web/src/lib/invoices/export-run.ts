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
      content: new Blob([text], { type: name.endsWith('.json') ? 'application/json' : 'text/csv' }),
    })),
    flags: flags.slice(0, mostFlags),
  }
}

function exported(run: Run, { format, accountCode, taxType, ...options }: ExportChoice): Exported {
  switch (format) {
    case 'xero':
      return exportXero(run, { ...options, accountCode, taxType })
    case 'qbo-us':
      return exportQuickBooks(run, { ...options, variant: 'us' })
    case 'qbo-international':
      return exportQuickBooks(run, { ...options, variant: 'international', taxCode: taxType })
    case 'lines':
      return { files: [exportLinesCsv(run, options)], flags: [] }
    case 'json':
      return { files: [exportJson(run, options)], flags: [] }
  }
}
