// One change of many clients: what it would do to each, and doing it. Each client gets its own action, one after the other; what was done can be
// taken back together.
import type { Book, ClientRow, CommandError } from '@tierbook/core'

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

/** What happened: entries that were made, and the clients that refused. */
export interface BulkResult {
  readonly entries: readonly string[]
  readonly refused: readonly { readonly row: ClientRow; readonly error: CommandError }[]
}

/** Says for every client what the change would do; `tierOn` is the tier that holds on the day. */
export function planBulk(
  rows: readonly ClientRow[],
  change: BulkChange,
  tierOn: (client: string, date: string) => string | null,
): BulkStep[] {
  return rows.map((row) => {
    if (row.status === 'ended') return { row, skips: 'ended' }
    const isSo = change.to !== 'end' && tierOn(row.id, change.effectiveOn) === change.to.tier && !row.contested
    return { row, skips: isSo ? 'already-so' : null }
  })
}

/** Carries the plan out; `onProgress` hears how many clients are done. */
export async function applyBulk(
  book: Pick<Book, 'assignTier' | 'endClient'>,
  steps: readonly BulkStep[],
  change: BulkChange,
  onProgress: (done: number) => void,
): Promise<BulkResult> {
  const entries: string[] = []
  const refused: { row: ClientRow; error: CommandError }[] = []
  const reason = change.reason.trim()
  let done = 0
  for (const { row, skips } of steps) {
    if (skips) continue
    const common = { client: row.id, effectiveOn: change.effectiveOn, ...(reason ? { reason } : {}) }
    const result =
      change.to === 'end' ? await book.endClient(common) : await book.assignTier({ ...common, tier: change.to.tier })
    if (result.ok) entries.push(result.value.entry)
    else refused.push({ row, error: result.error })
    onProgress(++done)
  }
  return { entries, refused }
}

/** Takes back what a bulk change did, in one go; gives how many entries could not be taken back. */
export async function undoBulk(book: Pick<Book, 'retract'>, entries: readonly string[]): Promise<number> {
  let kept = 0
  for (const entry of [...entries].reverse()) {
    const result = await book.retract({ entry })
    if (!result.ok) kept++
  }
  return kept
}
