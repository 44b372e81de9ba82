// The change of a client's tier as it is being filled in: what nobody touched follows the book.
import type { ClientRow } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { CommandForm } from '#lib/ui/command-form.svelte.ts'

export class TierFormState {
  readonly form = new CommandForm()
  reason = $state('')
  #chosenTier = $state<string | null>(null)
  #chosenDate = $state<string | null>(null)
  #view: BookView
  #row: () => ClientRow

  constructor(view: BookView, row: () => ClientRow) {
    this.#view = view
    this.#row = row
  }

  get tier(): string {
    return this.#chosenTier ?? this.#row().tier ?? ''
  }
  set tier(tier: string) {
    this.#chosenTier = tier
  }

  get effectiveOn(): string {
    return this.#chosenDate ?? this.#view.today()
  }
  set effectiveOn(date: string) {
    this.#chosenDate = date
  }

  /** Appends the assignment; gives what was done, or null where the form says why not. */
  async save(): Promise<{ action: string; tier: string; effectiveOn: string } | null> {
    const { tier, effectiveOn } = this
    const reason = this.reason.trim()
    const saved = await this.form.run(() =>
      this.#view.book.assignTier({ client: this.#row().id, tier, effectiveOn, ...(reason ? { reason } : {}) }),
    )
    if (!saved) return null
    this.#chosenTier = null
    this.#chosenDate = null
    this.reason = ''
    return { action: saved.action, tier, effectiveOn }
  }
}
