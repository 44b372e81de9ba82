// Which file is made of a month's invoices, and what this device has exported before.
import {
  exportJson,
  exportLinesCsv,
  exportQuickBooks,
  exportXero,
  runHash,
  type Exported,
  type ExportOptions,
} from '@tierbook/billing'
import * as z from 'zod/mini'
import { readStored, writeStored } from '#lib/device/stored-json.ts'
import { downloadText } from '#lib/ui/download-text.ts'
import { daysAfter } from './invoice-words.ts'
import type { InvoicesState } from './invoices-state.svelte.ts'

export type ExportFormat = 'xero' | 'qbo-us' | 'qbo-international' | 'lines' | 'json'

const Past = z.array(z.object({ month: z.string(), file: z.string(), hash: z.string(), at: z.number() }))
type Past = z.infer<typeof Past>
const mostKept = 500

export class ExportState {
  format = $state<ExportFormat>('xero')
  issuedOn = $state('')
  dueOn = $state('')
  accountCode = $state('200')
  taxType = $state('')
  flags = $state.raw<Exported['flags']>([])
  #past = $state.raw<Past>([])
  readonly #key: string
  readonly #invoices: InvoicesState
  readonly #now: () => number

  constructor(invoices: InvoicesState, options: { book: string; today: string; now: () => number }) {
    this.#invoices = invoices
    this.#key = `tierbook.exports.${options.book}`
    this.#now = options.now
    this.issuedOn = options.today
    this.dueOn = daysAfter(options.today, 30)
    this.#past = readStored(localStorage, this.#key, Past).value ?? []
  }

  /** What this device exported of the month that is shown, newest first. */
  get past(): Past {
    return this.#past.filter(({ month }) => month === this.#invoices.month).reverse()
  }

  /** Makes the files and hands them over. */
  save(): void {
    const { run, shownPrefix, month } = this.#invoices
    const options = { prefix: shownPrefix, issuedOn: this.issuedOn, dueOn: this.dueOn }
    const { files, flags } = this.#export(options)
    this.flags = flags
    const hash = runHash(run)
    for (const { name, text } of files)
      downloadText(name, text, name.endsWith('.json') ? 'application/json' : 'text/csv')
    const added = files.map(({ name }) => ({ month, file: name, hash, at: this.#now() }))
    this.#past = [...this.#past, ...added].slice(-mostKept)
    writeStored(localStorage, this.#key, this.#past)
  }

  #export(options: ExportOptions): Exported {
    const { run } = this.#invoices
    switch (this.format) {
      case 'xero':
        return exportXero(run, { ...options, accountCode: this.accountCode, taxType: this.taxType })
      case 'qbo-us':
        return exportQuickBooks(run, { ...options, variant: 'us' })
      case 'qbo-international':
        return exportQuickBooks(run, { ...options, variant: 'international', taxCode: this.taxType })
      case 'lines':
        return { files: [exportLinesCsv(run, options)], flags: [] }
      case 'json':
        return { files: [exportJson(run, options)], flags: [] }
    }
  }
}
