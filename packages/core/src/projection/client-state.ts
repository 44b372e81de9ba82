// One client's share of the log, looked at: enough of each entry to know tier and contest, the rest read from the texts when asked for.
import { compareActions, type LoggedAction, readAction } from '../log/logged-action.ts'
import type { ActionLog } from '../log/action-log.ts'
import { dateOfDay, type PlainDate } from '../schema/plain-date.ts'
import { clientMarks, elsewhere, entryFields, isTierKind, kindNumbers } from './entry-fields.ts'
import type { EntryTable } from './entry-table.ts'
import { compareEntries, entryAt, isAboutClient, type LoggedEntry } from './logged-entry.ts'
import { type TierFacts, tierFacts } from './tier-facts.ts'
import { compareEvents, idOfEvent, type TierEvent } from './tier-event.ts'
import type { SeenOn, TierReader } from './tier-reader.ts'

/** A retraction and what it takes back. */
export interface Retraction {
  readonly target: string
  readonly logged: LoggedAction
  readonly index: number
}

const [, , , added = 0, , retracted = 0] = kindNumbers.values()
const kinds = [...kindNumbers.keys()]
const noneRetracted: ReadonlySet<string> = new Set()
const none: readonly string[] = []

/** Where clients are read from. */
export interface ClientTables {
  readonly table: EntryTable
  readonly log: ActionLog
  readonly reader: TierReader
}

/** What is known about one client, read from the table with each question: ten thousand kept answers would cost more than they save. */
export class ClientState {
  readonly id: string
  readonly #client: number
  readonly #table: EntryTable
  readonly #log: ActionLog
  readonly #reader: TierReader

  /** `client` is its number in `table`. */
  constructor({ table, log, reader }: ClientTables, client: number) {
    this.#table = table
    this.#log = log
    this.#reader = reader
    this.#client = client
    this.id = table.ids.at(client)
  }

  /** Whether somebody added it and did not undo that; a client nobody added is not shown. */
  get isAdded(): boolean {
    return this.wasEverAdded && this.wasAdded()
  }

  /** Whether somebody added it, undone or not. */
  get wasEverAdded(): boolean {
    return this.#table.isMarked(this.#client, clientMarks.added)
  }

  /** As `isAdded`, of the actions in rows of the log that `counts` takes. */
  wasAdded(counts?: (actionRow: number) => boolean): boolean {
    const table = this.#table
    const hasRetractions = table.isMarked(this.#client, clientMarks.hasRetractions)
    if (!counts && !hasRetractions) return true
    // What was taken back before it came is not linked.
    const isLinked = !counts && !table.isMarked(this.#client, clientMarks.isTangled)
    const takenBack = isLinked || !hasRetractions ? noneRetracted : this.#retractedIds(counts)
    for (const row of table.rowsOf(this.#client)) {
      if (table.field(row, entryFields.kind) !== added || counts?.(table.field(row, entryFields.action)) === false)
        continue
      if (isLinked ? table.field(row, entryFields.takenBack) === 0 : !takenBack.size || !takenBack.has(this.#idOf(row)))
        return true
    }
    return false
  }

  /** The device clock of its latest action, epoch ms. */
  get lastActionAt(): number {
    return this.#table.clients.columns.lastActionAt[this.#client] ?? Number.NEGATIVE_INFINITY
  }

  /** Its tier entries, in the order in which they came. */
  get events(): readonly TierEvent[] {
    const events: TierEvent[] = []
    const table = this.#table
    let rowBefore = -1
    for (const row of table.rowsOf(this.#client)) {
      const kind = table.field(row, entryFields.kind)
      if (!isTierKind(kind)) continue
      const tier = table.field(row, entryFields.tier)
      const before = events.at(-1)
      const link = table.field(row, entryFields.after)
      events.push(
        new ListedEvent(this.#log, table.field(row, entryFields.action), {
          index: table.field(row, entryFields.index),
          kind: kinds[kind] ?? '',
          tier: tier === 0 ? undefined : table.tiers.at(tier - 1),
          on: dateOfDay(table.field(row, entryFields.on)),
          after: before && link === rowBefore + 1 ? before : this.#namedBy(row, link),
        }),
      )
      rowBefore = row
    }
    return events
  }

  /** Those of them that were not taken back, in log order. */
  get standing(): readonly TierEvent[] {
    const retracted = this.#retractedIds()
    return this.events.filter((event) => !retracted.has(idOfEvent(event))).sort(compareEvents)
  }

  /** The client on one day. */
  seenOn(date: PlainDate): SeenOn {
    return this.#reader.seenOn(this.#client, date, () => this.facts())
  }

  /** What its tier entries add up to. */
  facts(): TierFacts {
    return tierFacts(this.events, this.#retractedIds())
  }

  /** The retraction that took an entry back; the first in log order where there are several. */
  retractionOf(entry: string): Retraction | undefined {
    let first: Retraction | undefined
    for (const retraction of this.#retractions()) {
      if (retraction.target !== entry) continue
      if (!first || compareActions(retraction.logged, first.logged) < 0) first = retraction
    }
    return first
  }

  /** All retractions, by the entry that they take back, each list in log order. */
  retractionsByTarget(): ReadonlyMap<string, readonly Retraction[]> {
    const found = new Map<string, Retraction[]>()
    for (const retraction of this.#retractions()) {
      const { target } = retraction
      const others = found.get(target)
      if (others) others.push(retraction)
      else found.set(target, [retraction])
    }
    for (const list of found.values()) if (list.length > 1) list.sort((a, b) => compareActions(a.logged, b.logged))
    return found
  }

  /** Ids of the actions with entries about the client. */
  actions(): ReadonlySet<string> {
    const rows = new Set<number>()
    for (const row of this.#table.rowsOf(this.#client)) rows.add(this.#table.field(row, entryFields.action))
    return new Set([...rows].map((row) => this.#log.at(row).id))
  }

  /** All entries about the client in log order. */
  entries(): readonly LoggedEntry[] {
    const found: LoggedEntry[] = []
    let last = -1
    for (const row of this.#table.rowsOf(this.#client)) {
      const action = this.#table.field(row, entryFields.action)
      if (action !== last) found.push(...entriesAbout(this.id, this.#log.at(action)))
      last = action
    }
    return found.sort(compareEntries)
  }

  /** Ids of the entries that a tier entry names. */
  #namedBy(row: number, link: number): readonly string[] {
    if (link === 0) return none
    return link === elsewhere ? this.#table.aftersOf(row) : [this.#idOf(link - 1)]
  }

  #idOf(row: number): string {
    const action = this.#table.field(row, entryFields.action)
    return `${this.#log.at(action).id}/${this.#table.field(row, entryFields.index)}`
  }

  *#retractions(): IterableIterator<Retraction> {
    const table = this.#table
    if (!table.isMarked(this.#client, clientMarks.hasRetractions)) return
    for (const row of table.rowsOf(this.#client)) {
      if (table.field(row, entryFields.kind) !== retracted) continue
      const logged = this.#log.at(table.field(row, entryFields.action))
      yield { target: table.targetOf(row), logged, index: table.field(row, entryFields.index) }
    }
  }

  #retractedIds(counts?: (actionRow: number) => boolean): ReadonlySet<string> {
    // A retraction of something else than a tier entry is kept and shown, and has no effect (TL3).
    if (!this.#table.isMarked(this.#client, clientMarks.hasRetractions)) return noneRetracted
    const retractions = [...this.#retractions()]
    return new Set(
      (counts ? retractions.filter(({ logged }) => counts(logged.row)) : retractions).map(({ target }) => target),
    )
  }
}

/** Most events are worked with and never asked for their action. */
class ListedEvent implements TierEvent {
  readonly n: number
  readonly index: number
  readonly kind: string
  readonly tier: string | undefined
  readonly on: string
  readonly after: TierEvent | readonly string[]
  readonly #log: ActionLog
  readonly #action: number

  constructor(log: ActionLog, action: number, fields: Pick<TierEvent, 'index' | 'kind' | 'tier' | 'on' | 'after'>) {
    this.n = log.table.rows.columns.n[action] ?? 0
    this.index = fields.index
    this.kind = fields.kind
    this.tier = fields.tier
    this.on = fields.on
    this.after = fields.after
    this.#log = log
    this.#action = action
  }

  get logged(): LoggedAction {
    return this.#log.at(this.#action)
  }
}

function entriesAbout(client: string, logged: LoggedAction): readonly LoggedEntry[] {
  const action = readAction(logged)
  const found: LoggedEntry[] = []
  for (let index = 0; index < action.entries.length; index++) {
    const entry = entryAt(action, index)
    if (entry && entry.entry.subject === client && isAboutClient(entry.entry.kind)) found.push(entry)
  }
  return found
}
