// A client as it is being typed in, until it is in the book.
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { m } from '#lib/paraglide/messages.js'
import { OtherRefsForm } from '#lib/record/other-refs-form.svelte.ts'
import { CommandForm } from '#lib/ui/command-form.svelte.ts'

export class AddClientForm {
  readonly form = new CommandForm()
  readonly refs = new OtherRefsForm()
  name = $state('')
  tier = $state('')
  createdOn = $state('')
  externalRef = $state('')
  note = $state('')
  #isHalf = $state(false)
  #view: BookView

  constructor(view: BookView) {
    this.#view = view
    this.tier = view.tiers[0]?.id ?? ''
    this.createdOn = view.today()
  }

  /** A client that has this name already: two may, but seldom should. */
  get twin(): string | null {
    const name = this.name.trim().toLocaleLowerCase()
    if (name === '') return null
    return this.#view.clients({ search: name }).find((row) => row.name.toLocaleLowerCase() === name)?.name ?? null
  }

  /** What is wrong with the ids in other systems. */
  get refsError(): string | null {
    if (this.#isHalf && this.refs.isHalf) return m.record_ref_half()
    return this.form.error?.field?.startsWith('otherRefs') ? this.form.otherError([]) : null
  }

  /** What is wrong beside the fields. */
  get otherError(): string | null {
    return this.refsError ? null : this.form.otherError(['name', 'tier', 'createdOn', 'externalRef', 'note'])
  }

  /** Gives the action once the client is in the book, null where the form says why not. */
  async add(): Promise<string | null> {
    this.#isHalf = this.refs.isHalf
    if (this.#isHalf) return null
    const { tier, createdOn } = this
    const [name, externalRef, note] = [this.name, this.externalRef, this.note].map((text) => text.trim())
    const otherRefs = this.refs.given()
    const added = await this.form.run(() =>
      this.#view.book.addClient({
        name: name ?? '',
        tier,
        ...(createdOn ? { createdOn } : {}),
        ...(externalRef ? { externalRef } : {}),
        ...(Object.keys(otherRefs).length > 0 ? { otherRefs } : {}),
        ...(note ? { note } : {}),
      }),
    )
    return added?.action ?? null
  }
}
