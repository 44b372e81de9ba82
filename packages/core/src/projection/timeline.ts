// Which tier a client is on from when (TL1, TL2): two tracks of dated marks, merged into steps.
import type { TierPeriod } from '../book.ts'
import type { PlainDate } from '../schema/plain-date.ts'

/** From `on` on, the client is on `tier`; null when no service is given. */
export interface TierStep {
  readonly on: PlainDate
  readonly tier: string | null
  /** The entry that makes the step. */
  readonly entry: string
  /** Whether the service is cut by an end, which is not the same as having no tier yet. */
  readonly ended: boolean
}

/** What one entry says from a date on: a tier, or whether the service is ended. */
export interface Mark<Value> {
  readonly on: PlainDate
  readonly value: Value
  readonly entry: string
}

/** Marks of one client by date, at most one a date. */
export interface Tracks {
  readonly assigned: Mark<string>[]
  readonly ended: Mark<boolean>[]
}

/** A client nobody said anything about yet. */
export function createTracks(): Tracks {
  return { assigned: [], ended: [] }
}

/** Takes one unretracted entry in; entries must come in log order, since a later one replaces an earlier one of the same date (TL2). */
export function markTracks(tracks: Tracks, kind: string, mark: { on: PlainDate; tier: string; entry: string }): void {
  if (kind === 'tier.assigned') place(tracks.assigned, { on: mark.on, value: mark.tier, entry: mark.entry })
  else place(tracks.ended, { on: mark.on, value: kind === 'client.ended', entry: mark.entry })
}

/** The steps of one client in date order. */
export function mergeTracks({ assigned, ended }: Tracks): readonly TierStep[] {
  const steps: TierStep[] = []
  let tier: Mark<string> | undefined
  let service: Mark<boolean> | undefined
  for (let a = 0, e = 0; a < assigned.length || e < ended.length;) {
    const onA = assigned[a]?.on ?? '9999'
    const onE = ended[e]?.on ?? '9999'
    const on = onA < onE ? onA : onE
    let cause: Mark<unknown> | undefined
    if (onE === on) cause = service = ended[e++]
    if (onA === on) {
      tier = assigned[a++]
      if (!service?.value) cause = tier
    }
    addStep(steps, {
      on,
      tier: service?.value ? null : (tier?.value ?? null),
      entry: cause?.entry ?? '',
      ended: service?.value ?? false,
    })
  }
  return steps
}

/** The step that holds on `date`, if any. */
export function stepOn(steps: readonly TierStep[], date: PlainDate): TierStep | undefined {
  let holding: TierStep | undefined
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
export function periodsBetween(steps: readonly TierStep[], from: PlainDate, to: PlainDate): readonly TierPeriod[] {
  if (from >= to) return []
  const first = stepOn(steps, from)
  const inside = steps.filter((step) => step.on > from && step.on < to)
  const starts = [{ on: from, tier: first?.tier ?? null, entry: first?.entry ?? null }, ...inside]
  return starts.map((start, index) => ({
    from: start.on,
    to: starts[index + 1]?.on ?? to,
    tier: start.tier,
    entry: start.entry,
  }))
}

function place<Value>(track: Mark<Value>[], mark: Mark<Value>): void {
  let at = track.length
  while (at > 0 && (track[at - 1]?.on ?? '') > mark.on) at--
  if (at > 0 && track[at - 1]?.on === mark.on) track[at - 1] = mark
  else track.splice(at, 0, mark)
}

/** Marks that change nothing make no step: the same tier again, or a resumption of a service that never ended. */
function addStep(steps: TierStep[], step: TierStep): void {
  const last = steps.at(-1)
  const isSame = last ? last.tier === step.tier && last.ended === step.ended : step.tier === null && !step.ended
  if (!isSame) steps.push(step)
}
