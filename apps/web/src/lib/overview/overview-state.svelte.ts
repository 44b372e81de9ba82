// What the overview shows: the rows that fit search and filters, in the chosen order. Core sorts and searches; the address holds the choice.
import { type ClientRow, type ClientSortKey, endOfDay, isPlainDate } from '@tierbook/core'
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
  /** The day whose plans are shown, null for today. */
  asOf = $state<string | null>(null)
  /** The day, or the moment (ISO 8601, UTC), after which nothing counts that was recorded; null for everything. */
  knownOn = $state<string | null>(null)
  /** The client whose record stands beside the table. */
  opened = $state<string | null>(null)
  #view: BookView
  /** The moment, or the end of the day, that is looked back to, epoch ms. */
  knownAt: number | undefined = $derived.by(() => {
    const known = this.knownOn
    if (known === null) return undefined
    return known[10] ? Date.parse(known) : endOfDay(known, this.#view.settings.timeZone)
  })
  /** All clients of the day that is shown, whatever search and filters say. */
  everyone: readonly ClientRow[] = $derived.by(() => this.#find(''))
  rows: readonly ClientRow[] = $derived.by(() => {
    const found = this.search.trim() === '' ? this.everyone : this.#find(this.search)
    return this.isFiltered ? found.filter(fitsFilter(this.filter, this.filter.idleDays === null ? 0 : now())) : found
  })

  constructor(view: BookView) {
    this.#view = view
  }

  /** Looks from another point in time: nothing is changed from there. */
  get isElsewhere(): boolean {
    return this.asOf !== null || this.knownOn !== null
  }

  get isFiltered(): boolean {
    return countFilters(this.filter) > 0
  }

  /** Those with these ids as they are on the day shown, in the order of the table, hidden ones too. */
  pick(ids: ReadonlySet<string>): readonly ClientRow[] {
    return this.everyone.filter(({ id }) => ids.has(id))
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
    if (this.asOf !== null) params.set('asof', this.asOf)
    if (this.knownOn !== null) params.set('known', this.knownOn)
    writeClientFilter(this.filter, params)
    const text = params.toString()
    return text ? `?${text}` : ''
  }

  /** What the address holds: {@link toQuery}, and who is opened. */
  address(opened: string | null = this.opened): string {
    const query = this.toQuery()
    return opened === null ? query : `${query}${query ? '&' : '?'}client=${encodeURIComponent(opened)}`
  }

  readAddress(query: string): void {
    this.read(query)
    this.opened = new URLSearchParams(query).get('client')
  }

  /** Reads what {@link toQuery} wrote. */
  read(query: string): void {
    const params = new URLSearchParams(query)
    const sort = params.get('sort') ?? 'name'
    const by = sort.replace(/^-/, '')
    this.search = params.get('q') ?? ''
    this.by = sortable.find((column) => column.sort === by)?.sort ?? 'name'
    this.descending = sort.startsWith('-')
    this.asOf = dateOrNull(params.get('asof'))
    const known = params.get('known') ?? ''
    this.knownOn = isPlainDate(known.slice(0, 10)) && !Number.isNaN(Date.parse(known)) ? known : null
    this.filter = readClientFilter(params)
  }

  #find(search: string): readonly ClientRow[] {
    return this.#view.clients({
      search,
      sort: { by: this.by, descending: this.descending },
      ...(this.asOf === null ? {} : { asOf: this.asOf }),
      ...(this.knownAt === undefined ? {} : { knownAt: this.knownAt }),
    })
  }
}

function dateOrNull(text: string | null): string | null {
  return isPlainDate(text) ? text : null
}
