// Admission on an outline: it decides about updates that bring nothing, have a gap or are malformed, and asks for an index where it cannot.
import type { BookOutline, KnownBook } from '@tierbook/core/admission'

/** Thrown where only an index could answer. */
export class NeedsIndex extends Error {}

/** Throws {@link NeedsIndex} about updates that bring something. */
export function knownBookOfOutline({ clocks, deleted }: BookOutline): KnownBook {
  const ask = (): never => {
    throw new NeedsIndex()
  }
  return {
    nextClock: (client) => clocks.get(client) ?? 0,
    firstLive: (client, from, to) => deleted.firstLive(client, from, to),
    lastOf: ask,
    originOf: ask,
    place: ask,
    value: ask,
    actorOf: ask,
    get largestN() {
      return ask()
    },
  }
}
