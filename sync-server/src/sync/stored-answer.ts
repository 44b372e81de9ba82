// Answers a device's sync request from stored bytes, without a document: the snapshot, the updates behind it, and all deletes.
import * as Y from 'yjs'
import type { LoadedBook, ServerStorage } from '../storage/storage.ts'
import { type BookOutline, covers, createOutline } from './book-outline.ts'
import { writeSyncStep2, writeUpdate } from './messages.ts'

/** A book of which only the outline is in memory. */
export interface StoredContents {
  readonly outline: BookOutline
  /** Whether {@link answer} can be given to somebody who knows `clocks`. */
  canAnswer(clocks: ReadonlyMap<number, number>): boolean
  /** Frames, the last of which says that this was all. */
  answer(clocks: ReadonlyMap<number, number>): Promise<readonly Uint8Array[]>
}

/** More updates behind the snapshot than this are not sent one by one. */
const maxTail = 1_000

/** Null where the store keeps too little beside the snapshot, or too much behind it. */
export async function openStoredContents(
  storage: Pick<ServerStorage, 'updates'>,
  { record, snapshot }: LoadedBook,
): Promise<StoredContents | null> {
  const { book, seq } = record
  const start = snapshot?.seq ?? 0
  if (seq - start > maxTail || (snapshot && !snapshot.outline)) return null
  const outline = createOutline(snapshot?.outline ?? undefined)
  const inSnapshot = new Map(outline.clocks)
  for await (const { bytes } of storage.updates(book, { from: start + 1, to: seq })) outline.add(bytes)

  return {
    outline,
    canAnswer: (clocks) => clocks.size === 0 || covers(clocks, outline.clocks) || covers(clocks, inSnapshot),
    async answer(clocks) {
      const end = writeSyncStep2(outline.encodeDeletes())
      if (covers(clocks, outline.clocks)) return [end]
      const frames: Uint8Array[] = []
      if (snapshot && !covers(clocks, inSnapshot)) frames.push(writeUpdate(await snapshot.read()))
      for await (const { bytes } of storage.updates(book, { from: start + 1 }))
        if (!covers(clocks, Y.parseUpdateMeta(bytes).to)) frames.push(writeUpdate(bytes))
      return [...frames, end]
    },
  }
}
