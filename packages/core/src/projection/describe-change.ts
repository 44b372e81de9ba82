// One entry of the log as people read it: who, when, from which tier to which, and whether it still counts.
import type { Change } from '../book.ts'
import { compareActions, type LoggedAction } from '../log/logged-action.ts'
import { isKnownKind } from '../schema/entries.ts'
import type { BookProjection } from './book-projection.ts'
import type { ClientState, Retraction } from './client-state.ts'
import { isTierEvent, type LoggedEntry, retractableKinds } from './logged-entry.ts'
import { undoingKinds, undoneUnit } from './undone-unit.ts'
import { compareEvents, idOfEvent, type TierEvent } from './tier-event.ts'
import { stepOn, timelineOf } from './timeline.ts'

/** Gives an entry as people read it. */
export type Describe = (entry: LoggedEntry) => Change

/** Describes entries as the log stands now: for one answer. */
export function describer(projection: BookProjection): Describe {
  const readings = new Map<string, ClientReading | undefined>()
  return (logged) => {
    const { subject } = logged.entry
    if (!readings.has(subject)) readings.set(subject, readClient(projection.client(subject)))
    return describeEntry(projection, logged, readings.get(subject))
  }
}

/** What is read of one client to describe its entries: a history of a thousand is read once for all of them. */
interface ClientReading {
  readonly state: ClientState
  readonly events: readonly TierEvent[]
  /** By the entry that they take back, the first in log order first. */
  readonly retractions: ReadonlyMap<string, readonly Retraction[]>
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
  const undoes = undoingKinds.has(kind) ? undoneUnit(projection, subject) : undefined
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
    ...(undoes ? { undoes } : {}),
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
