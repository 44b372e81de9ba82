// What admission asks about the state that is already taken: a small read-only view, answered by a document now and an index later.
import type { LoggedIds } from './logged-ids.ts'

/** One element of the document: Yjs client id and clock. */
export interface StructId {
  readonly client: number
  readonly clock: number
}

/** Where an element lives: the root's name and, in a map, the key. */
export interface Place {
  readonly root: string
  readonly key: string | null
}

/** The state an update is judged against. */
export interface KnownBook {
  /** The next clock of a client id; 0 for one never seen. */
  nextClock(client: number): number
  /** Where a known element lives; null where it was collected. */
  place(id: StructId): Place | null
  /** The first clock in `[from, to)` whose element is not deleted, or -1. Asked for known clocks only. */
  firstLive(client: number, from: number, to: number): number
  /** The last element of a field, which its value comes from; null where it was never set. */
  lastOf(field: Place): StructId | null
  /** The element that a known element of a field was put behind; null for the first. */
  originOf(id: StructId): StructId | null
  /** The value of a known, live element of a map or of `activity`. */
  value(id: StructId): unknown
  /** The ids in the log; absent where a second text under one is set aside with the first by whoever reads them (LG6). */
  readonly loggedIds?: LoggedIds
  /** The actor a client id is bound to (AD3). */
  actorOf(client: number): string | undefined
  /** The largest Lamport number in the log; 0 in an empty one. */
  readonly largestN: number
}
