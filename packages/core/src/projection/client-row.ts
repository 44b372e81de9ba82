// Builds one row of the overview from its tiers and what describes the client.
import type { ClientRow } from '../book.ts'
import type { PlainDate } from '../schema/plain-date.ts'
import type { ClientState } from './client-state.ts'
import type { DescribedFields } from './described-fields.ts'

/** The row of one client as of `today`, and the day on which it turns over by itself (TL6). */
export function buildRow(
  state: ClientState,
  fields: DescribedFields,
  reportedAt: number | undefined,
  moment: { today: PlainDate; now: number },
): { row: ClientRow; turnsOn: PlainDate | null } {
  const { id } = state
  const { tier, status, scheduled, contested } = state.seenOn(moment.today)
  const { name, createdOn, externalRef, note, otherRefs } = fields
  const seen = Math.max(state.lastActionAt, reportedAt ?? Number.NEGATIVE_INFINITY)
  const row: ClientRow = {
    id,
    name,
    tier,
    status,
    createdOn,
    lastActivity: Number.isFinite(seen) ? Math.min(seen, moment.now) : null,
    externalRef,
    note,
    scheduled,
    contested,
    ...(otherRefs?.length ? { otherRefs: otherRefs.toSorted((a, b) => (a.system < b.system ? -1 : 1)) } : {}),
  }
  return { row, turnsOn: scheduled?.effectiveOn ?? null }
}
