// Views of the table that somebody gave a name: what is shown, in which order, in which columns. They belong to the book, so that everybody in it has
// them; whoever may only read keeps theirs on this device, beside the book's. How close the rows stand and how wide columns are is not part of a view:
// that suits a screen and somebody's eyes, and a colleague's view must not change it.
import type { SavedView } from '@tierbook/core'
import * as z from 'zod/mini'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { type KeyValueStorage, readStored, writeStored } from '#lib/device/stored-json.ts'
import { errorWords } from '#lib/i18n/error-words.ts'

const OnDevice = z.array(
  z.object({
    name: z.string().check(z.minLength(1), z.maxLength(200)),
    /** The part of the address after the path. */
    query: z.string(),
    columns: z.array(z.string()),
  }),
)

/** Words for why it could not be kept; else the action of the book's log that does so, null where it is only on this device. */
export type KeptView = { readonly problem: string } | { readonly problem: null; readonly unit: string | null }

export class SavedViews {
  #view: BookView
  #storage: KeyValueStorage
  #key: string
  #onDevice = $state.raw<readonly SavedView[]>([])

  constructor(view: BookView, storage: KeyValueStorage) {
    this.#view = view
    this.#storage = storage
    this.#key = `tierbook.views.${view.id}`
    this.#onDevice = this.#read()
  }

  /** By name; the book's own stands where one of this device has the same. */
  get all(): readonly SavedView[] {
    const ofBook = this.#view.savedViews()
    const names = new Set(ofBook.map(({ name }) => name))
    return [...ofBook, ...this.#onDevice.filter(({ name }) => !names.has(name))].sort((a, b) =>
      a.name.localeCompare(b.name),
    )
  }

  /** The view that has this name, whatever its letters' case: two such names are one view. */
  named(name: string): SavedView | undefined {
    return this.all.find((view) => isSame(view.name, name))
  }

  /** Whether everybody in the book has it. */
  isOfBook(name: string): boolean {
    return this.#view.savedViews().some((view) => isSame(view.name, name))
  }

  /** Adds a view, or replaces the one of this name; the one named `instead` gives way too. */
  async keep(view: SavedView, { instead = view.name }: { instead?: string } = {}): Promise<KeptView> {
    if (!this.#view.canWrite) return this.#write([...this.#without(view.name, instead), view], null)
    const saved = await this.#view.book.saveView({ ...view, instead })
    if (!saved.ok && saved.error.code !== 'nothing-to-change') return { problem: errorWords(saved.error) }
    return this.#write(this.#without(view.name, instead), saved.ok ? saved.value.action : null)
  }

  async remove(name: string): Promise<KeptView> {
    const removed = this.isOfBook(name) ? await this.#view.book.removeView({ name }) : null
    if (removed && !removed.ok) return { problem: errorWords(removed.error) }
    return this.#write(this.#without(name), removed?.value.action ?? null)
  }

  /** Whether this person may replace it, rename it or take it away. */
  mayChange(name: string): boolean {
    return this.#view.canWrite || !this.isOfBook(name)
  }

  /** Read anew: a notice's undo may come when another list of them was opened since. */
  #without(...names: readonly string[]): readonly SavedView[] {
    this.#onDevice = this.#read()
    return this.#onDevice.filter((view) => !names.some((name) => isSame(view.name, name)))
  }

  #read(): readonly SavedView[] {
    return readStored(this.#storage, this.#key, OnDevice).value ?? []
  }

  #write(views: readonly SavedView[], unit: string | null): KeptView {
    if (views.length === this.#onDevice.length && views.every((view, index) => view === this.#onDevice[index]))
      return { problem: null, unit }
    this.#onDevice = views
    const problem = writeStored(this.#storage, this.#key, views)
    return problem === null ? { problem, unit } : { problem }
  }
}

function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase()
}
