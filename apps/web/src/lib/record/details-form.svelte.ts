// What describes a client, as it is being edited: fields nobody touched follow the book, and only touched ones are saved.
import type { ClientRow } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { CommandForm } from '#lib/ui/command-form.svelte.ts'

type Field = 'name' | 'externalRef' | 'createdOn' | 'note'

export class DetailsFormState {
  readonly form = new CommandForm()
  #typed = $state.raw<Partial<Record<Field, string>>>({})
  #view: BookView
  #row: () => ClientRow

  constructor(view: BookView, row: () => ClientRow) {
    this.#view = view
    this.#row = row
  }

  get name(): string {
    return this.#value('name')
  }
  set name(text: string) {
    this.#type('name', text)
  }
  get externalRef(): string {
    return this.#value('externalRef')
  }
  set externalRef(text: string) {
    this.#type('externalRef', text)
  }
  get createdOn(): string {
    return this.#value('createdOn')
  }
  set createdOn(text: string) {
    this.#type('createdOn', text)
  }
  get note(): string {
    return this.#value('note')
  }
  set note(text: string) {
    this.#type('note', text)
  }

  /** Something differs from the book. */
  get isChanged(): boolean {
    return Object.keys(this.#changes()).length > 0
  }

  discard(): void {
    this.#typed = {}
    this.form.error = null
  }

  /** Gives the action once the changes are in the book, null where the form says why not. */
  async save(): Promise<string | null> {
    const saved = await this.form.run(() => this.#view.book.editClient({ client: this.#row().id, ...this.#changes() }))
    if (saved) this.#typed = {}
    return saved?.action ?? null
  }

  #value(field: Field): string {
    return this.#typed[field] ?? this.#row()[field] ?? ''
  }

  #type(field: Field, text: string): void {
    this.#typed = { ...this.#typed, [field]: text }
  }

  #changes(): { name?: string; createdOn?: string; externalRef?: string | null; note?: string | null } {
    const row = this.#row()
    const { name, createdOn, externalRef, note } = this.#typed
    return {
      ...(name !== undefined && name.trim() !== row.name ? { name: name.trim() } : {}),
      ...(createdOn !== undefined && createdOn !== row.createdOn ? { createdOn } : {}),
      ...(externalRef !== undefined && externalRef.trim() !== (row.externalRef ?? '')
        ? { externalRef: externalRef.trim() || null }
        : {}),
      ...(note !== undefined && note !== (row.note ?? '') ? { note: note.trim() ? note : null } : {}),
    }
  }
}
