// One client's share of the log. Most histories are a plain chain, each change made in sight of the one before: those are folded
// as they come. Anything else (a retraction, concurrent changes, late arrivals) is worked out from the client's own entries.
import { compareActions, type LoggedAction, readAction } from '../log/action-log.ts'
import type { AnyEntry } from '../schema/entries.ts'
import { type ClientFacts, type ClientSummary, factsOf } from './client-facts.ts'
import { entryAt, isAboutClient, isTierEvent, type LoggedEntry } from './logged-entry.ts'
import { createTracks, markTracks, mergeTracks } from './timeline.ts'

/** What is known about one client. */
export interface ClientState {
  readonly id: string
  /** Takes the entry at `index` of `logged` in. */
  add(logged: LoggedAction, entry: AnyEntry, index: number): void
  summary(): ClientSummary
  facts(): ClientFacts
}

/** Makes the state of a client of which nothing is known yet. */
export function createClientState(id: string): ClientState {
  const actions: LoggedAction[] = []
  const tracks = createTracks()
  let isChain = true
  let head: LoggedAction | undefined
  let headIndex = 0
  let lastActionAt = Number.NEGATIVE_INFINITY
  let isAdded = false
  let name = ''
  let createdOn = ''
  let facts: ClientFacts | undefined

  function continueChain(logged: LoggedAction, entry: AnyEntry, index: number): boolean {
    const last = actions.at(-1)
    if (last && compareActions(last, logged) > 0) return false
    if (logged.at > lastActionAt) lastActionAt = logged.at
    if (isTierEvent(entry.kind)) {
      const after = entry['after'] as readonly string[]
      if (head ? after.length !== 1 || !isEntryId(after[0], head, headIndex) : after.length > 0) return false
      head = logged
      headIndex = index
      const mark = { on: entry['effectiveOn'] as string, tier: entry['tier'] as string, entry: `${logged.id}/${index}` }
      markTracks(tracks, entry.kind, mark)
      return true
    }
    if (entry.kind === 'client.added') isAdded = true
    if (typeof entry['name'] === 'string') name = entry['name']
    if (typeof entry['createdOn'] === 'string') createdOn = entry['createdOn']
    return entry.kind !== 'entry.retracted'
  }

  return {
    id,
    add(logged, entry, index) {
      facts = undefined
      if (isChain) isChain = continueChain(logged, entry, index)
      if (actions.at(-1) !== logged) actions.push(logged)
    },
    summary() {
      if (!isChain) return this.facts()
      return {
        steps: mergeTracks(tracks),
        contested: false,
        headIds: head ? [`${head.id}/${headIndex}`] : [],
        lastActionAt,
        isAdded,
        name,
        createdOn,
      }
    },
    facts() {
      facts ??= factsOf(entriesAbout(id, actions))
      return facts
    },
  }
}

/** Compares without building the id, which would cost a string for each entry of the log. */
function isEntryId(id: string | undefined, logged: LoggedAction, index: number): boolean {
  const length = logged.id.length
  return (
    id !== undefined && id.startsWith(logged.id) && id.charAt(length) === '/' && id.slice(length + 1) === String(index)
  )
}

function entriesAbout(client: string, actions: readonly LoggedAction[]): LoggedEntry[] {
  const found: LoggedEntry[] = []
  for (const logged of actions) {
    const action = readAction(logged)
    for (let index = 0; index < action.entries.length; index++) {
      const entry = entryAt(action, index)
      if (entry && entry.entry.subject === client && isAboutClient(entry.entry.kind)) found.push(entry)
    }
  }
  return found
}
