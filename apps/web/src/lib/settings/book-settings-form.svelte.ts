// The book's own settings as they are being edited: what nobody touched follows the book.
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { m } from '#lib/paraglide/messages.js'
import { CommandForm } from '#lib/ui/command-form.svelte.ts'

type Field = 'name' | 'timeZone' | 'currency'

export class BookSettingsFormState {
  readonly form = new CommandForm()
  /** A currency that was refused: the book takes any three letters, since other devices may know newer ones. */
  #unknown = $state<string | null>(null)
  #typed = $state.raw<Partial<Record<Field, string>>>({})
  #view: BookView

  constructor(view: BookView) {
    this.#view = view
  }

  get name(): string {
    return this.#typed.name ?? this.#view.settings.name
  }
  set name(text: string) {
    this.#typed = { ...this.#typed, name: text }
  }
  get timeZone(): string {
    return this.#typed.timeZone ?? this.#view.settings.timeZone
  }
  set timeZone(text: string) {
    this.#typed = { ...this.#typed, timeZone: text }
  }
  get currency(): string {
    return this.#typed.currency ?? this.#view.settings.currency
  }
  set currency(text: string) {
    this.#typed = { ...this.#typed, currency: text.toUpperCase() }
  }

  get isChanged(): boolean {
    return Object.keys(this.#changes()).length > 0
  }

  /** What is wrong with a field. */
  errorFor(field: Field): string | null {
    if (field === 'currency' && this.#unknown !== null) return m.settings_unknown_currency({ text: this.#unknown })
    return this.form.errorFor(field)
  }

  /** True when the changes are in the book. */
  async save(): Promise<boolean> {
    const changes = this.#changes()
    const { currency } = changes
    this.#unknown = currency === undefined || Intl.supportedValuesOf('currency').includes(currency) ? null : currency
    if (this.#unknown !== null) return false
    const saved = await this.form.run(() => this.#view.book.editBook(changes))
    if (saved) this.#typed = {}
    return saved !== null
  }

  #changes(): Partial<Record<Field, string>> {
    const now = this.#view.settings
    const changed = Object.entries(this.#typed).filter(([field, text]) => text.trim() !== now[field as Field])
    return Object.fromEntries(changed.map(([field, text]) => [field, text.trim()]))
  }
}
