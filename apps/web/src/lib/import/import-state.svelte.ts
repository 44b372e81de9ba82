// An import on its way: a file or another book becomes rows, rows become a plan, the plan is shown, then carried out.
import type { ImportRow } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { errorWords } from '#lib/i18n/error-words.ts'
import { m } from '#lib/paraglide/messages.js'
import { systemsOf } from '#lib/record/systems.ts'
import { asOfField, type ImportKind, importFields } from './import-fields.ts'
import {
  type ColumnMatch,
  type ImportField,
  matchColumns,
  systemField,
  systemsNamed,
  toFieldRows,
} from './match-columns.ts'
import { planRecords } from './plan-records.ts'
import { columnsOf, createProfiles, matchOf, type Profile, profileFor } from './profiles.ts'
import { type CsvTable, readCsvFile } from './read-csv.ts'
import { planClients, type ShownPlan, toImportRows } from './shown-plan.ts'

export class ImportState {
  readonly kind: ImportKind
  fields = $state.raw<readonly ImportField[]>([])
  table = $state.raw<CsvTable | null>(null)
  problem = $state<string | null>(null)
  running = $state(false)
  done = $state.raw<{ batch: string; added: number; changed: number } | null>(null)
  /** What would be imported; null while it is worked out, see `planning`. While an import runs it is what is being carried out. */
  plan = $state.raw<ShownPlan | null>(null)
  planning = $state(false)
  profiles = $state.raw<readonly Profile[]>([])
  /** The profile that the columns came from. */
  profile = $state.raw<Profile | null>(null)
  /** What the columns are remembered as. */
  profileName = $state('')
  #match = $state.raw<ColumnMatch>({})
  #source = $state('')
  #asked: symbol | undefined
  readonly #view: BookView
  readonly #stored = createProfiles(localStorage)

  constructor(view: BookView, kind: ImportKind) {
    this.#view = view
    this.kind = kind
    this.fields = importFields[kind]
    for (const system of systemsOf(view.book.clients())) this.addSystem(system)
    this.profiles = this.#stored.list(kind)
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
    if (this.table) void this.#planFor(this.missing.length > 0 ? null : this.#planTable(this.table))
  }

  /** Fields without which nothing can be imported and that have no column. */
  readonly missing = $derived.by(() =>
    this.fields.filter(
      ({ field, required }) =>
        required &&
        this.#match[field] === undefined &&
        (typeof required !== 'string' || this.#match[required] === undefined),
    ),
  )

  /** The other day that the file says its rows are of: an export of the overview as it was then. */
  readonly ofDay = $derived.by(() => {
    if (this.kind !== 'clients' || !this.table) return null
    const { asOf = -1 } = matchColumns([asOfField], this.table.header)
    const day = this.table.rows[0]?.cells[asOf]?.trim()
    return day ? day : null
  })

  async read(file: File): Promise<void> {
    this.reset()
    const read = await readCsvFile(file)
    if (!read.ok) {
      this.problem = read.message
      return
    }
    this.#source = file.name
    for (const system of systemsNamed(read.table.header)) this.addSystem(system)
    this.table = read.table
    this.useProfile(profileFor(this.profiles, read.table.header) ?? null)
  }

  /** Takes the columns of a profile, or those that the headings suggest. */
  useProfile(profile: Profile | null): void {
    if (!this.table) return
    this.profile = profile
    for (const field of Object.keys(profile?.columns ?? {}))
      if (field.startsWith('ref:')) this.addSystem(field.slice('ref:'.length))
    this.profileName = profile?.name ?? this.#source.replace(/\.\w+$/, '')
    this.match = profile ? matchOf(profile, this.table.header) : matchColumns(this.fields, this.table.header)
  }

  /** A field for the ids of another system; what is matched stays. */
  addSystem(system: string): void {
    const name = system.trim()
    const isThere = this.fields.some(({ field }) => field.toLowerCase() === `ref:${name.toLowerCase()}`)
    if (name && !isThere && this.kind === 'clients')
      this.fields = [...this.fields, systemField(name, () => m.import_external_of({ system: name }))]
  }

  forgetProfile(): void {
    if (!this.profile) return
    this.#stored.forget(this.profile)
    this.profiles = this.#stored.list(this.kind)
    this.profile = null
  }

  /** Takes rows that need no file: the clients of another book. */
  take(rows: readonly ImportRow[], source: string): void {
    this.reset()
    this.#source = source
    void this.#planFor(rows.length > 0 ? planClients(this.#view.book, rows, source) : null)
  }

  async run(): Promise<void> {
    const { plan } = this
    if (!plan || this.running) return
    this.running = true
    this.problem = null
    try {
      const result = await plan.run()
      if (!result.ok) {
        this.problem = errorWords(result.error)
        return
      }
      this.#remember()
      this.done = result.value
    } finally {
      this.running = false
    }
  }

  reset(): void {
    this.#source = ''
    this.table = null
    this.#match = {}
    this.profile = null
    void this.#planFor(null)
    this.done = null
    this.problem = null
  }

  #remember(): void {
    const name = this.profileName.trim()
    if (!this.table || !name) return
    const { header } = this.table
    this.#stored.remember({ kind: this.kind, name, header: [...header], columns: columnsOf(this.#match, header) })
    this.profiles = this.#stored.list(this.kind)
  }

  #planTable(table: CsvTable): Promise<ShownPlan> | null {
    const { kind } = this
    const rows = toFieldRows(table, this.#match)
    if (rows.length === 0) return null
    return kind === 'clients'
      ? planClients(this.#view.book, toImportRows(rows), this.#source)
      : planRecords(this.#view.book, rows, { kind, source: this.#source })
  }

  /** Of two plans asked for one after the other, only the later one is shown. */
  async #planFor(planned: Promise<ShownPlan> | null): Promise<void> {
    const ask = Symbol('plan')
    this.#asked = ask
    this.plan = null
    this.planning = planned !== null
    if (!planned) return
    try {
      const plan = await planned
      if (this.#asked === ask) this.plan = plan
    } catch (cause) {
      if (this.#asked === ask) this.problem = String(cause)
    } finally {
      if (this.#asked === ask) this.planning = false
    }
  }
}
