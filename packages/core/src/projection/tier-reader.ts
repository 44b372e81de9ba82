// What a client's tier entries say of one day, without an object for each entry where they are as simple as nearly all are.
import type { ClientRow } from '../book.ts'
import type { ActionLog } from '../log/action-log.ts'
import { dateOfDay, dayNumber, type PlainDate } from '../schema/plain-date.ts'
import { clientMarks, elsewhere, entryFields, isTierKind, kindNumbers } from './entry-fields.ts'
import type { EntryTable } from './entry-table.ts'
import { RowTimeline, type RowReading } from './row-timeline.ts'
import { idOfEvent } from './tier-event.ts'
import type { TierFacts } from './tier-facts.ts'
import { stepAfter, stepOn } from './timeline.ts'

/** A client on one day. */
export interface SeenOn extends Pick<ClientRow, 'tier' | 'status' | 'scheduled' | 'contested'> {
  /** The tier entries that nobody has built upon (TL4): what a new one names in `after`. */
  headIds(): readonly string[]
}

/** Only actions that were recorded by then count. `recordedAt` gives when one was, by its row. */
export interface KnownBy {
  readonly at: number
  readonly recordedAt: (actionRow: number) => number
}

const [assigned = 0, ended = 0] = kindNumbers.values()

/** Reads one client after the other from a table. */
export class TierReader {
  readonly #table: EntryTable
  readonly #log: ActionLog
  readonly #timeline: RowTimeline
  /** Entries of the client that none of the others builds on. */
  readonly #heads: number[] = []
  #headRow = -1

  constructor(table: EntryTable, log: ActionLog) {
    this.#table = table
    this.#log = log
    this.#timeline = new RowTimeline(
      (row) => table.field(row, entryFields.kind) === ended,
      (a, b) => a === b || (a >= 0 && b >= 0 && table.field(a, entryFields.tier) === table.field(b, entryFields.tier)),
    )
  }

  /** The client on `date`; `facts` works it out the long way, for the few clients that need it. */
  seenOn(client: number, date: PlainDate, facts: () => TierFacts, known?: KnownBy): SeenOn {
    return this.#readRows(client, known) ? this.#seenInRows(dayNumber(date)) : seenInFacts(facts(), date)
  }

  /** Puts a client's entries in the timeline, without those taken back, if they have one head: nearly always. */
  #readRows(client: number, known: KnownBy | undefined): boolean {
    const table = this.#table
    if (table.isMarked(client, clientMarks.isTangled)) return false
    this.#timeline.clear()
    const heads = this.#heads
    heads.length = 0
    for (let link = table.clients.columns.first[client] ?? 0; link > 0;) {
      const row = link - 1
      link = table.field(row, entryFields.next)
      const kind = table.field(row, entryFields.kind)
      if (!isTierKind(kind) || !this.#isKnown(row, known) || this.#isTakenBack(row, known)) continue
      this.#cover(row, known)
      heads.push(row)
      this.#timeline.place(kind === assigned, table.field(row, entryFields.on), row)
    }
    this.#headRow = heads[0] ?? -1
    return heads.length <= 1
  }

  /** Takes from the heads what a row builds on, directly or through entries taken back (TL4). */
  #cover(row: number, known: KnownBy | undefined): void {
    let link = this.#table.field(row, entryFields.after)
    while (link > 0 && link !== elsewhere && this.#isKnown(link - 1, known) && this.#isTakenBack(link - 1, known))
      link = this.#table.field(link - 1, entryFields.after)
    const heads = this.#heads
    if (link === 0) return
    if (heads.at(-1) === link - 1) heads.pop()
    else if (heads.includes(link - 1)) heads.splice(heads.indexOf(link - 1), 1)
  }

  #isKnown(row: number, known: KnownBy | undefined): boolean {
    return known === undefined || known.recordedAt(this.#table.field(row, entryFields.action)) <= known.at
  }

  #isTakenBack(row: number, known: KnownBy | undefined): boolean {
    const link = this.#table.field(row, entryFields.takenBack)
    return link > 0 && this.#isKnown(link - 1, known)
  }

  #seenInRows(day: number): SeenOn {
    const reading = this.#timeline.read(day)
    const { nextRow } = reading
    const head = this.#headRow
    return {
      tier: this.#tierOf(reading.tierRow, reading.isEnded),
      status: reading.isEnded ? 'ended' : !reading.hasBegun && nextRow >= 0 ? 'upcoming' : 'active',
      scheduled: nextRow < 0 ? null : this.#scheduled(reading),
      contested: false,
      headIds: () => (head < 0 ? [] : [this.#idOf(head)]),
    }
  }

  #scheduled({ nextRow, nextDay, nextTierRow, isNextEnded }: RowReading): ClientRow['scheduled'] {
    return { entry: this.#idOf(nextRow), effectiveOn: dateOfDay(nextDay), tier: this.#tierOf(nextTierRow, isNextEnded) }
  }

  #tierOf(row: number, isEnded: boolean): string | null {
    return isEnded || row < 0 ? null : this.#table.tiers.at(this.#table.field(row, entryFields.tier) - 1)
  }

  #idOf(row: number): string {
    const action = this.#table.field(row, entryFields.action)
    return `${this.#log.at(action).id}/${this.#table.field(row, entryFields.index)}`
  }
}

function seenInFacts(facts: TierFacts, date: PlainDate): SeenOn {
  const step = stepOn(facts.steps, date)
  const next = stepAfter(facts.steps, date)
  return {
    tier: step?.tier ?? null,
    status: step?.ended ? 'ended' : !step && next ? 'upcoming' : 'active',
    scheduled: next ? { entry: idOfEvent(next.cause), effectiveOn: next.on, tier: next.tier } : null,
    contested: facts.contested,
    headIds: () => facts.headIds,
  }
}
