// Entries of the log as people read them: who, when, from which tier to which, and whether it still counts.
import type { Change, ChangeList, ChangeQuery } from '../book.ts'
import { type LoggedAction, readAction } from '../log/action-log.ts'
import { isKnownKind } from '../schema/entries.ts'
import { dateInZone } from '../schema/plain-date.ts'
import type { BookProjection } from './book-projection.ts'
import { type ClientFacts, stepsOf } from './client-facts.ts'
import { compareEntries, entryAt, isTierEvent, type LoggedEntry, retractableKinds } from './logged-entry.ts'
import { stepOn } from './timeline.ts'

/** The entries of the whole book that fit `query`, newest first; each is described when it is asked for. */
export function queryChanges(projection: BookProjection, query: ChangeQuery): ChangeList {
  if (query.client !== undefined) return queryClient(projection, query.client, query)
  const fits = fitsAction(projection, query)
  const actions: LoggedAction[] = []
  const indexes: number[] = []
  const ordered = projection.log.ordered()
  for (let place = ordered.length - 1; place >= 0; place--) {
    const logged = ordered[place]
    if (!logged || !fits(logged)) continue
    for (let index = logged.kinds.length - 1; index >= 0; index--) {
      if (query.kind !== undefined && logged.kinds[index] !== query.kind) continue
      actions.push(logged)
      indexes.push(index)
    }
  }
  return listOf(actions.length, (place) => {
    const logged = actions[place]
    const entry = logged && entryAt(readAction(logged), indexes[place] ?? 0)
    return entry && describeEntry(projection, entry)
  })
}

/** The entries about one client that fit `query`, newest first. */
function queryClient(projection: BookProjection, client: string, query: ChangeQuery): ChangeList {
  const fits = fitsAction(projection, query)
  const entries = (projection.client(client)?.facts().entries ?? []).filter(
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

/** Finds an entry by id. */
export function findEntry(projection: BookProjection, id: string): LoggedEntry | undefined {
  const [actionId = '', index] = id.split('/')
  const logged = projection.log.get(actionId)
  return logged && entryAt(readAction(logged), Number(index))
}

function describeEntry(projection: BookProjection, logged: LoggedEntry): Change {
  const { entry, action } = logged
  const { kind, subject, ...fields } = entry
  const facts = projection.client(subject)?.facts()
  const retraction = facts?.retracted.get(logged.id)
  const effectiveOn = typeof entry['effectiveOn'] === 'string' ? entry['effectiveOn'] : null
  return {
    id: logged.id,
    action: action.id,
    kind,
    at: action.at,
    by: action.by,
    byName: nameOf(projection, action.by),
    device: action.device,
    n: action.n,
    subject,
    client: facts ? subject : null,
    clientName: facts ? (projection.rows.get(subject)?.name ?? null) : null,
    ...(facts && isTierEvent(kind) ? fromAndTo(facts, logged) : { from: null, to: null }),
    effectiveOn,
    reason: typeof entry['reason'] === 'string' ? entry['reason'] : null,
    fields,
    retracted: retraction
      ? {
          entry: retraction.id,
          by: retraction.action.by,
          byName: nameOf(projection, retraction.action.by),
          at: retraction.action.at,
        }
      : null,
    retractable: retractableKinds.has(kind) && isKnownKind(kind) && !retraction,
    scheduled: effectiveOn !== null && isTierEvent(kind) && effectiveOn > projection.today() && !retraction,
    batch: action.batch ?? null,
    newer: !isKnownKind(kind),
  }
}

function nameOf(projection: BookProjection, actor: string): string {
  return projection.actors.get(actor)?.name ?? actor
}

/** The tier on the entry's own date, without and with the entry, from what the log held up to there. */
function fromAndTo(facts: ClientFacts, logged: LoggedEntry): { from: string | null; to: string | null } {
  const upToHere = facts.entries.filter(
    (other) =>
      isTierEvent(other.entry.kind) &&
      compareEntries(other, logged) <= 0 &&
      (other.id === logged.id || !isRetractedBy(facts, other, logged)),
  )
  const on = String(logged.entry['effectiveOn'])
  const tierOn = (events: readonly LoggedEntry[]) => stepOn(stepsOf(events), on)?.tier ?? null
  return { from: tierOn(upToHere.slice(0, -1)), to: tierOn(upToHere) }
}

function isRetractedBy(facts: ClientFacts, other: LoggedEntry, moment: LoggedEntry): boolean {
  const retraction = facts.retracted.get(other.id)
  return retraction !== undefined && compareEntries(retraction, moment) < 0
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
