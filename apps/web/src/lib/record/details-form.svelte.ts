// What describes a client, as it is being edited: fields nobody touched follow the book, and only touched ones are saved.
import type { ClientRow } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { m } from '#lib/paraglide/messages.js'
import { CommandForm } from '#lib/ui/command-form.svelte.ts'
import { OtherRefsForm } from './other-refs-form.svelte.ts'

type Field = 'name' | 'externalRef' | 'createdOn' | 'note'

export class DetailsFormState {
  readonly form = new CommandForm()
  readonly refs: OtherRefsForm
  #isHalf = $state(false)
  #typed = $state.raw<Partial<Record<Field, string>>>({})
  #view: BookView
  #row: () => ClientRow

  constructor(view: BookView, row: () => ClientRow) {
    this.#view = view
    this.#row = row
    this.refs = new OtherRefsForm(row)
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

  /** What is wrong with the ids in other systems. */
  get refsError(): string | null {
    const { error } = this.form
    if (this.#isHalf && this.refs.isHalf) return m.record_ref_half()
    return error?.field?.startsWith('otherRefs') ? this.form.otherError([]) : null
  }

  discard(): void {
    this.#typed = {}
    this.refs.reset()
    this.#isHalf = false
    this.form.error = null
  }

  /** Gives the action once the changes are in the book, null where the form says why not. */
  async save(): Promise<string | null> {
    this.#isHalf = this.refs.isHalf
    if (this.#isHalf) return null
    const saved = await this.form.run(() => this.#view.book.editClient({ client: this.#row().id, ...this.#changes() }))
    if (saved) this.discard()
    return saved?.action ?? null
  }

  #value(field: Field): string {
    return this.#typed[field] ?? this.#row()[field] ?? ''
  }

  #type(field: Field, text: string): void {
    this.#typed = { ...this.#typed, [field]: text }
  }

  #changes(): Omit<Parameters<BookView['book']['editClient']>[0], 'client'> {
    const row = this.#row()
    const { name, createdOn, externalRef, note } = this.#typed
    const otherRefs = this.refs.changes()
    return {
      ...(name !== undefined && name.trim() !== row.name ? { name: name.trim() } : {}),
      ...(createdOn !== undefined && createdOn !== row.createdOn ? { createdOn } : {}),
      ...(externalRef !== undefined && externalRef.trim() !== (row.externalRef ?? '')
        ? { externalRef: externalRef.trim() || null }
        : {}),
      ...(Object.keys(otherRefs).length > 0 ? { otherRefs } : {}),
      ...(note !== undefined && note !== (row.note ?? '') ? { note: note.trim() ? note : null } : {}),
    }
  }
}
