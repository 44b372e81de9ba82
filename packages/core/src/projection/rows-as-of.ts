// The overview on another day, or as it was known at another moment (TL5): ten thousand clients without a visible pause.
import type { ClientRow } from '../book.ts'
import type { ActionLog } from '../log/action-log.ts'
import { dateOfDay, dayNumber, type PlainDate } from '../schema/plain-date.ts'
import { ClientState } from './client-state.ts'
import { type EntryTable, kindNumbers, links } from './entry-table.ts'
import { RowTimeline, type RowReading } from './row-timeline.ts'
import { idOfEvent, type TierEvent } from './tier-event.ts'
import { type TierFacts, tierFacts } from './tier-facts.ts'
import { stepAfter, stepOn } from './timeline.ts'

/** From where to look. */
export interface Viewpoint {
  /** The day whose tiers are asked for. */
  readonly on: PlainDate
  /** Only what was recorded up to here counts, epoch ms; everything where it is not given. */
  readonly knownAt?: number | undefined
}

/** What rows are worked out from. `recordedAt` tells when an action was recorded: by the server's clock where known, else the device's. */
export interface AsOfParts {
  readonly table: EntryTable
  readonly log: ActionLog
  readonly recordedAt: (actionRow: number) => number
}

type Seen = Pick<ClientRow, 'tier' | 'status' | 'scheduled' | 'contested'>

const [assigned = 0, ended = 0, resumed = 0, added = 0] = kindNumbers.values()

/** Gives what today's row of a client looks like from `view`; null where the client was not known yet. */
export function createRowsAsOf(parts: AsOfParts, view: Viewpoint): (row: ClientRow) => ClientRow | null {
  const { table, recordedAt } = parts
  const { kind, tier } = table.entries.columns
  const timeline = new RowTimeline(
    (row) => kind[row] === ended,
    (a, b) => a === b || (a >= 0 && b >= 0 && tier[a] === tier[b]),
  )
  const day = dayNumber(view.on)
  return (row) => {
    const client = table.ids.find(row.id)
    if (client === undefined) return null
    if (view.knownAt !== undefined && !isKnownBy(view.knownAt, table, client, recordedAt)) return null
    const seen = readChain(parts, client, view.knownAt, timeline)
      ? seenInRows(parts, timeline.read(day))
      : seenInFacts(parts, client, view)
    return { ...row, ...seen }
  }
}

/** What a client's tier entries added up to when only those recorded up to `knownAt` were known, retractions included. */
export function factsKnownAt(
  state: ClientState,
  knownAt: number | undefined,
  recordedAt: (of: Pick<TierEvent, 'logged'>) => number,
): TierFacts {
  if (knownAt === undefined) return state.facts()
  const known = state.events.filter((event) => recordedAt(event) <= knownAt)
  const retracted = known
    .map(idOfEvent)
    .filter((id) => state.retractionsOf(id).some((retraction) => recordedAt(retraction) <= knownAt))
  return tierFacts(known, new Set(retracted))
}

/** Puts a client's entries into `timeline` if each was made in sight of the one before and none was taken back: nearly always. */
function readChain(
  { table, log, recordedAt }: AsOfParts,
  client: number,
  knownAt: number | undefined,
  timeline: RowTimeline,
): boolean {
  const { kind, on, after, action, next } = table.entries.columns
  const { first, hasRetractions } = table.clients.columns
  const { n } = log.table.rows.columns
  if (hasRetractions[client] === 1) return false
  timeline.clear()
  let isBehindUnknown = false
  let lastN = 0
  for (let link = first[client] ?? 0; link > 0; link = next[link - 1] ?? 0) {
    const row = link - 1
    const what = kind[row]
    if (what !== assigned && what !== ended && what !== resumed) continue
    const actionRow = action[row] ?? 0
    if (knownAt !== undefined && recordedAt(actionRow) > knownAt) {
      isBehindUnknown = true
      continue
    }
    const entryN = n[actionRow] ?? 0
    const isChained = after[row] === (lastN === 0 ? links.nothing : links.entryBefore)
    if (!isChained || isBehindUnknown || entryN <= lastN) return false
    lastN = entryN
    timeline.place(what === assigned, on[row] ?? 0, row)
  }
  return true
}

function seenInRows({ table, log }: AsOfParts, reading: RowReading): Seen {
  const { tier, action, index } = table.entries.columns
  const tierOf = (row: number, isEnded: boolean) => (isEnded || row < 0 ? null : table.tiers.at((tier[row] ?? 0) - 1))
  const { nextRow } = reading
  return {
    tier: tierOf(reading.tierRow, reading.isEnded),
    status: reading.isEnded ? 'ended' : !reading.hasBegun && nextRow >= 0 ? 'upcoming' : 'active',
    scheduled:
      nextRow < 0
        ? null
        : {
            entry: `${log.at(action[nextRow] ?? 0).id}/${index[nextRow]}`,
            effectiveOn: dateOfDay(reading.nextDay),
            tier: tierOf(reading.nextTierRow, reading.isNextEnded),
          },
    contested: false,
  }
}

function seenInFacts({ table, log, recordedAt }: AsOfParts, client: number, view: Viewpoint): Seen {
  const state = new ClientState(table, log, client)
  const facts = factsKnownAt(state, view.knownAt, (event) => recordedAt(event.logged.row))
  const step = stepOn(facts.steps, view.on)
  const next = stepAfter(facts.steps, view.on)
  return {
    tier: step?.tier ?? null,
    status: step?.ended ? 'ended' : !step && next ? 'upcoming' : 'active',
    scheduled: next ? { entry: idOfEvent(next.cause), effectiveOn: next.on, tier: next.tier } : null,
    contested: facts.contested,
  }
}

/** Whether somebody had added the client by then. */
function isKnownBy(knownAt: number, table: EntryTable, client: number, recordedAt: AsOfParts['recordedAt']): boolean {
  const { kind, action, next } = table.entries.columns
  for (let link = table.clients.columns.first[client] ?? 0; link > 0; link = next[link - 1] ?? 0)
    if (kind[link - 1] === added && recordedAt(action[link - 1] ?? 0) <= knownAt) return true
  return false
}
