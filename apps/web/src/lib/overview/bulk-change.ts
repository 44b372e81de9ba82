// One change of many clients: what it would do to each, and doing it, as one batch in the log and one thing to undo.
import { errorWords } from '#lib/i18n/error-words.ts'
import { periodsSince } from '#lib/tiers/periods-since.ts'
import type { Book, ClientRow, Result } from '@tierbook/core'

/** Puts clients on a tier, or ends their service. */
export interface BulkChange {
  readonly to: { readonly tier: string } | 'end'
  readonly effectiveOn: string
  readonly reason: string
}

/** What the change means for one client; `skips` says why nothing happens to it. */
export interface BulkStep {
  readonly row: ClientRow
  readonly skips: 'already-so' | 'ended' | null
  /** The tier that holds on the day of the change without it. */
  readonly from: string | null
  /** Where the day is past and something later covers the change: until when it holds, and what holds today. */
  readonly covered: { readonly until: string; readonly tierToday: string | null } | null
}

/** Whether today's tier is the same after the change, since something later covers it. */
export function keepsToday({ row, skips, covered }: BulkStep): boolean {
  return skips === null && covered !== null && covered.tierToday === row.tier
}

/** Says for every client what the change would do, as of its day and for today. */
export function planBulk(
  rows: readonly ClientRow[],
  { to, effectiveOn }: Omit<BulkChange, 'reason'>,
  { book, today }: { book: Pick<Book, 'clients' | 'tierPeriods'>; today: string },
): BulkStep[] {
  // The rows have today's already. On another day somebody may have had service who has none today.
  const then = effectiveOn === today ? rows : book.clients({ asOf: effectiveOn })
  const onDay = new Map(then.map((row) => [row.id, row]))
  return rows.map((row): BulkStep => {
    const { tier: from, status } = onDay.get(row.id) ?? row
    const step = { row, from, covered: null }
    if (status === 'ended') return { ...step, skips: 'ended' }
    if (to !== 'end' && from === to.tier && !row.contested) return { ...step, skips: 'already-so' }
    if (effectiveOn >= today) return { ...step, skips: null }
    const { until, tierToday } = periodsSince(book, row.id, {
      from: effectiveOn,
      today,
      assuming: { to, effectiveOn },
    })
    return { ...step, skips: null, covered: until === null ? null : { until, tierToday } }
  })
}

/** Carries the plan out; clients that refuse by now are named, and of those changed `kept` are on the tier of before today. */
export async function applyBulk(
  book: Pick<Book, 'changeClients'>,
  steps: readonly BulkStep[],
  { to, effectiveOn, reason }: BulkChange,
): Promise<Result<{ batch: string; changed: number; kept: number; refused: readonly string[] }>> {
  const rows = steps.filter(({ skips }) => skips === null).map(({ row }) => row)
  const why = reason.trim()
  const result = await book.changeClients({
    clients: rows.map(({ id }) => id),
    to,
    effectiveOn,
    ...(why ? { reason: why } : {}),
  })
  if (!result.ok) return result
  const { batch, changed, refused } = result.value
  const names = refused.map(
    ({ client, ...error }) => `${rows.find(({ id }) => id === client)?.name ?? client}: ${errorWords(error)}`,
  )
  const keeping = new Set(steps.filter(keepsToday).map(({ row }) => row.id))
  const kept = changed.filter((client) => keeping.has(client)).length
  return { ok: true, value: { batch, changed: changed.length, kept, refused: names } }
}
