// Where every element of a book lives and which of them are alive, without their contents: all that admission asks, at a fraction of a document's cost.
// It follows the order that Yjs gives elements of one field (`field-order.ts`), so that what it calls deleted is what a document has deleted.
import type { ClockRange } from './admit-update.ts'
import { isReport } from './check-activity.ts'
import type { DeleteRange } from './decode-update.ts'
import type { DeletedRanges } from './deleted-ranges.ts'
import { findLastOfField, originOf } from './field-order.ts'
import type { FreshStruct } from './fresh-structs.ts'
import type { KnownBook, Place, StructId } from './known-book.ts'
import { createLoggedIds, type LoggedIdsState } from './logged-ids.ts'

/** What an update brings to a book, as admission found it. */
export interface BookChanges {
  readonly structs: ReadonlyMap<number, readonly FreshStruct[]>
  readonly deletes: readonly DeleteRange[]
}

/** What an update deletes that was not deleted yet. */
export interface NewDeletes {
  /** Of what it says. */
  readonly said: readonly ClockRange[]
  /** What follows from two who overwrote one field, neither having seen the other, and is said nowhere. */
  readonly implied: readonly ClockRange[]
}

/** An index that follows what is admitted. */
export interface BookIndex extends KnownBook {
  /** Takes an admitted update in; `valueAt` reads an element of `activity` or of the log. */
  take(changes: BookChanges, valueAt: (struct: FreshStruct, clock: number) => unknown): NewDeletes
  /** What it holds, to be handed to another thread. */
  readonly state: BookIndexState
}

/** Plain data. Clocks and deleted ranges lie beside it, since a book that nobody writes to needs no more than those. */
export interface BookIndexState {
  readonly places: Place[]
  readonly runs: Map<number, Runs>
  /** Place → the element that ends its field. */
  readonly lasts: Map<number, ClockRange>
  /** Client id → clock → a report that is alive. */
  readonly reports: Map<number, Map<number, unknown>>
  readonly ids: LoggedIdsState
}

/** Elements of one client id by clock: each run lives at one place and reaches to the next one's start. */
interface Runs {
  readonly starts: number[]
  readonly places: number[]
  /** What a run of a field was put behind; null for the first of a field, and in lists, where nobody asks. */
  readonly origins: (StructId | null)[]
}

export interface BookIndexOptions {
  /** Followed by the index: Yjs client id → next clock. */
  readonly clocks: Map<number, number>
  /** Followed by the index. */
  readonly deleted: DeletedRanges
  /** @default that of an empty book */
  readonly state?: BookIndexState
  readonly actorOf: (client: number) => string | undefined
  readonly largestN: () => number
}

export function createBookIndex(options: BookIndexOptions): BookIndex {
  const { clocks, deleted, actorOf } = options
  const state: BookIndexState = options.state ?? {
    places: [],
    runs: new Map(),
    lasts: new Map(),
    reports: new Map(),
    ids: new Map(),
  }
  const { places, runs, lasts, reports } = state
  const loggedIds = createLoggedIds(state.ids)
  const placeIds = new Map(places.map((place, id) => [keyOf(place), id]))
  const idOf = (place: Place): number => {
    const key = keyOf(place)
    const known = placeIds.get(key)
    if (known !== undefined) return known
    placeIds.set(key, places.length)
    return places.push(place) - 1
  }
  const known: KnownBook = {
    nextClock: (client) => clocks.get(client) ?? 0,
    place({ client, clock }) {
      const found = runs.get(client)
      const id = found?.places[runAt(found.starts, clock)]
      return id === undefined ? null : (places[id] ?? null)
    },
    firstLive: (client, from, to) => deleted.firstLive(client, from, to),
    lastOf(field) {
      const id = placeIds.get(keyOf(field))
      const last = id === undefined ? undefined : lasts.get(id)
      return last ? { client: last.client, clock: last.to - 1 } : null
    },
    originOf({ client, clock }) {
      const found = runs.get(client)
      const run = found ? runAt(found.starts, clock) : -1
      if (!found || run < 0) return null
      return clock > (found.starts[run] as number) ? { client, clock: clock - 1 } : (found.origins[run] ?? null)
    },
    value: ({ client, clock }) => reports.get(client)?.get(clock),
    loggedIds,
    actorOf,
    get largestN() {
      return options.largestN()
    },
  }

  function place(struct: FreshStruct): void {
    const { client, from, place } = struct
    let found = runs.get(client)
    if (!found) runs.set(client, (found = { starts: [], places: [], origins: [] }))
    const id = idOf(place)
    const origin = place.key === null ? null : originOf(struct)
    const isMore =
      found.places.at(-1) === id && (place.key === null || (origin?.client === client && origin.clock === from - 1))
    if (isMore) return
    found.starts.push(from)
    found.places.push(id)
    found.origins.push(origin)
  }

  function takeStructs({ structs }: BookChanges, valueAt: (struct: FreshStruct, clock: number) => unknown) {
    const gone: ClockRange[] = []
    const fields = new Map<number, FreshStruct[]>()
    for (const list of structs.values()) {
      for (const struct of list) {
        if (struct.place.key !== null) {
          const id = idOf(struct.place)
          const field = fields.get(id)
          if (field) field.push(struct)
          else fields.set(id, [struct])
        } else if (struct.struct.kind === 'deleted') gone.push(struct)
        else if (isReport(struct.place)) {
          const ofClient: Map<number, unknown> = reports.get(struct.client) ?? new Map<number, unknown>()
          reports.set(struct.client, ofClient)
          for (let clock = struct.from; clock < struct.to; clock++) ofClient.set(clock, valueAt(struct, clock))
        } else if (struct.place.root === 'log')
          for (let clock = struct.from; clock < struct.to; clock++) loggedIds.note(valueAt(struct, clock))
      }
    }
    // Of a field only the last element is alive; asked before the new ones are known.
    for (const [id, field] of fields) {
      const last = findLastOfField(places[id] as Place, field, { fresh: structs, known })
      const before = lasts.get(id)
      if (last && before) gone.push(before)
      for (const struct of field) if (struct !== last) gone.push(struct)
      if (last) lasts.set(id, { client: last.client, from: last.from, to: last.to })
    }
    for (const [client, list] of structs) {
      for (const struct of list) place(struct)
      clocks.set(client, list.at(-1)?.to ?? known.nextClock(client))
    }
    return gone
  }

  function forgetReports({ client, from, to }: ClockRange): void {
    const ofClient = reports.get(client)
    if (!ofClient) return
    for (let clock = from; clock < to; clock++) ofClient.delete(clock)
    if (ofClient.size === 0) reports.delete(client)
  }

  return {
    ...known,
    get largestN() {
      return options.largestN()
    },
    take(changes, valueAt) {
      const gone = takeStructs(changes, valueAt)
      const said = changes.deletes.flatMap((range) => deleted.add(range))
      for (const range of reports.size > 0 ? said : []) forgetReports(range)
      return { said, implied: gone.flatMap((range) => deleted.add(range)) }
    },
    state,
  }
}

function keyOf({ root, key }: Place): string {
  return key === null ? root : `${root}\u0000${key}`
}

/** Place of the run that holds `clock`, or -1. */
function runAt(starts: readonly number[], clock: number): number {
  let [low, high] = [0, starts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] as number) <= clock) low = middle + 1
    else high = middle
  }
  return low - 1
}
