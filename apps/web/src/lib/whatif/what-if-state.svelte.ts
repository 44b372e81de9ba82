// A scratch copy of prices and tiers: what is tried out, what would become of it, and its application in one batch.
import { presets } from '@tierbook/billing'
import { type BillingChange, createId, type PriceFields, type Result, type UpliftFields } from '@tierbook/core'
import { billingErrorWords } from '#lib/billing/billing-words.ts'
import { createNewestAsker } from '#lib/billing/ask-newest.ts'
import { askWorker } from '#lib/billing/ask-worker.ts'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { m } from '#lib/paraglide/messages.js'
import type { ForecastFacts, ForecastQuestion } from './forecast-facts.ts'

/** Something tried out: one price, one uplift, or the move of some clients. */
export interface Tried {
  readonly id: string
  readonly words: string
  readonly effectiveOn: string
  readonly change: Pick<BillingChange, 'prices' | 'uplifts' | 'tierChanges'>
}

interface Asked {
  readonly tried: readonly Tried[]
  readonly question: ForecastQuestion
}

const noForecast: ForecastFacts = { periods: [], clients: [], revenue: [], clientCount: 0 }

export class WhatIfState {
  tried = $state.raw<readonly Tried[]>([])
  applying = $state(false)
  #answer = $state.raw<{ readonly asked: readonly Tried[]; readonly forecast: ForecastFacts } | null>(null)
  #problem = $state<string | null>(null)
  readonly #view: BookView

  constructor(view: BookView) {
    this.#view = view
  }

  /** Everything that is tried out, as the book would be told it. */
  readonly change = $derived.by(() => ({
    prices: this.tried.flatMap(({ change }) => change.prices ?? []),
    uplifts: this.tried.flatMap(({ change }) => change.uplifts ?? []),
    tierChanges: this.tried.flatMap(({ change }) => change.tierChanges ?? []),
  }))

  readonly forecast = $derived(this.#answer?.forecast ?? noForecast)
  readonly isCurrent = $derived(this.#answer?.asked === this.tried)

  get problem(): string | null {
    return this.#problem
  }

  readonly #question: ForecastQuestion = $derived.by(() => {
    this.#view.followBilling()
    const { prices, uplifts, tierChanges } = this.change
    const moves = tierChanges.flatMap(({ client, to, effectiveOn }) =>
      to === 'end' ? [] : [{ client, tier: to.tier, effectiveOn }],
    )
    const policy = this.#view.seals().findLast(({ state }) => state === 'sealed')?.policy ?? presets.standard
    return { change: { prices, uplifts, moves }, policy, from: this.#view.today() }
  })
  readonly #ask = createNewestAsker(({ question }: Asked) => askWorker(this.#view.book, 'forecastFacts', question), {
    take: (made, { tried }) => {
      this.#problem = made.ok ? null : billingErrorWords(made.error)
      this.#answer = { asked: tried, forecast: made.ok ? made.value : noForecast }
    },
    fail: (cause) => (this.#problem = String(cause)),
  })

  /** Asks the worker; call it in an effect, so that it asks again when the book or what is tried out changes. */
  follow(): void {
    this.#ask({ tried: this.tried, question: this.#question })
  }

  tryPrice(price: PriceFields, words: string): Promise<Result<unknown>> {
    return this.#take({ words, effectiveOn: price.effectiveOn, change: { prices: [price] } })
  }

  tryUplift(uplift: UpliftFields, words: string): Promise<Result<unknown>> {
    return this.#take({ words, effectiveOn: uplift.effectiveOn, change: { uplifts: [uplift] } })
  }

  tryMove(
    move: { clients: readonly string[]; tier: string; effectiveOn: string },
    words: string,
  ): Promise<Result<unknown>> {
    const { clients, tier, effectiveOn } = move
    const tierChanges = clients.map((client) => ({ client, to: { tier }, effectiveOn }))
    return this.#take({ words, effectiveOn, change: { tierChanges } })
  }

  remove(id: string): void {
    this.tried = this.tried.filter((one) => one.id !== id)
  }

  throwAway(): void {
    this.tried = []
  }

  /** Writes all of it as one batch; its id undoes it. */
  async apply(): Promise<Result<{ batch: string }>> {
    this.applying = true
    try {
      const applied = await this.#view.book.applyBilling({ source: m.whatif_source(), ...this.change })
      if (applied.ok) this.tried = []
      return applied
    } finally {
      this.applying = false
    }
  }

  /** What the book would refuse is not tried out. */
  async #take(one: Omit<Tried, 'id'>): Promise<Result<unknown>> {
    const preview = await this.#view.book.previewBilling(one.change)
    if (!preview.ok) return preview
    const outcomes = Object.values(preview.value).flat() as (typeof preview.value)['prices']
    const refused = outcomes.find((outcome) => 'error' in outcome)
    if (refused && 'error' in refused) return { ok: false, error: refused.error }
    if (!outcomes.some((outcome) => 'does' in outcome && outcome.does !== 'nothing'))
      return { ok: false, error: { code: 'nothing-to-change', message: m.whatif_nothing() } }
    const id = createId()
    this.tried = [...this.tried, { id, ...one }]
    return { ok: true, value: id }
  }
}
