// Entries of the log as people read them: who, when, from which tier to which, and whether it still counts.
import type { Change, ChangeList, ChangeQuery, ContestedClient } from '../book.ts'
import { compareActions, type LoggedAction, readAction } from '../log/logged-action.ts'
import { isKnownKind } from '../schema/entries.ts'
import { dateInZone } from '../schema/plain-date.ts'
import type { BookProjection } from './book-projection.ts'
import type { ClientState } from './client-state.ts'
import { entryAt, isTierEvent, type LoggedEntry, retractableKinds } from './logged-entry.ts'
import { compareEvents, idOfEvent, type TierEvent } from './tier-event.ts'
import { stepOn, timelineOf } from './timeline.ts'

/** The entries of the whole book that fit `query`, newest first; each is described when it is asked for. */
export function queryChanges(projection: BookProjection, query: ChangeQuery): ChangeList {
  if (query.client !== undefined) return queryClient(projection, query.client, query)
  const fits = fitsAction(projection, query)
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
  return listOf(rows.length, (place) => {
    const entry = entryAt(readAction(projection.log.at(rows[place] ?? -1)), indexes[place] ?? 0)
    return entry && describeEntry(projection, entry)
  })
}

/** The entries about one client that fit `query`, newest first. */
function queryClient(projection: BookProjection, client: string, query: ChangeQuery): ChangeList {
  const fits = fitsAction(projection, query)
  const entries = (projection.client(client)?.entries() ?? []).filter(
    ({ action, entry }) => fits(action) && (query.kind === undefined || entry.kind === query.kind),
  )
  return listOf(entries.length, (place) => {
    const entry = entries[entries.length - 1 - place]
    return entry && describeEntry(projection, entry)
  })
}

function listOf(length: number, describe: (place: number) => Change | undefined): ChangeList {
  return {
    length,
    at: (index) => describe(index < 0 ? length + index : index),
    slice(from, to) {
      const changes: Change[] = []
      for (let place = Math.max(0, from); place < Math.min(to, length); place++) {
        const change = describe(place)
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
  return facts.headIds.flatMap((id) => {
    const entry = findEntry(projection, id)
    return entry ? [describeEntry(projection, entry)] : []
  })
}

/** Finds an entry by id. */
export function findEntry(projection: BookProjection, id: string): LoggedEntry | undefined {
  const [actionId = '', index] = id.split('/')
  const logged = projection.log.get(actionId)
  return logged && entryAt(readAction(logged), Number(index))
}

function describeEntry(projection: BookProjection, logged: LoggedEntry): Change {
  const { entry, action } = logged
  const { kind, subject, ...fields } = entry
  const state = projection.client(subject)
  const retraction = state?.retractionOf(logged.id)
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
    client: state?.isAdded ? subject : null,
    clientName: state?.isAdded ? (projection.rows.get(subject)?.name ?? null) : null,
    ...(state && isTierEvent(kind) ? fromAndTo(state, logged) : { from: null, to: null }),
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
  state: ClientState,
  { id, action, entry, index }: LoggedEntry,
): { from: string | null; to: string | null } {
  const isBefore = (logged: LoggedAction, at: number) => (compareActions(logged, action) || at - index) < 0
  const before = state.events.filter((event) => {
    const retraction = state.retractionOf(idOfEvent(event))
    return isBefore(event.logged, event.index) && !(retraction && isBefore(retraction.logged, retraction.index))
  })
  const self = state.events.filter((event) => idOfEvent(event) === id)
  const tierWith = (events: readonly TierEvent[]) =>
    stepOn(timelineOf([...events].sort(compareEvents)), String(entry['effectiveOn']))?.tier ?? null
  return { from: tierWith(before), to: tierWith([...before, ...self]) }
}

function fitsAction(projection: BookProjection, query: ChangeQuery): (action: { by: string; at: number }) => boolean {
  const { timeZone } = projection.settings()
  const { actor, from, to } = query
  return ({ by, at }) => {
    if (actor !== undefined && by !== actor) return false
    if (from === undefined && to === undefined) return true
    const day = dateInZone(at, timeZone)
    return (from === undefined || day >= from) && (to === undefined || day < to)
  }
}
