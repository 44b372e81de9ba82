// What the overview shows: the rows that fit search and filters, in the chosen order. Core sorts and searches; the address holds the choice.
import type { ClientRow, ClientSortKey } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { now } from '#lib/device/now.svelte.ts'
import {
  type ClientFilter,
  countFilters,
  fitsFilter,
  noFilter,
  readClientFilter,
  writeClientFilter,
} from './client-filter.ts'
import { sortable } from './columns.ts'

export class OverviewState {
  search = $state('')
  by = $state<ClientSortKey>('name')
  descending = $state(false)
  filter = $state.raw<ClientFilter>(noFilter)
  #view: BookView
  rows: readonly ClientRow[] = $derived.by(() => {
    const found = this.#view.clients({ search: this.search, sort: { by: this.by, descending: this.descending } })
    return this.isFiltered ? found.filter(fitsFilter(this.filter, this.filter.idleDays === null ? 0 : now())) : found
  })

  constructor(view: BookView) {
    this.#view = view
  }

  get isFiltered(): boolean {
    return countFilters(this.filter) > 0
  }

  /** All clients, whatever search and filters say. */
  get total(): number {
    return this.search.trim() === '' && !this.isFiltered ? this.rows.length : this.#view.clients().length
  }

  /** Sorts by a column; a second time turns the order round. Activity begins with the latest. */
  sortBy(key: ClientSortKey): void {
    this.descending = this.by === key ? !this.descending : key === 'lastActivity'
    this.by = key
  }

  /** For `aria-sort` of a column. */
  order(key: ClientSortKey | null): 'ascending' | 'descending' | undefined {
    if (this.by !== key) return undefined
    return this.descending ? 'descending' : 'ascending'
  }

  narrow(change: Partial<ClientFilter>): void {
    this.filter = { ...this.filter, ...change }
  }

  clear(): void {
    this.filter = noFilter
    this.search = ''
  }

  /** The part of the address that says what is shown. */
  toQuery(): string {
    const params = new URLSearchParams()
    if (this.search.trim()) params.set('q', this.search)
    if (this.by !== 'name' || this.descending) params.set('sort', `${this.descending ? '-' : ''}${this.by}`)
    writeClientFilter(this.filter, params)
    const text = params.toString()
    return text ? `?${text}` : ''
  }

  read(query: string): void {
    const params = new URLSearchParams(query)
    const sort = params.get('sort') ?? 'name'
    const by = sort.replace(/^-/, '')
    this.search = params.get('q') ?? ''
    this.by = sortable.find((column) => column.sort === by)?.sort ?? 'name'
    this.descending = sort.startsWith('-')
    this.filter = readClientFilter(params)
  }
}
