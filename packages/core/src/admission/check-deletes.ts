// The only deletes are those that follow from an overwrite or replace reports, and nothing in the log is ever deleted (AD4, AD5).
import { isReport } from './check-activity.ts'
import type { DeleteRange } from './decode-update.ts'
import { type FreshStruct, structAt } from './fresh-structs.ts'
import type { KnownBook, Place, StructId } from './known-book.ts'
import { refuse } from './refusal.ts'

/** What the delete set brings that is not known, or the first element it names that does not exist. */
export type FreshDeletes =
  | {
      readonly complete: true
      /** Fields whose value is deleted. */
      readonly fields: readonly Place[]
      /** Known reports of activity that are deleted. */
      readonly reports: readonly StructId[]
    }
  | { readonly complete: false; readonly missing: StructId }

/** Sorts a delete set into known, new and impossible; marks the new structs that it covers as dead. */
export function findFreshDeletes(
  deletes: readonly DeleteRange[],
  fresh: ReadonlyMap<number, readonly FreshStruct[]>,
  known: KnownBook,
): FreshDeletes {
  const fields: Place[] = []
  const reports: StructId[] = []
  for (const { client, from, to } of deletes) {
    const start = known.nextClock(client)
    const structs = fresh.get(client) ?? []
    const end = structs.at(-1)?.to ?? start
    if (to > end) return { complete: false, missing: { client, clock: Math.max(from, end) } }
    const knownTo = Math.min(to, start)
    for (let clock = from; clock < knownTo; clock++) {
      clock = known.firstLive(client, clock, knownTo)
      if (clock === -1) break
      const place = known.place({ client, clock })
      if (isReport(place)) reports.push({ client, clock })
      else if (place === null || place.key === null) refuse('log-changed', 'an update deletes from the log')
      else fields.push(place)
    }
    for (let clock = Math.max(from, start); clock < to;) {
      const struct = structAt(structs, clock)
      if (struct === undefined) break
      if (struct.place.key === null && !isReport(struct.place)) refuse('log-changed', 'an update deletes from the log')
      struct.dead = true
      clock = struct.to
    }
  }
  return { complete: true, fields, reports }
}

/** Refuses deletes after which a field would have no value: every deleted value needs a new one behind it. */
export function checkOverwrites(
  deleted: readonly Place[],
  fresh: ReadonlyMap<number, readonly FreshStruct[]>,
  known: KnownBook,
): void {
  const overwritten = new Set<string>()
  const dead: FreshStruct[] = []
  for (const structs of fresh.values()) {
    for (const struct of structs) {
      if (struct.place.key === null) continue
      if (struct.dead) dead.push(struct)
      else overwritten.add(placeKey(struct.place))
    }
  }
  for (const place of deleted) {
    if (!overwritten.has(placeKey(place)))
      refuse('field-deleted', `${place.root} ${place.key}: deleted without a new value`)
  }
  for (const { client, from, struct, place } of dead) {
    if (overwritten.has(placeKey(place))) continue
    // A value that was overwritten before it got here. Whoever made it saw its left neighbour; if that one is still the
    // field's value, the new one would take its place dead, and the field would be gone.
    const left = from > struct.clock ? { client, clock: from - 1 } : struct.origin
    if (left === null || left.clock >= known.nextClock(left.client)) continue
    if (known.firstLive(left.client, left.clock, left.clock + 1) !== -1) {
      refuse('field-deleted', `${place.root} ${place.key}: deleted without a new value`)
    }
  }
}

function placeKey(place: Place): string {
  return `${place.root}\u0000${place.key ?? ''}`
}
