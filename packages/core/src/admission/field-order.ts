// Which element gives a field its value once an update is applied, by the order that Yjs gives elements written at the same time (AD5).
import { type FreshStruct, structAt } from './fresh-structs.ts'
import type { KnownBook, Place, StructId } from './known-book.ts'

type FreshByClient = ReadonlyMap<number, readonly FreshStruct[]>

/**
 * The new struct that comes last in the field, or null where the known last element stays it. `structs` are all new ones of the field.
 *
 * No field has a right neighbour, so its elements are a tree: each hangs on the one it was put behind, of several on one the larger client id comes
 * later, and the last is the end of the path that always takes the latest.
 */
export function findLastOfField(
  place: Place,
  structs: readonly FreshStruct[],
  { fresh, known }: { fresh: FreshByClient; known: KnownBook },
): FreshStruct | null {
  const onKnown = new Map<string, FreshStruct>()
  const onFresh = new Map<FreshStruct, FreshStruct[]>()
  for (const struct of structs) {
    const origin = originOf(struct)
    if (origin === null || origin.clock < known.nextClock(origin.client)) {
      const other = onKnown.get(keyOf(origin))
      if (!other || isLater(struct, other)) onKnown.set(keyOf(origin), struct)
      continue
    }
    const parent = structAt(fresh.get(origin.client) ?? [], origin.clock)
    if (parent) onFresh.set(parent, [...(onFresh.get(parent) ?? []), struct])
  }
  let last = firstBehindKnown(place, onKnown, known)
  for (let next = last; next; next = latestOn(next, onFresh.get(next) ?? [])) last = next
  return last
}

/** Goes up from the known last element. What hangs higher up comes later, if it comes behind the known path at all. */
function firstBehindKnown(
  place: Place,
  onKnown: ReadonlyMap<string, FreshStruct>,
  known: KnownBook,
): FreshStruct | null {
  let left = onKnown.size
  let found: FreshStruct | null = null
  let below: StructId | null = null
  for (let at = known.lastOf(place); left > 0; at = known.originOf(at)) {
    const struct = onKnown.get(keyOf(at))
    if (struct) left--
    if (struct && (below === null || struct.client > below.client)) found = struct
    if (at === null) break
    below = at
  }
  return found
}

/** What comes behind a struct: where it holds several elements, what hangs on an earlier one must come behind the next one too. */
function latestOn(parent: FreshStruct, children: readonly FreshStruct[]): FreshStruct | null {
  let latest: FreshStruct | null = null
  for (const child of children) {
    const isAtEnd = placeOn(child) === parent.to - 1
    if (!isAtEnd && child.client <= parent.client) continue
    const isHigher = latest === null || placeOn(child) < placeOn(latest)
    if (isHigher || (latest !== null && placeOn(child) === placeOn(latest) && isLater(child, latest))) latest = child
  }
  return latest
}

function placeOn(struct: FreshStruct): number {
  return originOf(struct)?.clock ?? 0
}

/** Of two on the same element. One session puts its second before its first there. */
function isLater(a: FreshStruct, b: FreshStruct): boolean {
  return a.client === b.client ? a.from < b.from : a.client > b.client
}

/** What the new part of a struct is put behind. */
export function originOf({ client, from, struct }: FreshStruct): StructId | null {
  return from > struct.clock ? { client, clock: from - 1 } : struct.origin
}

function keyOf(id: StructId | null): string {
  return id === null ? '' : `${id.client} ${id.clock}`
}
