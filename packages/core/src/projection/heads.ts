// Which of a client's tier entries nobody has built upon, and whether two of them contradict each other (TL4).
import { idOfEvent, idsAfter, type TierEvent } from './tier-event.ts'

/** The unretracted events that no other unretracted one names in `after`, directly or through retracted ones. */
export function findHeads(events: readonly TierEvent[], retracted: ReadonlySet<string>): readonly TierEvent[] {
  const byId = new Map(events.map((event) => [idOfEvent(event), event]))
  const covered = new Set<string>()
  for (const [id, event] of byId) if (!retracted.has(id)) cover(event, covered, retracted, byId)
  return events.filter((event) => !covered.has(idOfEvent(event)) && !retracted.has(idOfEvent(event)))
}

/** Two heads that say different things: the client is contested until someone settles it. */
export function isContested(heads: readonly TierEvent[]): boolean {
  const [first] = heads
  return (
    first !== undefined &&
    heads.some((head) => head.kind !== first.kind || head.tier !== first.tier || head.on !== first.on)
  )
}

function cover(
  event: TierEvent,
  covered: Set<string>,
  retracted: ReadonlySet<string>,
  byId: ReadonlyMap<string, TierEvent>,
): void {
  const toVisit = [...idsAfter(event)]
  const visited = new Set<string>()
  for (let id = toVisit.pop(); id !== undefined; id = toVisit.pop()) {
    if (visited.has(id)) continue
    visited.add(id)
    const through = retracted.has(id) ? byId.get(id) : undefined
    if (through) toVisit.push(...idsAfter(through))
    else covered.add(id)
  }
}
