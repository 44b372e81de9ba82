// Undoing what was said about one client's tiers and service: taking back, and saying again what was taken back.
import type { LoggedAction } from '../log/logged-action.ts'
import type { ClientState } from '../projection/client-state.ts'
import type { LoggedEntry } from '../projection/logged-entry.ts'
import { idOfEvent, idsAfter, type TierEvent } from '../projection/tier-event.ts'
import { type TierFacts, tierFacts } from '../projection/tier-facts.ts'
import type { AnyEntry, KnownEntry } from '../schema/entries.ts'
import type { Inverting } from './invert-adding.ts'
import { aheadAction, aheadId } from './name-ahead.ts'

/** What an undo means for one client's tier entries. */
export interface TierUndo extends Pick<Inverting, 'isOwn' | 'isLater' | 'isUndoing'> {
  /** Ids to take back. */
  readonly retract: ReadonlySet<string>
  /** Entries that were taken back and hold again; the ids of the retractions go with them. */
  readonly restore: readonly LoggedEntry[]
}

/** The facts as they would be, with the entries that say again what was taken back; null where later entries build on what is undone. */
export function undoTiers(
  state: ClientState,
  undo: TierUndo,
): { entries: readonly KnownEntry[]; facts: TierFacts } | null {
  const { events } = state
  const byTarget = state.retractionsByTarget()
  const retracted = new Set(events.map(idOfEvent).filter((id) => byTarget.has(id)))
  const others = events.filter((event) => !retracted.has(idOfEvent(event)) && !undo.isOwn(event.logged.id))
  if (others.some((event) => buildsOn(event, undo.retract, { events, retracted }))) return null
  if (undo.restore.length > 0 && others.some((event) => undo.isLater(event.logged))) return null
  const left = new Set([...retracted, ...undo.retract])
  const live = events.filter((event) => !left.has(idOfEvent(event)))
  if (undo.restore.length === 0) return { entries: [], facts: tierFacts(events, left) }
  const renewed = new Map(undo.restore.map((logged) => [logged.id, renew(logged, { events, live, undo })]))
  // What the client would be like had nothing been taken back: each entry in its place, under the id that others name.
  const unretracted = events.map((event) => {
    const again = renewed.get(idOfEvent(event))
    return again ? toEvent(again.entry, { logged: event.logged, n: again.n, index: event.index }) : event
  })
  const wanted = tierFacts(unretracted, new Set([...left].filter((id) => !renewed.has(id))))
  // In the middle of a history it has to name what came since.
  const { headIds } = tierFacts(events, left)
  const places = new Map([...renewed.keys()].map((id, place) => [id, place]))
  for (const otherwise of [null, headIds]) {
    const again = [...renewed.values()].map(({ entry }, place) => inSightOf(entry, { places, place, otherwise }))
    const facts = tierFacts([...events, ...again.map((entry, index) => toEvent(entry, { ...behindAll, index }))], left)
    if (saysTheSame(facts, wanted)) return { entries: again, facts }
  }
  return null
}

/** A history that is said again names what it said before under its new ids; an entry that began it names `otherwise`, if that is given. */
function inSightOf(
  entry: KnownEntry,
  told: { places: ReadonlyMap<string, number>; place: number; otherwise: readonly string[] | null },
): KnownEntry {
  const named = (entry as KnownEntry & { after: readonly string[] }).after
  const renamed = named.map((id) => {
    const place = told.places.get(id)
    return place !== undefined && place < told.place ? aheadId(place) : id
  })
  const isWithin = renamed.some((id, index) => id !== named[index])
  return { ...entry, after: [...(isWithin ? renamed : (told.otherwise ?? named))] } as KnownEntry
}

/** An entry to say again. What it named may itself have been undone and done again under another id. */
function renew(
  { entry, action }: LoggedEntry,
  { events, live, undo }: { events: readonly TierEvent[]; live: readonly TierEvent[]; undo: TierUndo },
): { entry: KnownEntry; n: number } {
  let { n } = action
  const after = (entry['after'] as readonly string[]).map((id) => {
    const named = events.find((event) => idOfEvent(event) === id)
    if (!named || live.includes(named)) return id
    const again = live.findLast((event) => undo.isUndoing(event.logged.id) && statesTheSame(event, named))
    if (!again) return id
    n = Math.max(n, again.n + 0.5)
    return idOfEvent(again)
  })
  return { entry: { ...entry, after } as unknown as KnownEntry, n }
}

/** Whether two entries say the same of a client. */
export function statesTheSame(a: TierEvent, b: { kind: unknown; tier: unknown; on: unknown }): boolean {
  return a.kind === b.kind && a.tier === b.tier && a.on === b.on
}

/** Whether `event` names one of `ids`, directly or through entries that were taken back. */
function buildsOn(
  event: TierEvent,
  ids: ReadonlySet<string>,
  { events, retracted }: { events: readonly TierEvent[]; retracted: ReadonlySet<string> },
): boolean {
  const toVisit = [...idsAfter(event)]
  const visited = new Set<string>()
  for (let id = toVisit.pop(); id !== undefined; id = toVisit.pop()) {
    if (ids.has(id)) return true
    if (visited.has(id) || !retracted.has(id)) continue
    visited.add(id)
    const through = events.find((other) => idOfEvent(other) === id)
    if (through) toVisit.push(...idsAfter(through))
  }
  return false
}

/** Where an action stands that is not written yet: its entries have the ids that `aheadId` gives. */
const behindAll = {
  logged: { id: aheadAction, n: Number.MAX_SAFE_INTEGER } as unknown as LoggedAction,
  n: Number.MAX_SAFE_INTEGER,
}

function toEvent(entry: KnownEntry, place: Pick<TierEvent, 'logged' | 'n' | 'index'>): TierEvent {
  const { kind, tier, effectiveOn, after } = entry as AnyEntry & { effectiveOn: string; after: readonly string[] }
  return { ...place, kind, tier: typeof tier === 'string' ? tier : undefined, on: effectiveOn, after }
}

/** Whether nobody sees a difference between the two. */
export function saysTheSame(a: TierFacts, b: TierFacts): boolean {
  const steps = ({ steps }: TierFacts) => JSON.stringify(steps.map(({ on, tier, ended }) => [on, tier, ended]))
  return a.contested === b.contested && steps(a) === steps(b)
}
