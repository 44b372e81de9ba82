// What the log says about one client, worked out from its own entries only: an edit costs work for one client, not for all.
import { findHeads, isContested } from './heads.ts'
import { compareEntries, isTierEvent, type LoggedEntry, retractableKinds } from './logged-entry.ts'
import { buildTimeline, type TierStep } from './timeline.ts'

/** What follows from a client's entries. */
export interface ClientFacts {
  /** All entries about the client in log order. */
  readonly entries: readonly LoggedEntry[]
  readonly byId: ReadonlyMap<string, LoggedEntry>
  /** Entry id to the retraction that took it back. */
  readonly retracted: ReadonlyMap<string, LoggedEntry>
  readonly steps: readonly TierStep[]
  readonly heads: readonly LoggedEntry[]
  readonly contested: boolean
  readonly lastActionAt: number
  /** The first `client.added`; a client without one is not shown. */
  readonly added: LoggedEntry | undefined
  readonly createdOn: string
}

/** The entries of one client, and the facts they add up to. */
export interface ClientState {
  readonly id: string
  add(entry: LoggedEntry): void
  facts(): ClientFacts
}

/** Makes the state of one client; facts are worked out when asked for after a change. */
export function createClientState(id: string): ClientState {
  const entries: LoggedEntry[] = []
  let facts: ClientFacts | undefined
  return {
    id,
    add(entry) {
      entries.push(entry)
      facts = undefined
    },
    facts() {
      facts ??= factsOf(entries)
      return facts
    },
  }
}

/** The facts that `entries` add up to; sorts them in place into log order. */
export function factsOf(entries: LoggedEntry[]): ClientFacts {
  entries.sort(compareEntries)
  const byId = new Map<string, LoggedEntry>()
  for (const entry of entries) byId.set(entry.id, entry)
  const retracted = findRetracted(entries, byId)
  const events = entries.filter((entry) => isTierEvent(entry.entry.kind) && !retracted.has(entry.id))
  const heads = findHeads(events, retracted, byId)
  let lastActionAt = Number.NEGATIVE_INFINITY
  let added: LoggedEntry | undefined
  let createdOn = ''
  for (const logged of entries) {
    if (logged.action.at > lastActionAt) lastActionAt = logged.action.at
    if (logged.entry.kind === 'client.added') added ??= logged
    const created = logged.entry['createdOn']
    if (typeof created === 'string') createdOn = created
  }
  return {
    entries,
    byId,
    retracted,
    steps: buildTimeline(events),
    heads,
    contested: heads.length > 1 && isContested(heads),
    lastActionAt,
    added,
    createdOn,
  }
}

function findRetracted(
  entries: readonly LoggedEntry[],
  byId: ReadonlyMap<string, LoggedEntry>,
): Map<string, LoggedEntry> {
  const retracted = new Map<string, LoggedEntry>()
  for (const logged of entries) {
    if (logged.entry.kind !== 'entry.retracted') continue
    const target = byId.get(String(logged.entry['target']))
    // A retraction of something else is kept and shown, and has no effect (TL3).
    if (target && retractableKinds.has(target.entry.kind) && !retracted.has(target.id)) retracted.set(target.id, logged)
  }
  return retracted
}
