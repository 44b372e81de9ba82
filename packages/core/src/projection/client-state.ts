// One client's share of the log: enough of each entry to know tier and contest, the rest read from the texts when history is asked for.
import { compareActions, type LoggedAction, readAction } from '../log/action-log.ts'
import type { AnyEntry } from '../schema/entries.ts'
import { type TierFacts, tierFacts } from './tier-facts.ts'
import { compareEntries, entryAt, isAboutClient, isTierEvent, type LoggedEntry } from './logged-entry.ts'
import type { TierEvent } from './tier-event.ts'

/** A retraction and what it takes back. */
export interface Retraction {
  readonly target: string
  readonly logged: LoggedAction
  readonly index: number
}

/** What is known about one client. */
export interface ClientState {
  readonly id: string
  /** Takes the entry at `index` of `logged` in. */
  add(logged: LoggedAction, entry: AnyEntry, index: number): void
  /** Whether somebody added it; a client nobody added is not shown. */
  readonly isAdded: boolean
  /** The latest name and first day that the log tells, for where the describing fields are missing. */
  readonly name: string
  readonly createdOn: string
  /** The device clock of its latest action, epoch ms. */
  readonly lastActionAt: number
  readonly events: readonly TierEvent[]
  facts(): TierFacts
  /** The retraction that took an entry back; the first in log order where there are several. */
  retractionOf(entry: string): Retraction | undefined
  /** All entries about the client in log order. */
  entries(): readonly LoggedEntry[]
}

/** Makes the state of a client of which nothing is known yet. */
export function createClientState(id: string): ClientState {
  const actions: LoggedAction[] = []
  const events: TierEvent[] = []
  const retractions = new Map<string, Retraction>()
  let described: LoggedAction | undefined
  let isAdded = false
  let name = ''
  let createdOn = ''
  let lastActionAt = Number.NEGATIVE_INFINITY
  let facts: TierFacts | undefined
  let entries: readonly LoggedEntry[] | undefined

  function describe(logged: LoggedAction, entry: AnyEntry): void {
    if (entry.kind === 'client.added') isAdded = true
    if (described && compareActions(described, logged) > 0) return
    described = logged
    if (typeof entry['name'] === 'string') name = entry['name']
    if (typeof entry['createdOn'] === 'string') createdOn = entry['createdOn']
  }

  function retract(retraction: Retraction): void {
    const known = retractions.get(retraction.target)
    if (!known || compareActions(retraction.logged, known.logged) < 0) retractions.set(retraction.target, retraction)
  }

  return {
    id,
    add(logged, entry, index) {
      entries = undefined
      if (logged.at > lastActionAt) lastActionAt = logged.at
      if (actions.at(-1) !== logged) actions.push(logged)
      if (isTierEvent(entry.kind)) {
        facts = undefined
        events.push(eventOf(logged, entry, index, events.at(-1)))
      } else if (entry.kind === 'entry.retracted') {
        facts = undefined
        retract({ target: String(entry['target']), logged, index })
      } else describe(logged, entry)
    },
    get isAdded() {
      return isAdded
    },
    get name() {
      return name
    },
    get createdOn() {
      return createdOn
    },
    get lastActionAt() {
      return lastActionAt
    },
    events,
    facts() {
      // A retraction of something else than a tier entry is kept and shown, and has no effect (TL3).
      facts ??= tierFacts(events, retractions.size === 0 ? noneRetracted : new Set(retractions.keys()))
      return facts
    },
    retractionOf: (entry) => retractions.get(entry),
    entries() {
      entries ??= entriesAbout(id, actions)
      return entries
    },
  }
}

const noneRetracted: ReadonlySet<string> = new Set()

function eventOf(logged: LoggedAction, entry: AnyEntry, index: number, last: TierEvent | undefined): TierEvent {
  const after = entry['after'] as readonly string[]
  return {
    logged,
    index,
    kind: entry.kind,
    tier: entry['tier'] as string | undefined,
    on: entry['effectiveOn'] as string,
    after: last && after.length === 1 && isIdOf(last, after[0]) ? last : after,
  }
}

/** Compares without building the id, which would cost a text for each entry of the log. */
function isIdOf({ logged: { session, seq }, index }: TierEvent, id: string | undefined): boolean {
  if (!id?.startsWith(session)) return false
  const slash = id.indexOf('/', session.length)
  return Number(id.slice(session.length + 1, slash)) === seq && Number(id.slice(slash + 1)) === index
}

function entriesAbout(client: string, actions: readonly LoggedAction[]): readonly LoggedEntry[] {
  const found: LoggedEntry[] = []
  for (const logged of actions) {
    const action = readAction(logged)
    for (let index = 0; index < action.entries.length; index++) {
      const entry = entryAt(action, index)
      if (entry && entry.entry.subject === client && isAboutClient(entry.entry.kind)) found.push(entry)
    }
  }
  return found.sort(compareEntries)
}
