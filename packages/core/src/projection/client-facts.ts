// Everything that follows from one client's entries: a pure function, whatever order they arrived in.
import { findHeads, isContested } from './heads.ts'
import { compareEntries, isTierEvent, type LoggedEntry, retractableKinds } from './logged-entry.ts'
import { createTracks, markTracks, mergeTracks, type TierStep } from './timeline.ts'

/** What the log says about a client as a whole: enough for its row. */
export interface ClientSummary {
  readonly steps: readonly TierStep[]
  readonly contested: boolean
  /** The tier entries that nobody has built upon (TL4): what a new one names in `after`. */
  readonly headIds: readonly string[]
  /** The device clock of its latest action, epoch ms. */
  readonly lastActionAt: number
  /** Whether somebody added it; a client nobody added is not shown. */
  readonly isAdded: boolean
  readonly name: string
  readonly createdOn: string
}

/** What follows from a client's entries in detail: for its history and for commands. */
export interface ClientFacts extends ClientSummary {
  /** All entries about the client in log order. */
  readonly entries: readonly LoggedEntry[]
  /** Entry id to the retraction that took it back. */
  readonly retracted: ReadonlyMap<string, LoggedEntry>
}

/** Works the facts out; sorts `entries` in place into log order. */
export function factsOf(entries: LoggedEntry[]): ClientFacts {
  entries.sort(compareEntries)
  const byId = new Map(entries.map((logged) => [logged.id, logged]))
  const retracted = findRetracted(entries, byId)
  const events = entries.filter((logged) => isTierEvent(logged.entry.kind) && !retracted.has(logged.id))
  const heads = findHeads(events, retracted, byId)
  const { lastActionAt, isAdded, name, createdOn } = describe(entries)
  return {
    entries,
    retracted,
    headIds: heads.map((head) => head.id),
    steps: stepsOf(events),
    contested: isContested(heads),
    lastActionAt,
    isAdded,
    name,
    createdOn,
  }
}

/** The steps that unretracted tier entries in log order make. */
export function stepsOf(events: readonly LoggedEntry[]): readonly TierStep[] {
  const tracks = createTracks()
  for (const { id, entry } of events) {
    markTracks(tracks, entry.kind, { on: String(entry['effectiveOn']), tier: String(entry['tier']), entry: id })
  }
  return mergeTracks(tracks)
}

function describe(entries: readonly LoggedEntry[]) {
  let lastActionAt = Number.NEGATIVE_INFINITY
  let isAdded = false
  let name = ''
  let createdOn = ''
  for (const { action, entry } of entries) {
    if (action.at > lastActionAt) lastActionAt = action.at
    if (entry.kind === 'client.added') isAdded = true
    if (typeof entry['name'] === 'string') name = entry['name']
    if (typeof entry['createdOn'] === 'string') createdOn = entry['createdOn']
  }
  return { lastActionAt, isAdded, name, createdOn }
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
