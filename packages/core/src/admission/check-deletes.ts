// The only deletes are those that follow from an overwrite or replace reports, and nothing in the log is ever deleted (AD4, AD5).
import { isReport } from './check-activity.ts'
import type { DeleteRange } from './decode-update.ts'
import { findLastOfField } from './field-order.ts'
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

/**
 * Refuses what leaves a field without a value: the element that comes last in it must be alive. A new value does not suffice, since a forged place
 * or client id puts it before the one that is deleted.
 */
export function checkOverwrites(
  deleted: readonly Place[],
  fresh: ReadonlyMap<number, readonly FreshStruct[]>,
  known: KnownBook,
): void {
  if (deleted.length === 0 && ![...fresh.values()].some((structs) => structs.some(({ dead }) => dead))) return
  const fields = new Map<string, { place: Place; structs: FreshStruct[]; isDeleted: boolean }>()
  const fieldAt = (place: Place) => {
    const key = `${place.root}\u0000${place.key ?? ''}`
    const field = fields.get(key) ?? { place, structs: [], isDeleted: false }
    fields.set(key, field)
    return field
  }
  for (const structs of fresh.values()) {
    for (const struct of structs) if (struct.place.key !== null) fieldAt(struct.place).structs.push(struct)
  }
  for (const place of deleted) fieldAt(place).isDeleted = true
  for (const { place, structs, isDeleted } of fields.values()) {
    if (!isDeleted && !structs.some(({ dead }) => dead)) continue
    const last = findLastOfField(place, structs, { fresh, known })
    if (last ? last.dead : isDeleted) refuse('field-deleted', `${place.root} ${place.key}: deleted without a new value`)
  }
}
