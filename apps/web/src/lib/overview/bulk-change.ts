// One change of many clients: what it would do to each, and doing it, as one batch in the log and one thing to undo.
import { errorWords } from '#lib/i18n/error-words.ts'
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
}

/** Says for every client what the change would do; `tierOn` gives the tier that holds on the day of the change. */
export function planBulk(
  rows: readonly ClientRow[],
  change: BulkChange,
  tierOn: (row: ClientRow) => string | null,
): BulkStep[] {
  return rows.map((row) => {
    if (row.status === 'ended') return { row, skips: 'ended' }
    const isSo = change.to !== 'end' && tierOn(row) === change.to.tier && !row.contested
    return { row, skips: isSo ? 'already-so' : null }
  })
}

/** Carries the plan out; clients that refuse by now are named. */
export async function applyBulk(
  book: Pick<Book, 'changeClients'>,
  steps: readonly BulkStep[],
  { to, effectiveOn, reason }: BulkChange,
): Promise<Result<{ batch: string; changed: number; refused: readonly string[] }>> {
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
  return { ok: true, value: { batch, changed: changed.length, refused: names } }
}
