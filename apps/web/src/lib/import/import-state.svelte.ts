// An import on its way: a file or another book becomes rows, rows become a plan, the plan is shown, then carried out.
import type { ImportPlan, ImportRow } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { type ColumnMatch, matchColumns, toImportRows } from './match-columns.ts'
import { type CsvTable, readCsvFile } from './read-csv.ts'

export class ImportState {
  table = $state.raw<CsvTable | null>(null)
  problem = $state<string | null>(null)
  running = $state(false)
  done = $state.raw<{ batch: string; added: number; changed: number } | null>(null)
  /** What would be imported; null while it is worked out, see `planning`. While an import runs it is what is being carried out. */
  plan = $state.raw<ImportPlan | null>(null)
  planning = $state(false)
  #match = $state.raw<ColumnMatch>({})
  #source = $state('')
  #asked: symbol | undefined
  #view: BookView
  constructor(view: BookView) {
    this.#view = view
  }

  get source(): string {
    return this.#source
  }

  get match(): ColumnMatch {
    return this.#match
  }

  /** Another choice of columns is another plan. */
  set match(match: ColumnMatch) {
    this.#match = match
    if (this.table) void this.#planFor(match.client === undefined ? [] : toImportRows(this.table, match))
  }

  async read(file: File): Promise<void> {
    this.reset()
    const read = await readCsvFile(file)
    if (!read.ok) {
      this.problem = read.message
      return
    }
    this.#source = file.name
    this.table = read.table
    this.match = matchColumns(read.table.header)
  }

  /** Takes rows that need no file: the clients of another book. */
  take(rows: readonly ImportRow[], source: string): void {
    this.reset()
    this.#source = source
    void this.#planFor(rows)
  }

  async run(): Promise<void> {
    const { plan } = this
    if (!plan || this.running) return
    this.running = true
    this.problem = null
    try {
      const result = await this.#view.book.importClients(plan)
      if (result.ok) this.done = result.value
      else this.problem = result.error.message
    } finally {
      this.running = false
    }
  }

  reset(): void {
    this.#source = ''
    this.table = null
    this.#match = {}
    void this.#planFor([])
    this.done = null
    this.problem = null
  }

  /** Of two plans asked for one after the other, only the later one is shown. */
  async #planFor(rows: readonly ImportRow[]): Promise<void> {
    const ask = Symbol('plan')
    this.#asked = ask
    this.plan = null
    this.planning = rows.length > 0
    if (rows.length === 0) return
    try {
      const plan = await this.#view.book.planImport(rows, { source: this.#source })
      if (this.#asked === ask) this.plan = plan
    } catch (cause) {
      if (this.#asked === ask) this.problem = String(cause)
    } finally {
      if (this.#asked === ask) this.planning = false
    }
  }
}
