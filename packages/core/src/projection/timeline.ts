// Which tier a client is on from when (TL1, TL2): a pure function of its unretracted tier entries.
import type { TierPeriod } from '../book.ts'
import type { PlainDate } from '../schema/plain-date.ts'
import { idOfEvent, type TierEvent } from './tier-event.ts'

/** What of a tier entry says when which tier holds. */
export type TierFact = Pick<TierEvent, 'kind' | 'tier' | 'on'>

/** From `on` on, the client is on `tier`; null when no service is given. */
export interface TierStep<E extends TierFact = TierEvent> {
  readonly on: PlainDate
  readonly tier: string | null
  /** The entry that makes the step. */
  readonly cause: E
  /** Whether the service is cut by an end, which is not the same as having no tier yet. */
  readonly ended: boolean
}

/** The steps that unretracted tier entries in log order make, by date. */
export function timelineOf<E extends TierFact = TierEvent>(events: readonly E[]): readonly TierStep<E>[] {
  const assigned: E[] = []
  const service: E[] = []
  // A later entry replaces an earlier one of the same date (TL2).
  for (const event of events) place(event.kind === 'tier.assigned' ? assigned : service, event)
  const steps: TierStep<E>[] = []
  let tier: E | undefined
  let ending: E | undefined
  for (let a = 0, s = 0; a < assigned.length || s < service.length;) {
    const nextTier = assigned[a]
    const nextService = service[s]
    const on = !nextService || (nextTier && nextTier.on < nextService.on) ? nextTier?.on : nextService.on
    if (nextTier?.on === on) tier = assigned[a++]
    if (nextService?.on === on) ending = service[s++]
    const ended = ending?.kind === 'client.ended'
    const cause = tier?.on === on && !ended ? tier : ending?.on === on ? ending : tier
    if (cause) addStep(steps, cause, ended ? null : (tier?.tier ?? null), ended)
  }
  return steps
}

/** The step that holds on `date`, if any. */
export function stepOn<S extends { readonly on: PlainDate }>(steps: readonly S[], date: PlainDate): S | undefined {
  let holding: S | undefined
  for (const step of steps) {
    if (step.on > date) break
    holding = step
  }
  return holding
}

/** The first step after `date`, if any. */
export function stepAfter(steps: readonly TierStep[], date: PlainDate): TierStep | undefined {
  for (const step of steps) if (step.on > date) return step
  return undefined
}

/** Half-open periods that cover `[from, to)` without gaps. */
export function periodsBetween(
  steps: readonly TierStep<TierFact | TierEvent>[],
  from: PlainDate,
  to: PlainDate,
): readonly TierPeriod[] {
  if (from >= to) return []
  const first = stepOn(steps, from)
  const inside = steps.filter((step) => step.on > from && step.on < to)
  const starts = [{ on: from, tier: first?.tier ?? null, cause: first?.cause ?? null }, ...inside]
  return starts.map((start, index) => ({
    from: start.on,
    to: starts[index + 1]?.on ?? to,
    tier: start.tier,
    // What is only assumed has no entry.
    entry: start.cause && 'logged' in start.cause ? idOfEvent(start.cause) : null,
  }))
}

function place<E extends TierFact>(track: E[], event: E): void {
  let at = track.length
  while (at > 0 && (track[at - 1]?.on ?? '') > event.on) at--
  if (at > 0 && track[at - 1]?.on === event.on) track[at - 1] = event
  else if (at === track.length) track.push(event)
  else track.splice(at, 0, event)
}

/** Entries that change nothing make no step: the same tier again, or a resumption of a service that never ended. */
function addStep<E extends TierFact>(steps: TierStep<E>[], cause: E, tier: string | null, ended: boolean): void {
  const last = steps.at(-1)
  if (last ? last.tier === tier && last.ended === ended : tier === null && !ended) return
  steps.push({ on: cause.on, tier, cause, ended })
}
