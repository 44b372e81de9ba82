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
import { downloadText } from '#lib/ui/download-text.ts'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { createPastExports, type PastExport } from './past-exports.ts'
import { daysAfter } from './invoice-words.ts'
import type { InvoicesState } from './invoices-state.svelte.ts'

export type ExportFormat = 'xero' | 'qbo-us' | 'qbo-international' | 'lines' | 'json'

export class ExportState {
  format = $state<ExportFormat>('xero')
  issuedOn = $state('')
  dueOn = $state('')
  accountCode = $state('200')
  taxType = $state('')
  flags = $state.raw<Exported['flags']>([])
  /** The same format of this month left the book before: whether its contents were these, once somebody wants it again. */
  again = $state.raw<{ readonly past: PastExport; readonly isSame: boolean } | null>(null)
  /** Counts notes that are not in the log, which nobody else tells of. */
  #ownNotes = $state(0)
  readonly #invoices: InvoicesState
  readonly #pasts: ReturnType<typeof createPastExports>

  constructor(invoices: InvoicesState, options: { view: BookView; now: () => number }) {
    const today = options.view.today()
    this.#invoices = invoices
    this.#pasts = createPastExports(options.view, { storage: localStorage, now: options.now })
    this.issuedOn = today
    this.dueOn = daysAfter(today, 30)
  }

  /** What was exported of the month that is shown, on any device, newest first. */
  readonly past: readonly PastExport[] = $derived.by(() => {
    void this.#ownNotes
    return this.#pasts.of(this.#invoices.period)
  })

  /** Makes the files and hands them over; asks first where that was done before. */
  async save({ evenAgain = false }: { evenAgain?: boolean } = {}): Promise<void> {
    const { run, shownPrefix, period } = this.#invoices
    const hash = runHash(run)
    const past = this.past.find(({ format }) => format === this.format)
    this.again = past && !evenAgain ? { past, isSame: past.hash === hash } : null
    if (this.again) return
    const options = { prefix: shownPrefix, issuedOn: this.issuedOn, dueOn: this.dueOn }
    const { files, flags } = this.#export(options)
    this.flags = flags
    for (const { name, text } of files)
      downloadText(name, text, name.endsWith('.json') ? 'application/json' : 'text/csv')
    await this.#pasts.note({ ...period, format: this.format, hash, files: files.map(({ name }) => name) })
    this.#ownNotes++
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
