// What takes long for a large book, as pure functions over bytes: an index of it, one update in place of many, and what somebody lacks of one.
import {
  type BookIndexState,
  createBookIndex,
  createDeletedRanges,
  type Range,
  takeStored,
} from '@tierbook/core/admission'
import * as Y from 'yjs'
import { isSameBook } from './same-book.ts'

/** An index as plain data, with the clocks and deletes that lie beside it. */
export interface IndexedBook {
  readonly clocks: Map<number, number>
  readonly deletes: readonly (readonly [client: number, ranges: readonly Range[]])[]
  readonly state: BookIndexState
}

/** One update in place of many, and its outline. */
export interface CompactBook {
  readonly bytes: Uint8Array
  readonly stateVector: Uint8Array
  readonly deletes: Uint8Array
}

/** An update in consecutive pieces. */
export type Pieces = readonly Uint8Array[]

/** What can be asked for. Stored updates are in their order, a snapshot first. */
export interface BookWork {
  /** Throws where the updates have a gap. */
  index(updates: readonly Pieces[]): IndexedBook
  /** Throws where a document does not take all of the updates. */
  compact(updates: readonly Pieces[]): CompactBook
  /** What somebody with that state vector lacks of an update, all its deletes included. */
  diff(update: Pieces, stateVector: Uint8Array): Uint8Array
  /** Whether the updates together make what the snapshot says. Throws where they have a gap. */
  isSame(updates: readonly Pieces[], snapshot: Pieces): boolean
}

export const bookWork: BookWork = {
  index(updates) {
    const clocks = new Map<number, number>()
    const deleted = createDeletedRanges()
    const index = createBookIndex({ clocks, deleted, actorOf: () => undefined, largestN: () => 0 })
    for (const update of updates) takeStored(index, join(update))
    return { clocks, deletes: [...deleted.entries()], state: index.state }
  },
  compact(updates) {
    const doc = applyAll(updates)
    const stateVector = Y.encodeStateVector(doc)
    return { bytes: Y.encodeStateAsUpdate(doc), stateVector, deletes: Y.encodeStateAsUpdate(doc, stateVector) }
  },
  diff: (update, stateVector) => Y.diffUpdate(join(update), stateVector),
  isSame: (updates, snapshot) => isSameBook(applyAll(updates), applyAll([snapshot])),
}

function applyAll(updates: readonly Pieces[]): Y.Doc {
  const doc = new Y.Doc()
  // One transaction: applying one by one takes three times as long.
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, join(update))
  })
  if (doc.store.pendingStructs || doc.store.pendingDs) throw new Error('the stored updates have a gap')
  return doc
}

function join(pieces: Pieces): Uint8Array {
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)
}
