// Builds one row of the overview from what the log says and what merely describes the client.
import type { ClientRow } from '../book.ts'
import { textLimits } from '../schema/entries.ts'
import { isPlainDate, type PlainDate } from '../schema/plain-date.ts'
import type { ClientState } from './client-state.ts'
import { type DescribedFields, textOr } from './described-fields.ts'

/** The row of one client as of `today`, and the day on which it turns over by itself (TL6). */
export function buildRow(
  state: ClientState,
  fields: DescribedFields,
  reportedAt: number | undefined,
  moment: { today: PlainDate; now: number },
): { row: ClientRow; turnsOn: PlainDate | null } {
  const { id } = state
  const { tier, status, scheduled, contested } = state.seenOn(moment.today)
  const { createdOn, otherRefs } = fields
  const seen = Math.max(state.lastActionAt, reportedAt ?? Number.NEGATIVE_INFINITY)
  const row: ClientRow = {
    id,
    name: textOr(fields.name, textLimits.name) ?? state.described('name'),
    tier,
    status,
    createdOn: isPlainDate(createdOn) ? createdOn : state.described('createdOn'),
    lastActivity: Number.isFinite(seen) ? Math.min(seen, moment.now) : null,
    externalRef: textOr(fields.externalRef, textLimits.externalRef),
    note: textOr(fields.note, textLimits.note),
    scheduled,
    contested,
    ...(otherRefs?.length ? { otherRefs: otherRefs.toSorted((a, b) => (a.system < b.system ? -1 : 1)) } : {}),
  }
  return { row, turnsOn: scheduled?.effectiveOn ?? null }
}
