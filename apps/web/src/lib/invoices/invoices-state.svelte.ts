// One month's invoices: as they would be sealed now, or as they were.
import { invoiceNumbers, presets, runOfSeal, sealRun, type Invoice, type PresetName, type Run } from '@tierbook/billing'
import { askWorker } from '#lib/billing/ask-worker.ts'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { m } from '#lib/paraglide/messages.js'
import type { MonthFacts, MonthQuestion } from './month-facts.ts'
import { amountsBefore, totalsOf } from './run-sums.ts'

/** An invoice with its number and what it was in the last run, null where there was none. */
export interface ShownInvoice extends Invoice {
  readonly number: string
  readonly before: number | null
}

export class InvoicesState {
  /** `YYYY-MM`. */
  month = $state('')
  /** What is chosen for the next seal; null follows the last one. */
  chosenPreset = $state<PresetName | null>(null)
  typedPrefix = $state<string | null>(null)
  #answer = $state.raw<{ readonly question: MonthQuestion; readonly facts: MonthFacts } | null>(null)
  #failed = $state<string | null>(null)
  readonly #view: BookView

  constructor(view: BookView, month: string | null) {
    this.#view = view
    this.month = month !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : monthBefore(view.today().slice(0, 7))
  }

  readonly period = $derived({ from: `${this.month}-01`, to: `${monthAfter(this.month)}-01` })
  readonly #lastSeal = $derived.by(() => this.#view.seals().findLast(({ state }) => state === 'sealed'))
  readonly prefix = $derived(this.typedPrefix ?? this.#lastSeal?.prefix ?? '')
  /** The rules of the next seal: those chosen, else those of the last seal. */
  readonly policy = $derived(
    this.chosenPreset ? presets[this.chosenPreset] : (this.#lastSeal?.policy ?? presets.standard),
  )
  /** All seals of this month, those that do not hold included. */
  readonly seals = $derived.by(() =>
    this.#view.seals().filter(({ from, to }) => from < this.period.to && this.period.from < to),
  )
  readonly seal = $derived(this.seals.find(({ state }) => state === 'sealed'))
  readonly #sealBefore = $derived.by(() =>
    this.#view.seals().findLast(({ state, to }) => state === 'sealed' && to <= this.period.from),
  )
  readonly #question: MonthQuestion = $derived.by(() => ({
    input: this.#view.billingInput(this.period),
    policy: this.policy,
    before: this.#sealBefore ? null : { from: `${monthBefore(this.month)}-01`, to: this.period.from },
    isSealed: this.seal !== undefined,
  }))
  /** The answer for this month, perhaps of the book as it was a moment ago. */
  readonly #facts = $derived(this.#answer?.question.input.period.from === this.period.from ? this.#answer.facts : null)
  /** Whether what is shown is what the book says now: nothing else may be sealed or exported. */
  readonly isCurrent = $derived(this.#answer?.question === this.#question)
  /** What a run cannot be made for, in words. */
  readonly problem = $derived(this.#failed ?? (this.#facts?.made.ok === false ? this.#facts.made.error.message : null))

  /** Asks the worker; call it in an effect, so that it asks again when month, rules or book change. Returns what ends it. */
  follow(): () => void {
    let isOver = false
    const question = this.#question
    askWorker('monthFacts', question).then(
      (facts) => {
        if (!isOver) this.#answer = { question, facts }
      },
      (cause: unknown) => {
        this.#failed = String(cause)
      },
    )
    return () => {
      isOver = true
    }
  }

  /** The sealed run where there is one, else what would be sealed now. */
  readonly run: Run = $derived.by(() => {
    if (this.seal) return runOfSeal(this.seal.run, this.#names())
    return this.#facts?.made.ok
      ? this.#facts.made.value
      : { period: this.period, policy: this.policy, invoices: [], notBillable: [], waived: [] }
  })

  /** Prefix of the numbers shown. */
  readonly shownPrefix = $derived(this.seal?.prefix ?? this.prefix)

  readonly invoices: readonly ShownInvoice[] = $derived.by(() => {
    const numbers = invoiceNumbers(this.run, { prefix: this.shownPrefix })
    const before = amountsBefore(this.#lastRun(), this.run)
    return this.run.invoices.map((invoice, index) => ({
      ...invoice,
      number: numbers[index] ?? '',
      before: before[index] ?? null,
    }))
  })

  /** How the month's seal differs from the book of today; empty where it is intact or there is none. */
  readonly sealDifferences = $derived(this.#facts?.differences ?? [])

  /** Sums by currency, and by item within each, largest first. */
  readonly totals = $derived(totalsOf(this.run))

  /** Seals what is shown. */
  async sealNow() {
    return this.#view.book.sealRun({ sealed: sealRun(this.run, { prefix: this.prefix }), prefix: this.prefix })
  }

  clientName(id: string): string {
    return this.#view.client(id)?.name ?? id
  }

  /** What an item is called. */
  itemName(item: string): string {
    return this.#names().title(item)
  }

  #names() {
    const title = (item: string): string => {
      const at = item.indexOf(':')
      const [kind, id] = [item.slice(0, at), item.slice(at + 1)]
      if (item === 'client') return m.prices_flat()
      if (kind === 'setup') return title(id)
      if (kind === 'tier') return this.#view.tier(id)?.name ?? id
      if (kind === 'bundle') return this.#bundleName(id)
      return id
    }
    return { clientName: (client: string) => this.clientName(client), title }
  }

  #bundleName(id: string): string {
    const price = this.#view.prices().findLast(({ item }) => item.kind === 'bundle' && item.bundle === id)
    return price?.item.kind === 'bundle' ? price.item.name : id
  }

  /** The run before: the last sealed one, else the month before as it would be now. */
  #lastRun() {
    return this.#sealBefore ? this.#sealBefore.run : (this.#facts?.before ?? null)
  }
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}

function monthBefore(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`
}
