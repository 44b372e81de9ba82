// The entries about clients in packed rows, each linked to the next one of its client, to the one it builds on and to what took it back.
import { type Columns, ColumnTable, Interned } from '../log/columns.ts'
import { IdTable } from '../log/id-table.ts'
import type { ActionTable } from '../log/logged-action.ts'
import { PackedRows, type StoredRows } from '../log/packed-rows.ts'
import type { ClientEntry } from './client-entry.ts'
import { clientMarks, elsewhere, entryFields, entryWidth, isTierKind, kindNumbers } from './entry-fields.ts'
import { groupByClient } from './group-by-client.ts'

const [, , , added = 0, , retracted = 0] = kindNumbers.values()

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

/** What an entry table holds, to be stored. */
export interface StoredEntries {
  readonly entries: StoredRows
  readonly grouped: number
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
  #afters: Map<number, readonly string[]>
  #targets: Map<number, string>
  /** So many rows from the first one on stand together by client. */
  #grouped: number
  readonly #actions: ActionTable

  constructor(actions: ActionTable, stored?: StoredEntries) {
    this.#actions = actions
    this.entries = new PackedRows(entryWidth, stored?.entries)
    this.clients = new ColumnTable(stored?.clients.columns ?? clientColumns(), stored?.clients.size)
    this.ids = new IdTable(stored?.clientIds)
    this.tiers = new Interned(stored?.tiers)
    this.#afters = new Map(stored?.afters)
    this.#targets = new Map(stored?.targets)
    this.#grouped = stored?.grouped ?? 0
  }

  /** Takes an entry in that stands at `index` in the action of a row. */
  add(entry: ClientEntry, action: number, index: number): void {
    const known = this.ids.place(entry.words, entry.subjectIn, entry.subject)
    const client = known < this.clients.size ? known : this.#addClient()
    const row = this.entries.addRow()
    const { words } = this.entries
    const { first, last, lastActionAt, marks } = this.clients.columns
    const kind = kindNumbers.get(entry.kind) ?? 0
    const start = row * entryWidth
    words[start + entryFields.action] = action
    words[start + entryFields.kind] = kind
    words[start + entryFields.index] = index
    const before = last[client] ?? 0
    if (before === 0) first[client] = row + 1
    else words[(before - 1) * entryWidth + entryFields.next] = row + 1
    last[client] = row + 1
    const at = this.#actions.rows.columns.at[action] ?? 0
    if (at > (lastActionAt[client] ?? 0)) lastActionAt[client] = at
    if (isTierKind(kind)) this.#noteTier(client, row, entry)
    else if (kind === added) marks[client] = (marks[client] ?? 0) | clientMarks.added
    else if (kind === retracted) this.#noteRetraction(client, row, entry)
  }

  /**
   * Puts the rows of each client side by side, once enough of them came apart: looking at every client then reads memory from one end to
   * the other. Row numbers change.
   */
  group(): void {
    if (this.entries.size - this.#grouped < Math.max(64, this.#grouped >> 3)) return
    const moved = groupByClient(this.entries, this.clients.columns)
    const move = <T>(byRow: ReadonlyMap<number, T>) =>
      new Map([...byRow].map(([row, value]) => [moved[row] ?? 0, value]))
    this.#afters = move(this.#afters)
    this.#targets = move(this.#targets)
    this.#grouped = this.entries.size
  }

  /** Rows of one client's entries, in the order in which they came. */
  *rowsOf(client: number): IterableIterator<number> {
    const { first } = this.clients.columns
    for (let link = first[client] ?? 0; link > 0; link = this.field(link - 1, entryFields.next)) yield link - 1
  }

  /** Ids of the entries that the tier entry in a row names, where `after` says `elsewhere`. */
  aftersOf(row: number): readonly string[] {
    return this.#afters.get(row) ?? []
  }

  /** Id of the entry that the retraction in a row takes back. */
  targetOf(row: number): string {
    return this.#targets.get(row) ?? ''
  }

  /** One number of a row. */
  field(row: number, field: number): number {
    return this.entries.words[row * entryWidth + field] ?? 0
  }

  isMarked(client: number, mark: number): boolean {
    return ((this.clients.columns.marks[client] ?? 0) & mark) !== 0
  }

  toStored(): StoredEntries {
    return {
      entries: this.entries.toStored(),
      grouped: this.#grouped,
      clients: { size: this.clients.size, columns: this.clients.toStored() },
      clientIds: this.ids.texts,
      tiers: this.tiers.texts,
      afters: [...this.#afters],
      targets: [...this.#targets],
    }
  }

  #noteTier(client: number, row: number, entry: ClientEntry): void {
    const { words } = this.entries
    const { lastTier, marks } = this.clients.columns
    const start = row * entryWidth
    const before = (lastTier[client] ?? 0) - 1
    if (entry.kind === 'tier.assigned') words[start + entryFields.tier] = this.tiers.place(entry.tier) + 1
    words[start + entryFields.on] = entry.day
    lastTier[client] = row + 1
    const named = entry.count === 0 ? -1 : entry.count > 1 ? undefined : this.#entryNamed(client, entry, before)
    if (named === undefined) {
      words[start + entryFields.after] = elsewhere
      this.#afters.set(row, entry.namedIds())
    } else words[start + entryFields.after] = named + 1
    if (named === undefined || (before >= 0 && !this.#isInOrder(before, row)))
      marks[client] = (marks[client] ?? 0) | clientMarks.isTangled
  }

  #noteRetraction(client: number, row: number, entry: ClientEntry): void {
    const { marks, lastTier } = this.clients.columns
    this.#targets.set(row, entry.namedIds()[0] ?? '')
    const target = this.#entryNamed(client, entry, (lastTier[client] ?? 0) - 1)
    const takenBack = target === undefined ? elsewhere : this.field(target, entryFields.takenBack)
    if (target !== undefined && takenBack === 0)
      this.entries.words[target * entryWidth + entryFields.takenBack] = row + 1
    const isTangled = takenBack === 0 ? 0 : clientMarks.isTangled
    marks[client] = (marks[client] ?? 0) | clientMarks.hasRetractions | isTangled
  }

  /** The row of the one entry of the client that `entry` names, which is a tier entry, most often the one `before`, or its adding. */
  #entryNamed(client: number, entry: ClientEntry, before: number): number | undefined {
    if (before >= 0 && this.#isNamed(before, entry)) return before
    for (const row of this.rowsOf(client)) {
      const kind = this.field(row, entryFields.kind)
      if ((isTierKind(kind) || kind === added) && this.#isNamed(row, entry)) return row
    }
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
