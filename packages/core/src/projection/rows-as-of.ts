// The overview on another day, or as it was known at another moment (TL5): ten thousand clients without a visible pause.
import type { ClientRow } from '../book.ts'
import type { ActionLog } from '../log/action-log.ts'
import type { PlainDate } from '../schema/plain-date.ts'
import { ClientState } from './client-state.ts'
import type { EntryTable } from './entry-table.ts'
import { idOfEvent, type TierEvent } from './tier-event.ts'
import { type TierFacts, tierFacts } from './tier-facts.ts'
import { TierReader } from './tier-reader.ts'

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

/** Gives what today's row of a client looks like from `view`, by its number; null where the client was not known yet. */
export function createRowsAsOf(
  parts: AsOfParts,
  view: Viewpoint,
): (row: ClientRow, client: number) => ClientRow | null {
  const { table, log, recordedAt } = parts
  const reader = new TierReader(table, log)
  const { knownAt } = view
  const known = knownAt === undefined ? undefined : { at: knownAt, recordedAt }
  const counts = knownAt === undefined ? undefined : (row: number) => recordedAt(row) <= knownAt
  table.group()
  return (row, client) => {
    const state = new ClientState({ table, log, reader }, client)
    if (!state.wasAdded(counts)) return null
    const facts = () => factsKnownAt(state, knownAt, ({ logged }) => recordedAt(logged.row))
    const { tier, status, scheduled, contested } = reader.seenOn(client, view.on, facts, known)
    return { ...row, tier, status, scheduled, contested }
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
  const retractions = state.retractionsByTarget()
  const retracted = known
    .map(idOfEvent)
    .filter((id) => retractions.get(id)?.some((retraction) => recordedAt(retraction) <= knownAt))
  return tierFacts(known, new Set(retracted))
}
