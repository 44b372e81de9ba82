// Finds what an update brings that is not known yet, in an order in which it can be applied, and where each struct lives (AD2).
import type { DecodedStruct, DecodedUpdate } from './decode-update.ts'
import type { KnownBook, Place, StructId } from './known-book.ts'
import { refuse } from './refusal.ts'

/** The part `[from, to)` of a struct that is new, with its place resolved through its origins. */
export interface FreshStruct {
  readonly client: number
  readonly from: number
  readonly to: number
  readonly struct: DecodedStruct
  readonly place: Place
  /** Covered by a delete, of its own content or of the update's delete set. */
  dead: boolean
}

/** The new structs of each client id, by clock; or the first element that is missing. */
export type FreshStructs =
  | { readonly complete: true; readonly byClient: ReadonlyMap<number, readonly FreshStruct[]> }
  | { readonly complete: false; readonly missing: StructId }

interface Pending {
  readonly client: number
  readonly todo: readonly DecodedStruct[]
  readonly done: FreshStruct[]
}

/** Throws a {@link Refusal} where structs contradict each other or what is known. */
export function findFreshStructs(update: DecodedUpdate, known: KnownBook): FreshStructs {
  const pending = new Map<number, Pending>()
  for (const { client, structs } of update.sections) {
    const start = known.nextClock(client)
    let end = start
    const todo: DecodedStruct[] = []
    for (const struct of structs) {
      if (struct.kind === 'skip' || struct.clock + struct.length <= start) continue
      if (struct.clock > end) return { complete: false, missing: { client, clock: end } }
      todo.push(struct)
      end = struct.clock + struct.length
    }
    if (todo.length > 0) pending.set(client, { client, todo, done: [] })
  }
  const missing = resolve(pending, known)
  if (missing) return { complete: false, missing }
  return { complete: true, byClient: new Map([...pending].map(([client, { done }]) => [client, done])) }
}

/** Walks each section as far as its dependencies allow; one that waits is taken up again when the very struct it awaits is done. */
function resolve(pending: ReadonlyMap<number, Pending>, known: KnownBook): StructId | null {
  const waiting = new Map<DecodedStruct, Pending[]>()
  const ready = [...pending.values()]
  for (let section = ready.pop(); section !== undefined; section = ready.pop()) {
    while (section.done.length < section.todo.length) {
      const struct = section.todo[section.done.length] as DecodedStruct
      const dependency = firstMissing(section.client, struct, pending, known)
      if (dependency) {
        const awaited = structHolding(pending.get(dependency.client)?.todo ?? [], dependency.clock)
        if (awaited === undefined) return dependency
        const others = waiting.get(awaited)
        if (others) others.push(section)
        else waiting.set(awaited, [section])
        break
      }
      section.done.push(freshStruct(section.client, struct, pending, known))
      const woken = waiting.get(struct)
      if (woken) {
        waiting.delete(struct)
        ready.push(...woken)
      }
    }
  }
  for (const { done, todo, client } of pending.values()) {
    if (done.length < todo.length)
      refuse('malformed', `the structs of client id ${client} depend on each other in a circle`)
  }
  return null
}

function structHolding(structs: readonly DecodedStruct[], clock: number): DecodedStruct | undefined {
  let low = 0
  let high = structs.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const struct = structs[middle] as DecodedStruct
    if (clock < struct.clock) high = middle - 1
    else if (clock >= struct.clock + struct.length) low = middle + 1
    else return struct
  }
  return undefined
}

function firstMissing(
  client: number,
  struct: DecodedStruct,
  pending: ReadonlyMap<number, Pending>,
  known: KnownBook,
): StructId | null {
  for (const id of [struct.origin, struct.rightOrigin]) {
    if (id === null) continue
    if (id.client === client) {
      if (id.clock >= struct.clock) refuse('malformed', 'a struct names itself or a later one as its neighbour')
      continue
    }
    const done = pending.get(id.client)?.done
    const reached = done?.at(-1)?.to ?? known.nextClock(id.client)
    if (id.clock >= reached) return id
  }
  return null
}

function freshStruct(
  client: number,
  struct: DecodedStruct,
  pending: ReadonlyMap<number, Pending>,
  known: KnownBook,
): FreshStruct {
  const start = known.nextClock(client)
  const from = Math.max(struct.clock, start)
  const place = placeOfStruct(struct, pending, known)
  // Yjs hangs the new rest of a half-known struct behind its known part, whatever the struct itself claims.
  if (struct.clock < start && !isSamePlace(place, knownPlace({ client, clock: start - 1 }, known))) {
    refuse('malformed', 'a struct continues one that lives elsewhere')
  }
  return { client, from, to: struct.clock + struct.length, struct, place, dead: struct.kind === 'deleted' }
}

function placeOfStruct(struct: DecodedStruct, pending: ReadonlyMap<number, Pending>, known: KnownBook): Place {
  const left = struct.origin && placeOfId(struct.origin, pending, known)
  const right = struct.rightOrigin && placeOfId(struct.rightOrigin, pending, known)
  if (left && right && !isSamePlace(left, right))
    refuse('malformed', 'the neighbours of a struct live in different places')
  return left ?? right ?? { root: struct.root ?? '', key: struct.key }
}

function placeOfId(id: StructId, pending: ReadonlyMap<number, Pending>, known: KnownBook): Place {
  if (id.clock < known.nextClock(id.client)) return knownPlace(id, known)
  const found = structAt(pending.get(id.client)?.done ?? [], id.clock)
  return found?.place ?? refuse('malformed', 'a struct names a neighbour that does not exist')
}

function knownPlace(id: StructId, known: KnownBook): Place {
  return known.place(id) ?? refuse('unsupported-content', 'a struct names a collected neighbour')
}

/** The struct that holds `clock`, by binary search. */
export function structAt(structs: readonly FreshStruct[], clock: number): FreshStruct | undefined {
  let low = 0
  let high = structs.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const struct = structs[middle] as FreshStruct
    if (clock < struct.from) high = middle - 1
    else if (clock >= struct.to) low = middle + 1
    else return struct
  }
  return undefined
}

/** Whether two places are one. */
export function isSamePlace(a: Place, b: Place): boolean {
  return a.root === b.root && a.key === b.key
}
