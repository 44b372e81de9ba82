// Views of the table that somebody gave a name: what is shown, in which order, in which columns. They belong to the book, so that everybody in it has
// them; whoever may only read keeps theirs on this device, beside the book's.
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

export class SavedViews {
  #view: BookView
  #storage: KeyValueStorage
  #key: string
  #onDevice = $state.raw<readonly SavedView[]>([])

  constructor(view: BookView, storage: KeyValueStorage) {
    this.#view = view
    this.#storage = storage
    this.#key = `tierbook.views.${view.id}`
    this.#onDevice = readStored(storage, this.#key, OnDevice).value ?? []
  }

  /** By name; the book's own stands where one of this device has the same. */
  get all(): readonly SavedView[] {
    const ofBook = this.#view.savedViews()
    const names = new Set(ofBook.map(({ name }) => name))
    return [...ofBook, ...this.#onDevice.filter(({ name }) => !names.has(name))].sort((a, b) =>
      a.name.localeCompare(b.name),
    )
  }

  /** Adds a view, or replaces the one of this name; gives words where it could not be kept. */
  async keep(view: SavedView): Promise<string | null> {
    if (!this.#view.canWrite) return this.#write([...this.#without(view.name), view])
    const saved = await this.#view.book.saveView(view)
    if (!saved.ok && saved.error.code !== 'nothing-to-change') return errorWords(saved.error)
    return this.#write(this.#without(view.name))
  }

  async remove(name: string): Promise<string | null> {
    const isOfBook = this.#view.savedViews().some((view) => view.name === name)
    const removed = isOfBook ? await this.#view.book.removeView({ name }) : null
    if (removed && !removed.ok) return errorWords(removed.error)
    return this.#write(this.#without(name))
  }

  /** Whether this person may take it away. */
  mayRemove(name: string): boolean {
    return this.#view.canWrite || !this.#view.savedViews().some((view) => view.name === name)
  }

  #without(name: string): readonly SavedView[] {
    return this.#onDevice.filter((view) => view.name !== name)
  }

  #write(views: readonly SavedView[]): string | null {
    if (views.length === this.#onDevice.length && views.every((view, index) => view === this.#onDevice[index]))
      return null
    this.#onDevice = views
    return writeStored(this.#storage, this.#key, views)
  }
}
