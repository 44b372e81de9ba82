// Which entries of the log a question asks for, newest first.
import type { Change, ChangeList, ChangeQuery, ContestedClient } from '../book.ts'
import { readAction } from '../log/logged-action.ts'
import type { Action } from '../schema/action.ts'
import { dateInZone } from '../schema/plain-date.ts'
import type { BookProjection } from './book-projection.ts'
import { type Describe, describer } from './describe-change.ts'
import { compareEntries, entryAt, type LoggedEntry } from './logged-entry.ts'
import { moneyEntries } from './money-entries.ts'

/** Whether the server has not acknowledged an action, by its id. */
export type IsUnsent = (action: string) => boolean

/** The entries of the whole book that fit `query`, newest first; each is described when it is asked for. */
export function queryChanges(projection: BookProjection, query: ChangeQuery, isUnsent: IsUnsent): ChangeList {
  const fits = fitsAction(projection, query, isUnsent)
  if (query.client !== undefined) return queryClient(projection, query.client, query, fits)
  const places = placesOfEntries(projection, query.kind, fits)
  const readRow = rowReader(projection)
  return listOf(projection, places.length / 2, (place, describe) => {
    const entry = entryAt(readRow(places[2 * place] ?? -1), places[2 * place + 1] ?? 0)
    return entry && describe(entry)
  })
}

/**
 * Row, and index in it, of each entry that fits, by turns and newest first. In one block of numbers that is measured out before, and told
 * by numbers, not by names: a filter is typed before any of this is compiled, and a call for each of a hundred thousand rows shows then.
 */
function placesOfEntries({ log }: BookProjection, kind: string | undefined, fits: FitsAction | null): Int32Array {
  const ordered = log.ordered()
  const { kinds } = log.table.rows.columns
  const entriesOf = log.table.entriesByKinds(kind)
  const fitting = new Int32Array(ordered.length)
  let rows = 0
  let entries = 0
  for (let place = 0; place < ordered.length; place++) {
    const row = ordered[place] ?? 0
    const wanted = entriesOf[kinds[row] ?? 0] ?? 0
    if (wanted === 0 || (fits && !fits(log.at(row)))) continue
    fitting[rows++] = row
    entries += wanted
  }
  const places = new Int32Array(2 * entries)
  let end = places.length
  for (let place = 0; place < rows; place++) {
    const row = fitting[place] ?? 0
    const names = log.table.kindsOf(row)
    for (let index = 0; index < names.length; index++) {
      if (kind !== undefined && names[index] !== kind) continue
      places[--end] = index
      places[--end] = row
    }
  }
  return places
}

/** Reads the actions of rows, the last one once: an import has hundreds of entries in one text, and they stand together. */
function rowReader(projection: BookProjection): (row: number) => Action {
  let last: { readonly row: number; readonly action: Action } | undefined
  return (row) => {
    if (last?.row !== row) last = { row, action: readAction(projection.log.at(row)) }
    return last.action
  }
}

/** The entries about one client that fit `query`, newest first. */
function queryClient(
  projection: BookProjection,
  client: string,
  query: ChangeQuery,
  fits: FitsAction | null,
): ChangeList {
  const entries = [...(projection.client(client)?.entries() ?? []), ...moneyEntries(projection, client)]
    .filter(({ action, entry }) => (!fits || fits(action)) && (query.kind === undefined || entry.kind === query.kind))
    .sort(compareEntries)
  return listOf(projection, entries.length, (place, describe) => {
    const entry = entries[entries.length - 1 - place]
    return entry && describe(entry)
  })
}

function listOf(
  projection: BookProjection,
  length: number,
  changeAt: (place: number, describe: Describe) => Change | undefined,
): ChangeList {
  return {
    length,
    at(index) {
      const place = index < 0 ? length + index : index
      return place >= 0 && place < length ? changeAt(place, describer(projection)) : undefined
    },
    slice(from, to) {
      const describe = describer(projection)
      const changes: Change[] = []
      for (let place = Math.max(0, from); place < Math.min(to, length); place++) {
        const change = changeAt(place, describe)
        if (change) changes.push(change)
      }
      return changes
    },
  }
}

/** The clients that two people changed without having seen each other (TL4), each with the entries that contradict each other. */
export function contestedClients(projection: BookProjection): readonly ContestedClient[] {
  return projection.rows
    .query({})
    .filter((row) => row.contested)
    .map((client) => ({ client, sides: contestedClient(projection, client.id) }))
}

/** The sides of one client, in log order; none where it is not contested. */
export function contestedClient(projection: BookProjection, client: string): readonly Change[] {
  const facts = projection.client(client)?.facts()
  if (!facts?.contested) return []
  const describe = describer(projection)
  return facts.headIds.flatMap((id) => {
    const entry = findEntry(projection, id)
    return entry ? [describe(entry)] : []
  })
}

/** Finds an entry by id. */
export function findEntry(projection: BookProjection, id: string): LoggedEntry | undefined {
  const [actionId = '', index] = id.split('/')
  const logged = projection.log.get(actionId)
  return logged && entryAt(readAction(logged), Number(index))
}

type FitsAction = (action: { readonly by: string; readonly at: number; readonly id: string }) => boolean

/** What a query asks of whole actions; null where that is nothing, so that a hundred thousand need not be looked at. */
function fitsAction(projection: BookProjection, query: ChangeQuery, isUnsent: IsUnsent): FitsAction | null {
  const { actor, from, to, unsent } = query
  if (actor === undefined && from === undefined && to === undefined && !unsent) return null
  const { timeZone } = projection.settings()
  return (action) => {
    if (actor !== undefined && action.by !== actor) return false
    if (unsent && !isUnsent(action.id)) return false
    if (from === undefined && to === undefined) return true
    const day = dateInZone(action.at, timeZone)
    return (from === undefined || day >= from) && (to === undefined || day < to)
  }
}
