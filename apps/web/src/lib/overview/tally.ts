// Counts clients for the line under the table.
import type { ClientRow } from '@tierbook/core'

/** How many clients are on each tier, how many are contested, and how many have a change ahead. */
export function tallyTiers(rows: readonly ClientRow[]): {
  tiers: ReadonlyMap<string, number>
  contested: number
  scheduled: number
} {
  const tiers = new Map<string, number>()
  let contested = 0
  let scheduled = 0
  for (const row of rows) {
    if (row.tier !== null) tiers.set(row.tier, (tiers.get(row.tier) ?? 0) + 1)
    if (row.contested) contested++
    if (row.scheduled) scheduled++
  }
  return { tiers, contested, scheduled }
}
