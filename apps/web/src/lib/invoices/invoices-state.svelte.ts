// One month's invoices: as they would be sealed now, or as they were.
import { invoiceNumber, presets, type ClientDifference, type PresetName } from '@tierbook/billing'
import { billingErrorWords } from '#lib/billing/billing-words.ts'
import { createNewestAsker } from '#lib/billing/ask-newest.ts'
import { askWorker } from '#lib/billing/ask-worker.ts'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { m } from '#lib/paraglide/messages.js'
import type { ExportChoice } from './export-run.ts'
import { itemName } from './item-name.ts'
import type { InvoiceFacts, MonthFacts } from './month-facts.ts'
import type { MonthQuestion } from './month-runs.ts'
import { monthAfter, monthBefore } from './months.ts'

/** A row of the month: what an invoice comes to, with what it came to in the last run, null where there was none. */
export interface ShownInvoice {
  /** Its place among the invoices; after them come those who are billed no longer, which have no number. */
  readonly index: number
  readonly client: string
  readonly clientName: string
  readonly currency: string
  readonly number: string | null
  readonly total: number
  readonly before: number | null
}

const invoicesASlice = 200 // some 10 ms to copy from the worker

export class InvoicesState {
  /** `YYYY-MM`. */
  month = $state('')
  /** What is chosen for the next seal; null follows the last one. */
  chosenPreset = $state<PresetName | null>(null)
  typedPrefix = $state<string | null>(null)
  #answer = $state.raw<{ readonly question: MonthQuestion; readonly facts: MonthFacts } | null>(null)
  #failed = $state<string | null>(null)
  #isSealing = $state(false)
  readonly #view: BookView

  constructor(view: BookView, month: string | null) {
    this.#view = view
    this.month = month !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : monthBefore(view.today().slice(0, 7))
  }

  readonly period = $derived({ from: `${this.month}-01`, to: `${monthAfter(this.month)}-01` })
  readonly #lastSeal = $derived.by(() => this.#view.seals().findLast(({ state }) => state === 'sealed'))
  /** Whether there was a run whose rules the next one can follow. */
  readonly hasLastSeal = $derived(this.#lastSeal !== undefined)
  readonly prefix = $derived(this.typedPrefix ?? this.#lastSeal?.prefix ?? '')
  /** The rules of the next seal: those chosen, else those of the last seal. */
  readonly policy = $derived(
    this.chosenPreset ? presets[this.chosenPreset] : (this.#lastSeal?.policy ?? presets.standard),
  )
  /** All seals that share days with this month, those that do not hold included. */
  readonly seals = $derived.by(() =>
    this.#view.seals().filter(({ from, to }) => from < this.period.to && this.period.from < to),
  )
  /** The one that holds for the month. */
  readonly seal = $derived(
    this.seals.find(({ state, from, to }) => state === 'sealed' && from === this.period.from && to === this.period.to),
  )
  /** Whether days of the month are sealed with others, by a script perhaps. */
  readonly isTaken = $derived(!this.seal && this.seals.some(({ state }) => state === 'sealed'))
  /** Whether the server does not have all of the seal yet: until then another device may have sealed the month before it. */
  readonly isProvisional = $derived.by(() => {
    const { seal } = this
    const { sync, unsent } = this.#view.status
    if (!seal || sync === 'none' || unsent === 0) return false
    return seal.actions.some((action) => this.#view.receivedAt(action) === null)
  })
  /** Whether numbers and amounts are what they stay: the month is sealed, and the server, where there is one, has the seal. */
  readonly isFinal = $derived(this.seal !== undefined && !this.isProvisional)
  readonly #sealBefore = $derived.by(() =>
    this.#view.seals().findLast(({ state, to }) => state === 'sealed' && to <= this.period.from),
  )
  /** Another one whenever the book, the month or the rules change. */
  readonly #question: MonthQuestion = $derived.by(() => {
    this.#view.followBilling()
    const { from } = this.period
    const before = this.#sealBefore ?? { from: `${monthBefore(this.month)}-01`, to: from }
    return {
      period: { ...this.period },
      policy: this.policy,
      before: { period: { from: before.from, to: before.to }, isSealed: this.#sealBefore !== undefined },
      isSealed: this.seal !== undefined,
      flatTitle: m.prices_flat(),
    }
  })
  /** The answer for this month, perhaps of the book as it was a moment ago. */
  readonly #facts = $derived(this.#answer?.question.period.from === this.period.from ? this.#answer.facts : null)
  /** Whether what is shown is what the book says now: nothing else may be sealed or exported. */
  readonly isCurrent = $derived(this.#answer?.question === this.#question)
  /** What a run cannot be made for, in words. */
  readonly problem = $derived.by(() => {
    const problem = this.#facts?.problem
    return this.#failed ?? (problem ? billingErrorWords(problem) : null)
  })

  readonly #ask = createNewestAsker((question: MonthQuestion) => askWorker(this.#view.book, 'monthFacts', question), {
    take: (facts, question) => {
      this.#failed = null
      this.#answer = { question, facts }
    },
    fail: (cause) => (this.#failed = String(cause)),
  })

  /** Asks the worker; call it in an effect, so that it asks again when month, rules or book change. */
  follow(): void {
    const question = this.#question
    // Each part of a seal is a change of the book, and none of them the month as it will be.
    if (!this.#isSealing) this.#ask(question)
  }

  /** How many invoices the month has. */
  readonly count = $derived(this.#facts?.clients.length ?? 0)
  /** Whether what is shown can be sealed as it is. */
  readonly canSeal = $derived(this.isCurrent && this.count > 0 && !this.seal && !this.isTaken)
  /** With those who were billed in the last run and are no longer. */
  readonly rowCount = $derived(this.count + (this.#facts?.gone.clients.length ?? 0))
  /** Whether there was a run before. */
  readonly hasBefore = $derived(this.rowCount > this.count || !Number.isNaN(this.#facts?.before[0] ?? Number.NaN))
  /** Days of the run before. */
  readonly periodBefore = $derived(this.#question.before.period)

  /** Places of a client's invoices: one in each currency. */
  placesOf(client: string): readonly number[] {
    return (this.#facts?.clients ?? []).flatMap((one, place) => (one === client ? [place] : []))
  }

  /** Prefix of the numbers shown. */
  readonly shownPrefix = $derived(this.seal?.prefix ?? this.prefix)

  /** One row by its place. */
  row(index: number): ShownInvoice | null {
    const facts = this.#facts
    const isGone = index >= this.count
    const [list, place] = isGone ? [facts?.gone, index - this.count] : [facts, index]
    const client = list?.clients[place]
    if (!facts || !list || client === undefined) return null
    const before = list.before[place] ?? Number.NaN
    return {
      index,
      client,
      clientName: list.names[place] ?? client,
      currency: list.currencies[place] ?? '',
      number: isGone ? null : invoiceNumber(this.period, index, { prefix: this.shownPrefix }),
      total: isGone ? 0 : (facts.totals[place] ?? 0),
      before: Number.isNaN(before) ? null : before,
    }
  }

  /** Sums by currency, and by item within each, largest first. */
  readonly totals = $derived(this.#facts?.sums ?? [])
  /** What is on no invoice. */
  readonly notBillable = $derived(this.#facts?.notBillable ?? { first: [], count: 0 })
  /** What differs from the last run, by item. */
  readonly itemChanges = $derived(this.#facts?.itemChanges ?? [])
  /** Credits that the billing rules do not give. */
  readonly waived = $derived(this.#facts?.waived ?? { first: [], count: 0 })
  /** How the month's seal differs from the book of today; empty where it is intact or there is none. */
  readonly sealDifferences = $derived(this.#facts?.differences ?? { first: [], count: 0 })

  /** One invoice with its lines. */
  async invoice(index: number): Promise<InvoiceFacts | null> {
    const [found] = await this.invoicesFrom(index, 1)
    return found ?? null
  }

  /** Some of them. */
  invoicesFrom(from: number, count = invoicesASlice): Promise<readonly InvoiceFacts[]> {
    return askWorker(this.#view.book, 'invoicesOfMonth', { month: this.#question, from, count })
  }

  /** What somebody was billed in the last run, who is billed no longer, by the place of the row. */
  gone(index: number): Promise<ClientDifference | null> {
    return askWorker(this.#view.book, 'goneOfMonth', { month: this.#question, place: index - this.count })
  }

  /** The month in a file. */
  export(choice: Omit<ExportChoice, 'prefix'>) {
    const question = { month: this.#question, choice: { ...choice, prefix: this.shownPrefix } }
    return askWorker(this.#view.book, 'exportMonth', question)
  }

  /** Seals what is shown. */
  async sealNow() {
    const [month, prefix, { book }] = [this.#question, this.prefix, this.#view]
    const part = (from: number) => askWorker(book, 'sealedMonth', { month, prefix, from, count: invoicesASlice })
    const first = await part(0)
    if (!first || month !== this.#question) return null
    const invoices = [...first.invoices]
    while (invoices.length < this.count) invoices.push(...((await part(invoices.length))?.invoices ?? []))
    // What arrived meanwhile is not in what was looked at.
    if (month !== this.#question) return null
    this.#isSealing = true
    try {
      return await book.sealRun({ sealed: { ...first, invoices }, prefix })
    } finally {
      this.#isSealing = false
    }
  }

  clientName(id: string): string {
    return this.#view.client(id)?.name ?? id
  }

  /** What an item is called. */
  itemName(item: string): string {
    return itemName(this.#view, item)
  }
}
