// The entries about clients in columns, each linked to the next one of its client.
import { ColumnTable, Interned } from '../log/columns.ts'
import type { AnyEntry } from '../schema/entries.ts'
import { dayNumber } from '../schema/plain-date.ts'

const entryColumns = () => ({
  /** Row of its action. */
  action: new Uint32Array(0),
  /** Its place among the action's entries. */
  index: new Uint16Array(0),
  kind: new Uint16Array(0),
  /** Only of `tier.assigned`, one more than its number. */
  tier: new Uint32Array(0),
  /** The `dayNumber` of a tier entry. */
  on: new Uint32Array(0),
  /** A {@link Link}. */
  after: new Uint8Array(0),
  /** One more than the row of the client's next entry. */
  next: new Uint32Array(0),
})

const clientColumns = () => ({
  /** One more than the row of the client's first and last entry, and of its last tier entry. */
  first: new Uint32Array(0),
  last: new Uint32Array(0),
  lastTier: new Uint32Array(0),
  /** Device clock of its latest action, epoch ms. */
  lastActionAt: new Float64Array(0),
  /** Whether somebody added it; a client nobody added is not shown. */
  isAdded: new Uint8Array(0),
  /** Whether something about it was taken back. */
  hasRetractions: new Uint8Array(0),
})

/** What a tier entry's `after` names. */
export const links = {
  nothing: 0,
  /** The client's tier entry that came before it, and nothing else: by far the most common. */
  entryBefore: 1,
  /** Something else; see `afters`. */
  other: 2,
} as const

/** Number of each kind about clients; stored, so new kinds come last. */
export const kindNumbers: ReadonlyMap<string, number> = new Map(
  ['tier.assigned', 'client.ended', 'client.resumed', 'client.added', 'client.edited', 'entry.retracted'].map(
    (kind, place) => [kind, place],
  ),
)
const [assigned, ended, resumed, added, , retracted] = kindNumbers.values()

/** What an entry table holds, to be stored. */
export interface StoredEntries {
  readonly entries: { readonly size: number; readonly columns: ReturnType<typeof entryColumns> }
  readonly clients: { readonly size: number; readonly columns: ReturnType<typeof clientColumns> }
  readonly clientIds: readonly string[]
  readonly tiers: readonly string[]
  readonly afters: readonly (readonly [number, readonly string[]])[]
  readonly targets: readonly (readonly [number, string])[]
}

/** Entries by client. A client's number is its row among `clients` and its place in `ids`. */
export class EntryTable {
  readonly entries: ColumnTable<ReturnType<typeof entryColumns>>
  readonly clients: ColumnTable<ReturnType<typeof clientColumns>>
  readonly ids: Interned
  readonly tiers: Interned
  /** Entry row to the ids that a tier entry names, where it is not just the one before. */
  readonly afters: Map<number, readonly string[]>
  /** Entry row to the id that a retraction takes back. */
  readonly targets: Map<number, string>

  constructor(stored?: StoredEntries) {
    this.entries = new ColumnTable(stored?.entries.columns ?? entryColumns(), stored?.entries.size)
    this.clients = new ColumnTable(stored?.clients.columns ?? clientColumns(), stored?.clients.size)
    this.ids = new Interned(stored?.clientIds)
    this.tiers = new Interned(stored?.tiers)
    this.afters = new Map(stored?.afters)
    this.targets = new Map(stored?.targets)
  }

  /** Takes an entry in; `isBefore` says whether an id names the tier entry in a row. */
  add(
    entry: AnyEntry,
    place: { action: number; index: number; at: number },
    isBefore: (id: string, row: number) => boolean,
  ): void {
    const client = this.#clientOf(entry.subject)
    const row = this.entries.addRow()
    const { action, index, kind, next } = this.entries.columns
    const { first, last, lastActionAt, isAdded, hasRetractions } = this.clients.columns
    action[row] = place.action
    index[row] = place.index
    const number = kindNumbers.get(entry.kind) ?? 0
    kind[row] = number
    const before = last[client] ?? 0
    if (before === 0) first[client] = row + 1
    else next[before - 1] = row + 1
    last[client] = row + 1
    if (place.at > (lastActionAt[client] ?? 0)) lastActionAt[client] = place.at
    if (number === added) isAdded[client] = 1
    else if (number === retracted) {
      hasRetractions[client] = 1
      this.targets.set(row, String(entry['target']))
    } else if (number === assigned || number === ended || number === resumed)
      this.#noteTier(client, row, entry, isBefore)
  }

  /** Rows of one client's entries, in the order in which they came. */
  *rowsOf(client: number): IterableIterator<number> {
    const { first } = this.clients.columns
    for (let link = first[client] ?? 0; link > 0; link = this.entries.columns.next[link - 1] ?? 0) yield link - 1
  }

  toStored(): StoredEntries {
    return {
      entries: { size: this.entries.size, columns: this.entries.toStored() },
      clients: { size: this.clients.size, columns: this.clients.toStored() },
      clientIds: this.ids.texts,
      tiers: this.tiers.texts,
      afters: [...this.afters],
      targets: [...this.targets],
    }
  }

  #noteTier(client: number, row: number, entry: AnyEntry, isBefore: (id: string, row: number) => boolean): void {
    const { tier, on, after } = this.entries.columns
    const { lastTier } = this.clients.columns
    const named = entry['after'] as readonly string[]
    const before = lastTier[client] ?? 0
    if (named.length === 0) after[row] = links.nothing
    else if (named.length === 1 && before > 0 && isBefore(named[0] ?? '', before - 1)) after[row] = links.entryBefore
    else {
      after[row] = links.other
      this.afters.set(row, named)
    }
    if (entry.kind === 'tier.assigned') tier[row] = this.tiers.place(entry['tier'] as string) + 1
    on[row] = dayNumber(entry['effectiveOn'] as string)
    lastTier[client] = row + 1
  }

  #clientOf(id: string): number {
    const known = this.ids.place(id)
    if (known < this.clients.size) return known
    const client = this.clients.addRow()
    const { lastActionAt } = this.clients.columns
    lastActionAt[client] = Number.NEGATIVE_INFINITY
    return client
  }
}
