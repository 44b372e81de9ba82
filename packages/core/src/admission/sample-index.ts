// Test support: an index beside a document, and whether it says of every element what the document says.
import { expect } from 'vitest'
import * as Y from 'yjs'
import { type BookIndex, createBookIndex } from './book-index.ts'
import { createDeletedRanges, type DeletedRanges } from './deleted-ranges.ts'
import { knownBookOfDoc } from './known-book-of-doc.ts'
import { takeStored } from './take-stored.ts'

export interface SampleIndex {
  readonly index: BookIndex
  readonly clocks: Map<number, number>
  readonly deleted: DeletedRanges
}

/** An index of what the updates hold. */
export function createSampleIndex(updates: readonly Uint8Array[] = []): SampleIndex {
  const clocks = new Map<number, number>()
  const deleted = createDeletedRanges()
  const index = createBookIndex({ clocks, deleted, actorOf: () => undefined, largestN: () => 0 })
  for (const update of updates) takeStored(index, update)
  return { index, clocks, deleted }
}

/** Fails where index and document differ in anything that admission asks. */
export function expectSame({ index, clocks, deleted }: SampleIndex, doc: Y.Doc): void {
  const known = knownBookOfDoc(doc, { actorOf: () => undefined, largestN: () => 0 })
  expect(new Map(clocks)).toEqual(Y.decodeStateVector(Y.encodeStateVector(doc)))
  const { ds } = Y.snapshot(doc)
  expect(new Map([...deleted.entries()].filter(([, ranges]) => ranges.length > 0))).toEqual(
    new Map([...ds.clients].map(([client, ranges]) => [client, merged(ranges)])),
  )
  for (const [client, clock] of clocks) {
    for (let at = 0; at < clock; at++) {
      const id = { client, clock: at }
      const place = known.place(id)
      expect(index.place(id), `place of ${client} ${at}`).toEqual(place)
      expect(index.firstLive(client, at, clock)).toBe(known.firstLive(client, at, clock))
      if (place === null) continue
      if (place.key === null) {
        if (place.root === 'activity' && known.firstLive(client, at, at + 1) === at)
          expect(index.value(id)).toEqual(known.value(id))
        continue
      }
      expect(index.lastOf(place), `last of ${place.key}`).toEqual(known.lastOf(place))
      expect(index.originOf(id), `origin of ${client} ${at}`).toEqual(known.originOf(id))
    }
  }
}

/** Yjs keeps ranges side by side where they touch. */
function merged(ranges: readonly { readonly clock: number; readonly len: number }[]): [number, number][] {
  const sorted = [...ranges].sort((a, b) => a.clock - b.clock)
  const all: [number, number][] = []
  for (const { clock, len } of sorted) {
    const last = all.at(-1)
    if (last && last[1] === clock) last[1] += len
    else all.push([clock, clock + len])
  }
  return all
}
