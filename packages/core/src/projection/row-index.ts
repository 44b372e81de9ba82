// Rows in the order of each column, kept sorted across edits, so that search and sort answer within a frame at 10,000 clients.
import type { ClientQuery, ClientRow, ClientSortKey } from '../book.ts'
import { compareNames } from './compare-names.ts'

/** Rows by id, answered sorted and searched. */
export interface RowIndex {
  /** `client` is its number in the entry table; one that is gone by now is only there from elsewhere in time. */
  set(row: ClientRow, client: number, options?: { isGone: boolean }): void
  get(id: string): ClientRow | undefined
  /** `seenAs` gives a row as it looks from elsewhere in time, null where it is not there. */
  query(query: ClientQuery, seenAs?: (row: ClientRow, client: number) => ClientRow | null): readonly ClientRow[]
  /** Ranks of tiers changed: the plan order must be worked out anew. */
  tiersChanged(): void
  values(): IterableIterator<ClientRow>
  readonly size: number
}

interface Indexed {
  readonly isGone: boolean
  readonly row: ClientRow
  readonly client: number
  /** What it is found by, and the same as it is compared. */
  readonly text: string
  readonly searchText: string
  /** Its place by name: what other columns fall back on, so that names are compared by language rules only once. */
  place: number
}

type Compare = (a: Indexed, b: Indexed) => number

/** More touched rows than this are sorted anew; fewer are put in their places one by one. */
const maxPlaced = 256

/** Makes an empty index; `rankOf` gives a tier's place in tier order. */
export function createRowIndex(rankOf: (tier: string | null) => number): RowIndex {
  const byId = new Map<string, Indexed>()
  const sorted = new Map<ClientSortKey, Indexed[]>()
  const touched = new Map<ClientSortKey, Set<string>>()
  const compareBy = createCompares(rankOf)

  function touch(id: string): void {
    for (const ids of touched.values()) ids.add(id)
  }

  function inOrder(by: ClientSortKey): Indexed[] {
    // Every other order falls back on places by name, so those come first.
    if (by !== 'name') inOrder('name')
    const known = sorted.get(by)
    const ids = touched.get(by)
    if (known && ids?.size === 0) return known
    const compare = compareBy[by]
    const fresh =
      known && ids && ids.size <= maxPlaced ? placeAgain(known, ids, byId, compare) : [...byId.values()].sort(compare)
    if (by === 'name') number(fresh)
    sorted.set(by, fresh)
    touched.set(by, new Set())
    return fresh
  }

  return {
    set(row, client, { isGone } = { isGone: false }) {
      const before = byId.get(row.id)
      const text = [row.name, row.externalRef, ...(row.otherRefs ?? []).map(({ id }) => id)].join('\n')
      const searchText = before?.text === text ? before.searchText : toSearchText(text)
      byId.set(row.id, { isGone, row, client, text, searchText, place: before?.place ?? 0 })
      touch(row.id)
    },
    get(id) {
      const indexed = byId.get(id)
      return indexed?.isGone ? undefined : indexed?.row
    },
    query(query, seenAs) {
      const needle = toSearchText(query.search?.trim() ?? '')
      const status = query.status ?? 'all'
      const by = query.sort?.by ?? 'name'
      const found: ClientRow[] = []
      // The plan order of today is not that of another day.
      for (const { isGone, row: now, client, searchText } of inOrder(seenAs && by === 'tier' ? 'name' : by)) {
        if (isGone && !seenAs) continue
        if (needle && !searchText.includes(needle)) continue
        const row = seenAs ? seenAs(now, client) : now
        if (row === null || (query.tier !== undefined && row.tier !== query.tier)) continue
        if (status !== 'all' && row.status !== status) continue
        found.push(row)
      }
      if (seenAs && by === 'tier') found.sort((a, b) => rankOf(a.tier) - rankOf(b.tier))
      return query.sort?.descending ? found.reverse() : found
    },
    tiersChanged() {
      sorted.delete('tier')
    },
    *values() {
      for (const { isGone, row } of byId.values()) if (!isGone) yield row
    },
    get size() {
      return [...this.values()].length
    },
  }
}

/** Lower case without accents, so that `muller` finds `Müller`. */
function toSearchText(text: string): string {
  // Most names are ASCII, for which normalising would only cost time.
  return (/^[\0-\x7f]*$/.test(text) ? text : text.normalize('NFD').replace(/\p{M}/gu, '')).toLowerCase()
}

function number(inNameOrder: readonly Indexed[]): void {
  for (let place = 0; place < inNameOrder.length; place++) {
    const indexed = inNameOrder[place]
    if (indexed) indexed.place = place
  }
}

function placeAgain(
  known: Indexed[],
  ids: ReadonlySet<string>,
  byId: ReadonlyMap<string, Indexed>,
  compare: Compare,
): Indexed[] {
  const kept = known.filter(({ row }) => !ids.has(row.id))
  for (const id of ids) {
    const indexed = byId.get(id)
    if (indexed) kept.splice(placeOf(kept, indexed, compare), 0, indexed)
  }
  return kept
}

function placeOf(list: readonly Indexed[], indexed: Indexed, compare: Compare): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = list[middle]
    if (other && compare(other, indexed) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function createCompares(rankOf: (tier: string | null) => number): Record<ClientSortKey, Compare> {
  const byName: Compare = (a, b) => a.place - b.place
  return {
    name: (a, b) => compareNames(a.row.name, b.row.name) || compareText(a.row.id, b.row.id),
    tier: (a, b) => rankOf(a.row.tier) - rankOf(b.row.tier) || byName(a, b),
    lastActivity: (a, b) => compareNumbers(a.row.lastActivity, b.row.lastActivity) || byName(a, b),
    createdOn: (a, b) => compareText(a.row.createdOn, b.row.createdOn) || byName(a, b),
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Never seen sorts before everything: those are the clients to look at. */
function compareNumbers(a: number | null, b: number | null): number {
  return (a ?? Number.MIN_SAFE_INTEGER) - (b ?? Number.MIN_SAFE_INTEGER)
}
