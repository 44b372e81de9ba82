// An import on its way: a file or another book becomes rows, rows become a plan, the plan is shown, then carried out.
import type { ImportPlan, ImportRow } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { type ColumnMatch, matchColumns, toImportRows } from './match-columns.ts'
import { type CsvTable, readCsvFile } from './read-csv.ts'

export class ImportState {
  table = $state.raw<CsvTable | null>(null)
  match = $state.raw<ColumnMatch>({})
  problem = $state<string | null>(null)
  running = $state(false)
  done = $state.raw<{ added: number; changed: number } | null>(null)
  #rows = $state.raw<readonly ImportRow[]>([])
  #source = $state('')
  #view: BookView
  plan: ImportPlan | null = $derived.by(() => {
    const rows = this.table ? (this.match.client === undefined ? [] : toImportRows(this.table, this.match)) : this.#rows
    // While it runs the book changes under it: what is shown is what is being carried out.
    return this.#fixed ?? (rows.length > 0 ? this.#view.book.planImport(rows, { source: this.#source }) : null)
  })
  #fixed = $state.raw<ImportPlan | null>(null)

  constructor(view: BookView) {
    this.#view = view
  }

  get source(): string {
    return this.#source
  }

  async read(file: File): Promise<void> {
    this.reset()
    const read = await readCsvFile(file)
    if (!read.ok) {
      this.problem = read.message
      return
    }
    this.#source = file.name
    this.match = matchColumns(read.table.header)
    this.table = read.table
  }

  /** Takes rows that need no file: the clients of another book. */
  take(rows: readonly ImportRow[], source: string): void {
    this.reset()
    this.#source = source
    this.#rows = rows
  }

  async run(): Promise<void> {
    const { plan } = this
    if (!plan || this.running) return
    this.#fixed = plan
    this.running = true
    this.problem = null
    try {
      const result = await this.#view.book.importClients(plan)
      if (result.ok) this.done = { added: result.value.added, changed: result.value.changed }
      else this.problem = result.error.message
    } finally {
      this.running = false
    }
  }

  reset(): void {
    this.#source = ''
    this.table = null
    this.#rows = []
    this.#fixed = null
    this.done = null
    this.problem = null
  }
}
