// Back from another point in time.
import type { OverviewState } from '#lib/overview/overview-state.svelte.ts'

/** Shows today's plans with all that is known. */
export function showNow(overview: OverviewState): void {
  overview.asOf = null
  overview.knownOn = null
}
