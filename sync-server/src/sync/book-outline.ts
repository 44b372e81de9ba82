// What a book contains, without its contents: next clocks and deleted ranges. Enough to know what a device lacks, and whether it brings anything.
import type { KnownBook } from '@tierbook/core/admission'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'

/** An outline that follows the stored updates. */
export interface BookOutline {
  /** Yjs client id → next clock. */
  readonly clocks: ReadonlyMap<number, number>
  /** Takes a stored update in. */
  add(update: Uint8Array): void
  /** An update without structs that carries every delete: the end of a sync that was made of stored bytes. */
  encodeDeletes(): Uint8Array
  /** The first clock in `[from, to)` that is not deleted, or -1. */
  firstLive(client: number, from: number, to: number): number
}

/** Thrown where only the document could answer. */
export class NeedsDocument extends Error {}

type Range = readonly [from: number, to: number]

/** Starts from a snapshot's state vector and its update of deletes, or from nothing. */
export function createOutline(start?: { stateVector: Uint8Array; deletes: Uint8Array }): BookOutline {
  const clocks = start ? Y.decodeStateVector(start.stateVector) : new Map<number, number>()
  const deletes = new Map<number, Range[]>()
  if (start) addDeletes(deletes, start.deletes)
  return {
    clocks,
    add(update) {
      for (const [client, clock] of Y.parseUpdateMeta(update).to) {
        if (clock > (clocks.get(client) ?? 0)) clocks.set(client, clock)
      }
      addDeletes(deletes, update)
    },
    encodeDeletes() {
      const encoder = encoding.createEncoder()
      encoding.writeVarUint(encoder, 0) // no structs
      encoding.writeVarUint(encoder, deletes.size)
      for (const [client, ranges] of deletes) {
        encoding.writeVarUint(encoder, client)
        encoding.writeVarUint(encoder, ranges.length)
        for (const [from, to] of ranges) {
          encoding.writeVarUint(encoder, from)
          encoding.writeVarUint(encoder, to - from)
        }
      }
      return encoding.toUint8Array(encoder)
    },
    firstLive(client, from, to) {
      const ranges = deletes.get(client) ?? []
      const [start, end] = ranges[firstBehind(ranges, from)] ?? [to, to]
      // Ranges do not touch each other: what follows a deleted one is live.
      const live = start <= from ? end : from
      return live < to ? live : -1
    },
  }
}

/** For admission: decides about updates that bring nothing, have a gap or are malformed; throws {@link NeedsDocument} about all others. */
export function knownBookOfOutline(outline: BookOutline): KnownBook {
  const ask = (): never => {
    throw new NeedsDocument()
  }
  return {
    nextClock: (client) => outline.clocks.get(client) ?? 0,
    firstLive: (client, from, to) => outline.firstLive(client, from, to),
    place: ask,
    lastOf: ask,
    originOf: ask,
    value: ask,
    actorOf: ask,
    get largestN() {
      return ask()
    },
  }
}

/** Whether whoever knows `clocks` has every struct up to `wanted`. */
export function covers(clocks: ReadonlyMap<number, number>, wanted: ReadonlyMap<number, number>): boolean {
  for (const [client, clock] of wanted) if ((clocks.get(client) ?? 0) < clock) return false
  return true
}

/** Place of the first range that ends behind `clock`. Each sync carries thousands of ranges: they cannot be walked for each of them. */
function firstBehind(ranges: readonly Range[], clock: number): number {
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle] as Range)[1] > clock) high = middle
    else low = middle + 1
  }
  return low
}

/** Sorted, without overlaps: those of one client id are few, since neighbours become one. */
function addDeletes(deletes: Map<number, Range[]>, update: Uint8Array): void {
  for (const [client, items] of Y.decodeUpdate(update).ds.clients) {
    const all = [...(deletes.get(client) ?? []), ...items.map(({ clock, len }): Range => [clock, clock + len])]
    const merged: [number, number][] = []
    for (const [from, to] of all.sort(([a], [b]) => a - b)) {
      const last = merged.at(-1)
      if (last && from <= last[1]) last[1] = Math.max(last[1], to)
      else merged.push([from, to])
    }
    deletes.set(client, merged)
  }
}
