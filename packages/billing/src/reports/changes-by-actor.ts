// Who changed how much, month by month.
import { startOfDaySeconds, type PlainDate } from '../plain-date.ts'

/** Changes made from one day until the next in the list, by actor. */
export interface ActorChanges {
  readonly from: PlainDate
  readonly to: PlainDate
  readonly counts: ReadonlyMap<string, number>
}

/**
 * Counts changes between each two neighbours of `days`, in the zone's days. `at` is epoch ms, `by` the actor's id.
 *
 * @example changesByActor([{ at: 1793000000000, by: 'ada' }], ['2026-10-01', '2026-11-01'], 'UTC')[0]?.counts.get('ada') // 1
 */
export function changesByActor(
  changes: Iterable<{ readonly at: number; readonly by: string }>,
  days: readonly PlainDate[],
  timeZone: string,
): ActorChanges[] {
  const starts = days.map((day) => startOfDaySeconds(day, timeZone) * 1_000)
  const made = days.slice(1).map((to, index) => ({ from: days[index] ?? to, to, counts: new Map<string, number>() }))
  for (const { at, by } of changes) {
    const counts = made[starts.findLastIndex((start) => start <= at)]?.counts
    counts?.set(by, (counts.get(by) ?? 0) + 1)
  }
  return made
}
