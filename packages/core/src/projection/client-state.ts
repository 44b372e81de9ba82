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

const noneRetracted: ReadonlySet<string> = new Set()

/**
 * What is known about one client. A class and not a factory, since a book has ten thousand of them: closures for each would
 * take more memory than what they hold, and time to collect around.
 */
export class ClientState {
  readonly id: string
  /** Whether somebody added it; a client nobody added is not shown. */
  isAdded = false
  /** The latest name and first day that the log tells, for where the describing fields are missing. */
  name = ''
  createdOn = ''
  /** The device clock of its latest action, epoch ms. */
  lastActionAt: number = Number.NEGATIVE_INFINITY
  readonly events: TierEvent[] = []
  readonly #share: (text: string) => string
  readonly #actions: LoggedAction[] = []
  #retractions: Map<string, Retraction> | undefined
  #described: LoggedAction | undefined
  #entries: readonly LoggedEntry[] | undefined

  /** `share` gives one copy of texts that many entries repeat. */
  constructor(id: string, share: (text: string) => string) {
    this.id = id
    this.#share = share
  }

  /** Takes the entry at `index` of `logged` in. */
  add(logged: LoggedAction, entry: AnyEntry, index: number): void {
    this.#entries = undefined
    if (logged.at > this.lastActionAt) this.lastActionAt = logged.at
    if (this.#actions[this.#actions.length - 1] !== logged) this.#actions.push(logged)
    if (isTierEvent(entry.kind)) {
      this.events.push(this.#eventOf(logged, entry, index))
    } else if (entry.kind === 'entry.retracted') {
      this.#retract({ target: String(entry['target']), logged, index })
    } else this.#describe(logged, entry)
  }

  /** Worked out anew each time: that takes two microseconds, and keeping them for ten thousand clients a third of the memory. */
  facts(): TierFacts {
    // A retraction of something else than a tier entry is kept and shown, and has no effect (TL3).
    return tierFacts(this.events, this.#retractions ? new Set(this.#retractions.keys()) : noneRetracted)
  }

  /** The retraction that took an entry back; the first in log order where there are several. */
  retractionOf(entry: string): Retraction | undefined {
    return this.#retractions?.get(entry)
  }

  /** All entries about the client in log order. */
  entries(): readonly LoggedEntry[] {
    this.#entries ??= entriesAbout(this.id, this.#actions)
    return this.#entries
  }

  #describe(logged: LoggedAction, entry: AnyEntry): void {
    if (entry.kind === 'client.added') this.isAdded = true
    if (this.#described && compareActions(this.#described, logged) > 0) return
    this.#described = logged
    if (typeof entry['name'] === 'string') this.name = entry['name']
    if (typeof entry['createdOn'] === 'string') this.createdOn = entry['createdOn']
  }

  #retract(retraction: Retraction): void {
    this.#retractions ??= new Map()
    const known = this.#retractions.get(retraction.target)
    if (!known || compareActions(retraction.logged, known.logged) < 0)
      this.#retractions.set(retraction.target, retraction)
  }

  #eventOf(logged: LoggedAction, entry: AnyEntry, index: number): TierEvent {
    const after = entry['after'] as readonly string[]
    const last = this.events[this.events.length - 1]
    const tier = entry['tier'] as string | undefined
    return {
      logged,
      index,
      kind: entry.kind,
      tier: tier === undefined ? undefined : this.#share(tier),
      on: this.#share(entry['effectiveOn'] as string),
      after: last && after.length === 1 && isIdOf(last, after[0]) ? last : after.length === 0 ? none : after,
    }
  }
}

const none: readonly string[] = []

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
