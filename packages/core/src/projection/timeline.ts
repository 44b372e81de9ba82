// Which tier a client is on from when (TL1, TL2): a pure function of its unretracted entries.
import type { TierPeriod } from '../book.ts'
import type { PlainDate } from '../schema/plain-date.ts'
import type { LoggedEntry } from './logged-entry.ts'

/** From `on` on, the client is on `tier`; null when no service is given. */
export interface TierStep {
  readonly on: PlainDate
  readonly tier: string | null
  /** The entry that makes the step. */
  readonly entry: string
  /** Whether the service is cut by an end, which is not the same as having no tier yet. */
  readonly ended: boolean
}

/** The steps of one client in date order; `events` are its unretracted tier and service entries in log order. */
export function buildTimeline(events: readonly LoggedEntry[]): readonly TierStep[] {
  const assignedOn = new Map<PlainDate, LoggedEntry>()
  const serviceOn = new Map<PlainDate, LoggedEntry>()
  for (const event of events) {
    // A later entry in log order replaces an earlier one of the same date (TL2).
    const track = event.entry.kind === 'tier.assigned' ? assignedOn : serviceOn
    track.set(event.entry['effectiveOn'] as PlainDate, event)
  }
  const dates = [...new Set([...assignedOn.keys(), ...serviceOn.keys()])].sort()
  const steps: TierStep[] = []
  let assigned: LoggedEntry | undefined
  let ended = false
  for (const on of dates) {
    const service = serviceOn.get(on)
    assigned = assignedOn.get(on) ?? assigned
    if (service) ended = service.entry.kind === 'client.ended'
    const tier = ended ? null : ((assigned?.entry['tier'] as string | undefined) ?? null)
    const last = steps.at(-1)
    if (last ? last.tier === tier && last.ended === ended : tier === null && !ended) continue
    const cause = (assignedOn.get(on) && !ended ? assignedOn.get(on) : service) ?? service ?? assigned
    if (cause) steps.push({ on, tier, entry: cause.id, ended })
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
  return steps.find((step) => step.on > date)
}

/** Half-open periods that cover `[from, to)` without gaps. */
export function periodsBetween(steps: readonly TierStep[], from: PlainDate, to: PlainDate): readonly TierPeriod[] {
  if (from >= to) return []
  const periods: TierPeriod[] = []
  const first = stepOn(steps, from)
  const inside = steps.filter((step) => step.on > from && step.on < to)
  const starts = [{ on: from, tier: first?.tier ?? null, entry: first?.entry ?? null }, ...inside]
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1]?.on ?? to
    periods.push({ from: start.on, to: end, tier: start.tier, entry: start.entry })
  }
  return periods
}
