// The reports of a book as of today, over the months chosen.
import { changesByActor, idleClients, monthEnds, monthStarts, tenureBands } from '@tierbook/billing'
import { createNewestAsker } from '#lib/billing/ask-newest.ts'
import { askWorker } from '#lib/billing/ask-worker.ts'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { m } from '#lib/paraglide/messages.js'
import { changesReport, idleReport, tenureReport } from './client-reports.ts'
import type { Names, Report } from './report.ts'
import type { RevenueFacts } from './revenue-facts.ts'
import { revenueReports } from './revenue-reports.ts'

const sliceSize = 500 // changes described in some 5 ms

/** Who looks at the reports; without a name until they have given one, as in the sample. */
export interface ReportReader {
  readonly actor: string
  readonly name: string | null
}

export class ReportsState {
  months = $state(12)
  #facts = $state.raw<RevenueFacts | null>(null)
  #changes = $state.raw<readonly { readonly at: number; readonly by: string }[]>([])
  #failed = $state<string | null>(null)
  readonly #view: BookView
  readonly #me: () => ReportReader

  constructor(view: BookView, me: () => ReportReader) {
    this.#view = view
    this.#me = me
  }

  readonly #days = $derived.by(() => monthEnds(this.#view.today(), this.months))

  /** What went wrong in the worker, which is a bug. */
  get failed(): string | null {
    return this.#failed
  }

  readonly list: readonly Report[] = $derived.by(() => {
    const facts = this.#facts
    const names = this.#names()
    return facts ? [...revenueReports(facts, names), ...this.#others(names)] : []
  })

  readonly #ask = createNewestAsker((days: readonly string[]) => askWorker(this.#view.book, 'revenueFacts', { days }), {
    take: (facts) => {
      this.#failed = null
      this.#facts = facts
    },
    fail: (cause) => (this.#failed = String(cause)),
  })

  /** Asks the worker anew; call it in an effect, so that it runs again when the book changes. Returns what ends it. */
  follow(): () => void {
    this.#view.followBilling()
    this.#ask(this.#days)
    return this.#collectChanges()
  }

  /** Reads who made which change when, slice by slice. */
  #collectChanges(): () => void {
    const list = this.#view.changes({})
    const found: { at: number; by: string }[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const read = (from: number) => {
      for (const { at, by } of list.slice(from, from + sliceSize)) found.push({ at, by })
      if (from + sliceSize < list.length) timer = setTimeout(() => read(from + sliceSize))
      else this.#changes = found
    }
    timer = setTimeout(() => read(0))
    return () => clearTimeout(timer)
  }

  #others(names: Names): Report[] {
    const [view, on] = [this.#view, this.#view.today()]
    const { timeZone } = view.settings
    const clients = view.clients({ status: 'active' })
    const rows = new Map(clients.map((row) => [row.id, row]))
    const lastActivity = (id: string) => rows.get(id)?.lastActivity ?? null
    return [
      tenureReport(tenureBands(clients, on)),
      idleReport(idleClients(clients, { on, timeZone }), names, { lastActivity, timeZone }),
      changesReport(changesByActor(this.#changes, [...monthStarts(on, this.months), '9999-12-31'], timeZone), names),
    ]
  }

  #names(): Names {
    const actors = new Map(this.#view.actors().map(({ id, name }) => [id, name]))
    const { actor: mine, name } = this.#me()
    const nameOf = (id: string) => (id === mine ? name : null) ?? actors.get(id) ?? id
    return {
      tiers: this.#view.tiers,
      client: (id) => this.#view.client(id)?.name ?? id,
      actor: nameOf,
      // Who has no name yet stands in the log as “you”, which to others would be somebody else.
      actorInFile: (id) => (id === mine && name === null ? m.reports_unnamed() : nameOf(id)),
    }
  }
}
