// How far a row moved in a list that changed under the reader.
import type { ClientRow } from '@tierbook/core'

/** Rows that `anchor` went down (negative: up) from `before` to `after`; 0 where it is in one of them only. */
export function keepPlace(before: readonly ClientRow[], after: readonly ClientRow[], anchor: string | null): number {
  if (anchor === null || before === after) return 0
  const from = before.findIndex(({ id }) => id === anchor)
  const to = after.findIndex(({ id }) => id === anchor)
  return from < 0 || to < 0 ? 0 : to - from
}
