// What a client's tier entries say of one day, without an object for each entry where they are as simple as nearly all are.
import type { ClientRow } from '../book.ts'
import type { ActionLog } from '../log/action-log.ts'
import { dateOfDay, dayNumber, type PlainDate } from '../schema/plain-date.ts'
import { type EntryTable, kindNumbers, links } from './entry-table.ts'
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

const [assigned = 0, ended = 0, resumed = 0] = kindNumbers.values()

/** Reads one client after the other from a table. */
export class TierReader {
  readonly #table: EntryTable
  readonly #log: ActionLog
  readonly #timeline: RowTimeline
  #headRow = -1

  constructor(table: EntryTable, log: ActionLog) {
    this.#table = table
    this.#log = log
    this.#timeline = new RowTimeline(
      (row) => table.entries.columns.kind[row] === ended,
      (a, b) => a === b || (a >= 0 && b >= 0 && table.entries.columns.tier[a] === table.entries.columns.tier[b]),
    )
  }

  /** The client on `date`; `facts` works it out the long way, for the few clients that need it. */
  seenOn(client: number, date: PlainDate, facts: () => TierFacts, known?: KnownBy): SeenOn {
    return this.#readChain(client, known) ? this.#seenInRows(dayNumber(date)) : seenInFacts(facts(), date)
  }

  /** Puts a client's entries in the timeline if each was made in sight of the one before and none was taken back: nearly always. */
  #readChain(client: number, known: KnownBy | undefined): boolean {
    const { kind, on, after, action, next } = this.#table.entries.columns
    const { first, hasRetractions } = this.#table.clients.columns
    const { n } = this.#log.table.rows.columns
    if (hasRetractions[client] === 1) return false
    this.#timeline.clear()
    this.#headRow = -1
    let isBehindUnknown = false
    let lastN = 0
    for (let link = first[client] ?? 0; link > 0; link = next[link - 1] ?? 0) {
      const row = link - 1
      const what = kind[row]
      if (what !== assigned && what !== ended && what !== resumed) continue
      const actionRow = action[row] ?? 0
      if (known && known.recordedAt(actionRow) > known.at) {
        isBehindUnknown = true
        continue
      }
      const entryN = n[actionRow] ?? 0
      const isChained = after[row] === (lastN === 0 ? links.nothing : links.entryBefore)
      if (!isChained || isBehindUnknown || entryN <= lastN) return false
      lastN = entryN
      this.#headRow = row
      this.#timeline.place(what === assigned, on[row] ?? 0, row)
    }
    return true
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
    return isEnded || row < 0 ? null : this.#table.tiers.at((this.#table.entries.columns.tier[row] ?? 0) - 1)
  }

  #idOf(row: number): string {
    const { action, index } = this.#table.entries.columns
    return `${this.#log.at(action[row] ?? 0).id}/${index[row]}`
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
