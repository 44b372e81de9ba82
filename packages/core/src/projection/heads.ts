// Which of a client's tier entries nobody has built upon, and whether two of them contradict each other (TL4).
import type { LoggedEntry } from './logged-entry.ts'

/** The unretracted entries that no other unretracted one names in `after`, directly or through retracted ones. */
export function findHeads(
  events: readonly LoggedEntry[],
  retracted: ReadonlyMap<string, LoggedEntry>,
  all: ReadonlyMap<string, LoggedEntry>,
): readonly LoggedEntry[] {
  const covered = new Set<string>()
  for (const event of events) cover(event, covered, retracted, all)
  return events.filter((event) => !covered.has(event.id))
}

/** Two heads that say different things: the client is contested until someone settles it. */
export function isContested(heads: readonly LoggedEntry[]): boolean {
  const first = heads[0]
  return first !== undefined && heads.some((head) => statement(head) !== statement(first))
}

function cover(
  event: LoggedEntry,
  covered: Set<string>,
  retracted: ReadonlyMap<string, LoggedEntry>,
  all: ReadonlyMap<string, LoggedEntry>,
): void {
  const toVisit = [...afterOf(event)]
  const visited = new Set<string>()
  for (let id = toVisit.pop(); id !== undefined; id = toVisit.pop()) {
    if (visited.has(id)) continue
    visited.add(id)
    if (!retracted.has(id)) {
      covered.add(id)
      continue
    }
    const through = all.get(id)
    if (through) toVisit.push(...afterOf(through))
  }
}

function afterOf(event: LoggedEntry): readonly string[] {
  return event.entry['after'] as readonly string[]
}

function statement(event: LoggedEntry): string {
  return `${event.entry.kind} ${String(event.entry['tier'] ?? '')} ${String(event.entry['effectiveOn'])}`
}
