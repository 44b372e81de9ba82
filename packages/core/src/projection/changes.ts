// Entries of the log as people read them: who, when, from which tier to which, and whether it still counts.
import type { Change, ChangeList, ChangeQuery, ContestedClient } from '../book.ts'
import { compareActions, type LoggedAction, readAction } from '../log/logged-action.ts'
import type { Action } from '../schema/action.ts'
import { isKnownKind } from '../schema/entries.ts'
import { dateInZone } from '../schema/plain-date.ts'
import type { BookProjection } from './book-projection.ts'
import type { ClientState, Retraction } from './client-state.ts'
import { compareEntries, entryAt, isTierEvent, type LoggedEntry, retractableKinds } from './logged-entry.ts'
import { moneyEntries } from './money-entries.ts'
import { compareEvents, idOfEvent, type TierEvent } from './tier-event.ts'
import { stepOn, timelineOf } from './timeline.ts'

/** Whether the server has not acknowledged an action, by its id. */
export type IsUnsent = (action: string) => boolean

/** The entries of the whole book that fit `query`, newest first; each is described when it is asked for. */
export function queryChanges(projection: BookProjection, query: ChangeQuery, isUnsent: IsUnsent): ChangeList {
  const fits = fitsAction(projection, query, isUnsent)
  if (query.client !== undefined) return queryClient(projection, query.client, query, fits)
  const rows: number[] = []
  const indexes: number[] = []
  const ordered = projection.log.ordered()
  for (let place = ordered.length - 1; place >= 0; place--) {
    const row = ordered[place] ?? -1
    const logged = projection.log.at(row)
    if (!fits(logged)) continue
    const { kinds } = logged
    for (let index = kinds.length - 1; index >= 0; index--) {
      if (query.kind !== undefined && kinds[index] !== query.kind) continue
      rows.push(row)
      indexes.push(index)
    }
  }
  const readRow = rowReader(projection)
  return listOf(projection, rows.length, (place, describe) => {
    const entry = entryAt(readRow(rows[place] ?? -1), indexes[place] ?? 0)
    return entry && describe(entry)
  })
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
function queryClient(projection: BookProjection, client: string, query: ChangeQuery, fits: FitsAction): ChangeList {
  const entries = [...(projection.client(client)?.entries() ?? []), ...moneyEntries(projection, client)]
    .filter(({ action, entry }) => fits(action) && (query.kind === undefined || entry.kind === query.kind))
    .sort(compareEntries)
  return listOf(projection, entries.length, (place, describe) => {
    const entry = entries[entries.length - 1 - place]
    return entry && describe(entry)
  })
}

type Describe = (entry: LoggedEntry) => Change

function listOf(
  projection: BookProjection,
  length: number,
  changeAt: (place: number, describe: Describe) => Change | undefined,
): ChangeList {
  return {
    length,
    at: (index) => changeAt(index < 0 ? length + index : index, describer(projection)),
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

/** What is read of one client to describe its entries: a history of a thousand is read once for all of them. */
interface ClientReading {
  readonly state: ClientState
  readonly events: readonly TierEvent[]
  /** By the entry that they take back, the first in log order first. */
  readonly retractions: ReadonlyMap<string, readonly Retraction[]>
}

/** Describes entries as the log stands now: for one answer. */
function describer(projection: BookProjection): Describe {
  const readings = new Map<string, ClientReading | undefined>()
  return (logged) => {
    const { subject } = logged.entry
    if (!readings.has(subject)) readings.set(subject, readClient(projection.client(subject)))
    return describeEntry(projection, logged, readings.get(subject))
  }
}

function readClient(state: ClientState | undefined): ClientReading | undefined {
  if (!state) return undefined
  let events: readonly TierEvent[] | undefined
  return {
    state,
    // Notes, prices and usage are described without them.
    get events() {
      return (events ??= [...state.events].sort(compareEvents))
    },
    retractions: state.retractionsByTarget(),
  }
}

function describeEntry(projection: BookProjection, logged: LoggedEntry, reading: ClientReading | undefined): Change {
  const { entry, action } = logged
  const { kind, subject, ...fields } = entry
  const isAdded = reading?.state.isAdded === true
  const [retraction] = reading?.retractions.get(logged.id) ?? []
  const effectiveOn = typeof entry['effectiveOn'] === 'string' ? entry['effectiveOn'] : null
  return {
    id: logged.id,
    action: action.id,
    kind,
    at: action.at,
    receivedAt: receivedAt(projection, action.id),
    by: action.by,
    byName: nameOf(projection, action.by),
    device: action.device,
    n: action.n,
    subject,
    client: isAdded ? subject : null,
    clientName: isAdded ? (projection.rows.get(subject)?.name ?? null) : null,
    ...(reading && isTierEvent(kind) ? fromAndTo(reading, logged) : { from: null, to: null }),
    effectiveOn,
    reason: typeof entry['reason'] === 'string' ? entry['reason'] : null,
    fields,
    retracted: retraction
      ? {
          entry: `${retraction.logged.id}/${retraction.index}`,
          by: retraction.logged.by,
          byName: nameOf(projection, retraction.logged.by),
          at: retraction.logged.at,
        }
      : null,
    retractable: retractableKinds.has(kind) && isKnownKind(kind) && !retraction,
    scheduled: effectiveOn !== null && isTierEvent(kind) && effectiveOn > projection.today() && !retraction,
    batch: action.batch ?? null,
    newer: !isKnownKind(kind),
  }
}

function receivedAt(projection: BookProjection, action: string): number | null {
  const logged = projection.log.get(action)
  return logged ? projection.receivedAt(logged.row) : null
}

function nameOf(projection: BookProjection, actor: string): string {
  return projection.actors.get(actor)?.name ?? actor
}

/** The tier on the entry's own date, without and with the entry, from what the log held up to there. */
function fromAndTo(
  { events, retractions }: ClientReading,
  { id, action, entry, index }: LoggedEntry,
): { from: string | null; to: string | null } {
  const isBefore = (logged: LoggedAction, at: number) => (compareActions(logged, action) || at - index) < 0
  const isSelf = (event: TierEvent) => event.n === action.n && event.index === index && idOfEvent(event) === id
  const counted = events.filter((event) => {
    if (isSelf(event)) return true
    if (!isBefore(event.logged, event.index)) return false
    const [retraction] = retractions.size === 0 ? [] : (retractions.get(idOfEvent(event)) ?? [])
    return !(retraction && isBefore(retraction.logged, retraction.index))
  })
  const tierWith = (some: readonly TierEvent[]) => stepOn(timelineOf(some), String(entry['effectiveOn']))?.tier ?? null
  return { from: tierWith(counted.filter((event) => !isSelf(event))), to: tierWith(counted) }
}

type FitsAction = (action: { readonly by: string; readonly at: number; readonly id: string }) => boolean

function fitsAction(projection: BookProjection, query: ChangeQuery, isUnsent: IsUnsent): FitsAction {
  const { timeZone } = projection.settings()
  const { actor, from, to, unsent } = query
  return (action) => {
    if (actor !== undefined && action.by !== actor) return false
    if (unsent && !isUnsent(action.id)) return false
    if (from === undefined && to === undefined) return true
    const day = dateInZone(action.at, timeZone)
    return (from === undefined || day >= from) && (to === undefined || day < to)
  }
}
