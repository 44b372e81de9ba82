// The entries about clients in packed rows, each linked to the next one of its client, to the one it builds on and to what took it back.
import { type Columns, ColumnTable, Interned } from '../log/columns.ts'
import { IdTable } from '../log/id-table.ts'
import type { ActionTable } from '../log/logged-action.ts'
import { PackedRows, type StoredRows } from '../log/packed-rows.ts'
import type { ClientEntry } from './client-entry.ts'

/** Where a row has what. A link is one more than a row's number, 0 where there is none. */
export const entryFields = {
  /** Link to the client's next entry. */
  next: 0,
  /** Row of its action. */
  action: 1,
  /** A number of `kindNumbers`. */
  kind: 2,
  /** Its place among the action's entries. */
  index: 3,
  /** Only of `tier.assigned`: one more than the number of its tier. */
  tier: 4,
  /** The `dayNumber` of a tier entry. */
  on: 5,
  /** Link to the tier entry that a tier entry names in `after`; `elsewhere` where `afters` has what it names. */
  after: 6,
  /** Link to the retraction that came first. */
  takenBack: 7,
} as const
const width = 8

/** In `after`: several entries are named, or one that is not here. */
export const elsewhere = 0xffff_ffff

const clientColumns = () => ({
  /** Links to the client's first and last entry, and to its last tier entry. */
  first: new Uint32Array(0),
  last: new Uint32Array(0),
  lastTier: new Uint32Array(0),
  /** Device clock of its latest action, epoch ms. */
  lastActionAt: new Float64Array(0),
  /** What is known about it, of {@link clientMarks}. */
  marks: new Uint8Array(0),
})
type ClientColumns = ReturnType<typeof clientColumns>

/** What is known about a client at once. */
export const clientMarks = {
  /** Somebody added it; a client nobody added is not shown. */
  added: 1,
  /** Something about it was taken back. */
  hasRetractions: 2,
  /** Its entries came out of order, or build on several or on missing ones: rows alone do not say what they add up to. */
  isTangled: 4,
} as const

/** Number of each kind about clients; stored, so new kinds come last. Those of tier entries come first. */
export const kindNumbers: ReadonlyMap<string, number> = new Map(
  ['tier.assigned', 'client.ended', 'client.resumed', 'client.added', 'client.edited', 'entry.retracted'].map(
    (kind, place) => [kind, place],
  ),
)
const [, , resumed = 0, added = 0, , retracted = 0] = kindNumbers.values()

/** Whether entries with this kind number say which tier a client is on or whether it is served. */
export const isTierKind = (kind: number): boolean => kind <= resumed

/** What an entry table holds, to be stored. */
export interface StoredEntries {
  readonly entries: StoredRows
  readonly clients: { readonly size: number; readonly columns: ClientColumns & Columns }
  readonly clientIds: readonly string[]
  readonly tiers: readonly string[]
  readonly afters: readonly (readonly [number, readonly string[]])[]
  readonly targets: readonly (readonly [number, string])[]
}

/** Entries by client. A client's number is its row among `clients` and its place in `ids`. */
export class EntryTable {
  readonly entries: PackedRows
  readonly clients: ColumnTable<ClientColumns>
  readonly ids: IdTable
  readonly tiers: Interned
  /** Entry row to the ids that a tier entry names, where `after` says `elsewhere`. */
  readonly afters: Map<number, readonly string[]>
  /** Entry row to the id that a retraction takes back. */
  readonly targets: Map<number, string>
  readonly #actions: ActionTable

  constructor(actions: ActionTable, stored?: StoredEntries) {
    this.#actions = actions
    this.entries = new PackedRows(width, stored?.entries)
    this.clients = new ColumnTable(stored?.clients.columns ?? clientColumns(), stored?.clients.size)
    this.ids = new IdTable(stored?.clientIds)
    this.tiers = new Interned(stored?.tiers)
    this.afters = new Map(stored?.afters)
    this.targets = new Map(stored?.targets)
  }

  /** Takes an entry in that stands at `index` in the action of a row. */
  add(entry: ClientEntry, action: number, index: number): void {
    const known = this.ids.place(entry.words, entry.subjectIn, entry.subject)
    const client = known < this.clients.size ? known : this.#addClient()
    const row = this.entries.addRow()
    const { words } = this.entries
    const { first, last, lastActionAt, marks } = this.clients.columns
    const kind = kindNumbers.get(entry.kind) ?? 0
    const start = row * width
    words[start + entryFields.action] = action
    words[start + entryFields.kind] = kind
    words[start + entryFields.index] = index
    const before = last[client] ?? 0
    if (before === 0) first[client] = row + 1
    else words[(before - 1) * width + entryFields.next] = row + 1
    last[client] = row + 1
    const at = this.#actions.rows.columns.at[action] ?? 0
    if (at > (lastActionAt[client] ?? 0)) lastActionAt[client] = at
    if (isTierKind(kind)) this.#noteTier(client, row, entry)
    else if (kind === added) marks[client] = (marks[client] ?? 0) | clientMarks.added
    else if (kind === retracted) this.#noteRetraction(client, row, entry)
  }

  /** Rows of one client's entries, in the order in which they came. */
  *rowsOf(client: number): IterableIterator<number> {
    const { first } = this.clients.columns
    for (let link = first[client] ?? 0; link > 0; link = this.field(link - 1, entryFields.next)) yield link - 1
  }

  /** One number of a row. */
  field(row: number, field: number): number {
    return this.entries.words[row * width + field] ?? 0
  }

  isMarked(client: number, mark: number): boolean {
    return ((this.clients.columns.marks[client] ?? 0) & mark) !== 0
  }

  toStored(): StoredEntries {
    return {
      entries: this.entries.toStored(),
      clients: { size: this.clients.size, columns: this.clients.toStored() },
      clientIds: this.ids.texts,
      tiers: this.tiers.texts,
      afters: [...this.afters],
      targets: [...this.targets],
    }
  }

  #noteTier(client: number, row: number, entry: ClientEntry): void {
    const { words } = this.entries
    const { lastTier, marks } = this.clients.columns
    const start = row * width
    const before = (lastTier[client] ?? 0) - 1
    if (entry.kind === 'tier.assigned') words[start + entryFields.tier] = this.tiers.place(entry.tier) + 1
    words[start + entryFields.on] = entry.day
    lastTier[client] = row + 1
    const named = entry.count === 0 ? -1 : entry.count > 1 ? undefined : this.#tierEntryNamed(client, entry, before)
    if (named === undefined) {
      words[start + entryFields.after] = elsewhere
      this.afters.set(row, entry.namedIds())
    } else words[start + entryFields.after] = named + 1
    if (named === undefined || (before >= 0 && !this.#isInOrder(before, row)))
      marks[client] = (marks[client] ?? 0) | clientMarks.isTangled
  }

  #noteRetraction(client: number, row: number, entry: ClientEntry): void {
    const { marks, lastTier } = this.clients.columns
    this.targets.set(row, entry.namedIds()[0] ?? '')
    const target = this.#tierEntryNamed(client, entry, (lastTier[client] ?? 0) - 1)
    const takenBack = target === undefined ? elsewhere : this.field(target, entryFields.takenBack)
    if (target !== undefined && takenBack === 0) this.entries.words[target * width + entryFields.takenBack] = row + 1
    const isTangled = takenBack === 0 ? 0 : clientMarks.isTangled
    marks[client] = (marks[client] ?? 0) | clientMarks.hasRetractions | isTangled
  }

  /** The row of the one tier entry of the client that `entry` names; most often the one `before`. */
  #tierEntryNamed(client: number, entry: ClientEntry, before: number): number | undefined {
    if (before >= 0 && this.#isNamed(before, entry)) return before
    for (const row of this.rowsOf(client))
      if (isTierKind(this.field(row, entryFields.kind)) && this.#isNamed(row, entry)) return row
    return undefined
  }

  #isNamed(row: number, { namedIn, named }: ClientEntry): boolean {
    const { session, seq } = this.#actions.rows.columns
    const action = this.field(row, entryFields.action)
    return (
      seq[action] === named.seq &&
      this.field(row, entryFields.index) === named.index &&
      namedIn.startsWith(this.#actions.sessions.at(session[action]), named.from)
    )
  }

  /** Whether the later row also comes later in log order (LG3). */
  #isInOrder(before: number, row: number): boolean {
    const { n } = this.#actions.rows.columns
    const [one, other] = [this.field(before, entryFields.action), this.field(row, entryFields.action)]
    return one === other || (n[one] ?? 0) < (n[other] ?? 0)
  }

  #addClient(): number {
    const client = this.clients.addRow()
    this.clients.columns.lastActionAt[client] = Number.NEGATIVE_INFINITY
    return client
  }
}
