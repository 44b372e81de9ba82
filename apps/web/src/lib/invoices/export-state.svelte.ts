// What somebody chooses for a month's file, and what was exported of it before.
import type { Exported } from '@tierbook/billing'
import { downloadFile } from '#lib/ui/download-file.ts'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { createPastExports, type PastExport } from './past-exports.ts'
import type { ExportChoice, ExportFormat } from './export-run.ts'
import { daysAfter } from './invoice-words.ts'
import type { InvoicesState } from './invoices-state.svelte.ts'

export class ExportState {
  format = $state<ExportFormat>('xero')
  issuedOn = $state('')
  dueOn = $state('')
  accountCode = $state('200')
  taxType = $state('')
  dateFormat = $state<ExportChoice['dateFormat'] | 'usual'>('usual')
  repeat = $state<NonNullable<ExportChoice['repeat']>>('all')
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
    const { format, issuedOn, dueOn, accountCode, taxType, dateFormat, repeat } = this
    const dates = dateFormat === 'usual' || dateFormat === undefined ? {} : { dateFormat }
    const { period } = this.#invoices
    const made = await this.#invoices.export({ format, issuedOn, dueOn, accountCode, taxType, ...dates, repeat })
    if (!made) return
    const { files, flags, hash } = made
    const past = this.past.find((one) => one.format === format)
    this.again = past && !evenAgain ? { past, isSame: past.hash === hash } : null
    if (this.again) return
    this.flags = flags
    for (const { name, content } of files) downloadFile(name, content)
    await this.#pasts.note({ ...period, format, hash, files: files.map(({ name }) => name) })
    this.#ownNotes++
  }
}
