// What the overview shows: the rows that fit the search, in the chosen order; core sorts and searches.
import type { ClientRow, ClientSortKey } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'

/** What survives going to a client and back. */
export interface OverviewSnapshot {
  readonly search: string
  readonly by: ClientSortKey
  readonly descending: boolean
}

export class OverviewState {
  search = $state('')
  by = $state<ClientSortKey>('name')
  descending = $state(false)
  #view: BookView
  rows: readonly ClientRow[] = $derived.by(() =>
    this.#view.clients({ search: this.search, sort: { by: this.by, descending: this.descending } }),
  )

  constructor(view: BookView) {
    this.#view = view
  }

  /** All clients, whatever the search. */
  get total(): number {
    return this.search.trim() === '' ? this.rows.length : this.#view.clients().length
  }

  /** Sorts by a column; a second time turns the order round. Activity begins with the latest. */
  sortBy(key: ClientSortKey): void {
    this.descending = this.by === key ? !this.descending : key === 'lastActivity'
    this.by = key
  }

  /** For `aria-sort` of a column. */
  order(key: ClientSortKey): 'ascending' | 'descending' | undefined {
    if (this.by !== key) return undefined
    return this.descending ? 'descending' : 'ascending'
  }

  capture(): OverviewSnapshot {
    return { search: this.search, by: this.by, descending: this.descending }
  }

  restore(snapshot: OverviewSnapshot): void {
    this.search = snapshot.search
    this.by = snapshot.by
    this.descending = snapshot.descending
  }
}
