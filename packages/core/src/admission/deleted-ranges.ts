// Which elements of a book are deleted: sorted ranges of clocks for each Yjs client id, without overlaps.
import type { ClockRange } from './admit-update.ts'

/** Ranges that follow what is deleted. */
export interface DeletedRanges {
  /** Marks `[from, to)` as deleted; gives the parts of it that were not. */
  add(range: ClockRange): readonly ClockRange[]
  /** The first clock in `[from, to)` that is not deleted, or -1. */
  firstLive(client: number, from: number, to: number): number
  /** How many client ids have deleted elements. */
  readonly size: number
  /** All of them, by client id. */
  entries(): Iterable<readonly [client: number, ranges: readonly Range[]]>
}

/** Clocks `[from, to)`. */
export type Range = readonly [from: number, to: number]

export function createDeletedRanges(start: Iterable<readonly [number, readonly Range[]]> = []): DeletedRanges {
  const byClient = new Map<number, Range[]>()
  for (const [client, ranges] of start) byClient.set(client, mergeSorted(ranges))
  return {
    get size() {
      return byClient.size
    },
    entries: () => byClient,
    firstLive(client, from, to) {
      const ranges = byClient.get(client) ?? []
      const [start, end] = ranges[firstBehind(ranges, from)] ?? [to, to]
      // Ranges do not touch each other: what follows a deleted one is live.
      const live = start <= from ? end : from
      return live < to ? live : -1
    },
    add({ client, from, to }) {
      let ranges = byClient.get(client)
      if (!ranges) byClient.set(client, (ranges = []))
      // Behind all others, as they come where a whole book is read: thousands of them, by code that has hardly run before.
      if ((ranges.at(-1)?.[1] ?? -1) < from && from < to) {
        ranges.push([from, to])
        return [{ client, from, to }]
      }
      // Those that overlap or touch the new one become one with it.
      const first = firstBehind(ranges, from - 1)
      let [start, end, next, at] = [from, to, first, from]
      const added: ClockRange[] = []
      for (; next < ranges.length; next++) {
        const range = ranges[next] as Range
        if (range[0] > to) break
        if (range[0] > at) added.push({ client, from: at, to: range[0] })
        start = Math.min(start, range[0])
        end = Math.max(end, range[1])
        at = Math.max(at, range[1])
      }
      if (at < to) added.push({ client, from: at, to })
      if (added.length > 0) ranges.splice(first, next - first, [start, end])
      return added
    },
  }
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

function mergeSorted(ranges: readonly Range[]): Range[] {
  const merged: [number, number][] = []
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = merged.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}
