// How far a document goes: for each Yjs client id the first clock that it does not hold.
import * as Y from 'yjs'

/** Yjs client id to next clock. */
export type StateClocks = ReadonlyMap<number, number>

/** The next clock of every client id of `doc`. */
export function stateOf(doc: Y.Doc): Map<number, number> {
  return Y.decodeStateVector(Y.encodeStateVector(doc))
}

/** Whether `state` holds all that `clocks` name. */
export function isCoveredBy(clocks: Iterable<readonly [number, number]>, state: StateClocks): boolean {
  for (const [client, clock] of clocks) if (clock > (state.get(client) ?? 0)) return false
  return true
}
