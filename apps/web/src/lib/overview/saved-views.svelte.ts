// Views of the table that somebody gave a name: what is shown, in which order, in which columns. They stay on this device until the book can hold
// them; whoever brings that gives this class another store.
import * as z from 'zod/mini'
import { type KeyValueStorage, readStored, writeStored } from '#lib/device/stored-json.ts'

const SavedView = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  /** The part of the address after the path. */
  query: z.string(),
  columns: z.array(z.string()),
})
export type SavedView = z.infer<typeof SavedView>

/** Where views are kept. */
export interface ViewStore {
  load(): readonly SavedView[]
  save(views: readonly SavedView[]): string | null
}

export class SavedViews {
  #views = $state.raw<readonly SavedView[]>([])
  #store: ViewStore

  constructor(store: ViewStore) {
    this.#store = store
    this.#views = store.load()
  }

  get all(): readonly SavedView[] {
    return this.#views
  }

  /** Adds a view, or replaces the one of this name; gives words where it could not be kept. */
  keep(view: SavedView): string | null {
    return this.#write([...this.#views.filter(({ name }) => name !== view.name), view])
  }

  remove(name: string): string | null {
    return this.#write(this.#views.filter((view) => view.name !== name))
  }

  #write(views: readonly SavedView[]): string | null {
    this.#views = views
    return this.#store.save(views)
  }
}

/** Keeps a book's views in this browser. */
export function viewsOnDevice(storage: KeyValueStorage, book: string): ViewStore {
  const key = `tierbook.views.${book}`
  return {
    load: () => readStored(storage, key, z.array(SavedView)).value ?? [],
    save: (views) => writeStored(storage, key, views),
  }
}
