// Entries of the log as people read them: who, when, from which tier to which, and whether it still counts.
import type { Change, ChangeList, ChangeQuery } from '../book.ts'
import { isKnownKind } from '../schema/entries.ts'
import { dateInZone } from '../schema/plain-date.ts'
import type { BookProjection } from './book-projection.ts'
import type { ClientFacts } from './client-state.ts'
import { compareEntries, isTierEvent, type LoggedEntry, retractableKinds } from './logged-entry.ts'
import { buildTimeline, stepOn } from './timeline.ts'

/** The entries that fit `query`, newest first; each is described when it is asked for. */
export function queryChanges(projection: BookProjection, query: ChangeQuery): ChangeList {
  const entries =
    query.client === undefined ? entriesOfBook(projection, query) : entriesOfClient(projection, query.client, query)
  return {
    get length() {
      return entries.length
    },
    at(index) {
      const entry = entries.at(index)
      return entry && describeEntry(projection, entry)
    },
    slice: (from, to) => entries.slice(from, to).map((entry) => describeEntry(projection, entry)),
  }
}

/** Describes one entry. */
export function describeEntry(projection: BookProjection, logged: LoggedEntry): Change {
  const { entry, action } = logged
  const { kind, subject, ...fields } = entry
  const isAboutClient = projection.client(subject) !== undefined
  const facts = isAboutClient ? projection.client(subject)?.facts() : undefined
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
    client: isAboutClient ? subject : null,
    clientName: isAboutClient ? (projection.rows.get(subject)?.name ?? null) : null,
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

/** Finds an entry by id. */
export function findEntry(projection: BookProjection, id: string): LoggedEntry | undefined {
  const [actionId = '', indexText] = id.split('/')
  const index = Number(indexText)
  const logged = projection.log.get(actionId)
  const entry = logged?.action.entries[index]
  return logged && entry ? { id, action: logged.action, entry, index } : undefined
}

function nameOf(projection: BookProjection, actor: string): string {
  return projection.actors.get(actor)?.name ?? actor
}

/** The tier on the entry's own date as its author's place in the log saw it, before and after the entry. */
function fromAndTo(facts: ClientFacts, logged: LoggedEntry): { from: string | null; to: string | null } {
  const events = facts.entries.filter(
    (other) => isTierEvent(other.entry.kind) && !wasRetractedBefore(facts, other, logged),
  )
  const place = events.findIndex((other) => other.id === logged.id)
  const on = String(logged.entry['effectiveOn'])
  const tierAfter = (count: number) => stepOn(buildTimeline(events.slice(0, count)), on)?.tier ?? null
  return { from: tierAfter(place), to: tierAfter(place + 1) }
}

function wasRetractedBefore(facts: ClientFacts, other: LoggedEntry, moment: LoggedEntry): boolean {
  const retraction = facts.retracted.get(other.id)
  return other.id !== moment.id && retraction !== undefined && compareEntries(retraction, moment) < 0
}

function entriesOfClient(projection: BookProjection, client: string, query: ChangeQuery): LoggedEntry[] {
  const entries = projection.client(client)?.facts().entries ?? []
  return entries.filter(fits(projection, query)).reverse()
}

function entriesOfBook(projection: BookProjection, query: ChangeQuery): LoggedEntry[] {
  const isWanted = fits(projection, query)
  const found: LoggedEntry[] = []
  const actions = projection.log.ordered()
  for (let place = actions.length - 1; place >= 0; place--) {
    const action = actions[place]?.action
    if (!action) continue
    for (let index = action.entries.length - 1; index >= 0; index--) {
      const entry = action.entries[index]
      const logged = entry && { id: `${action.id}/${index}`, action, entry, index }
      if (logged && isWanted(logged)) found.push(logged)
    }
  }
  return found
}

function fits(projection: BookProjection, query: ChangeQuery): (logged: LoggedEntry) => boolean {
  const { timeZone } = projection.settings()
  const isDated = query.from !== undefined || query.to !== undefined
  return ({ action, entry }) => {
    if (query.actor !== undefined && action.by !== query.actor) return false
    if (query.kind !== undefined && entry.kind !== query.kind) return false
    if (!isDated) return true
    const day = dateInZone(action.at, timeZone)
    return (query.from === undefined || day >= query.from) && (query.to === undefined || day < query.to)
  }
}
