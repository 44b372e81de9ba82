// Encodes a document as a snapshot, in slices. Loaded when there is something to put together, not with the first page.
import type * as Y from 'yjs'
import { encodeChunks } from './encode-chunks.ts'
import { createPauses } from './pauses.ts'
import type { EncodedSnapshot, SnapshotMark } from './snapshot.ts'
import { stateOf } from './state-clocks.ts'

const smallTailBytes = 262_144

/**
 * Encodes `doc`, in slices. Goes on from `base` as long as what came since is small beside it: so writing costs, over the years, a few times what
 * the document has, and not the whole document every time.
 */
export async function encodeSnapshot(
  doc: Y.Doc,
  { base, tailBytes }: { base: SnapshotMark | null; tailBytes: number },
): Promise<EncodedSnapshot> {
  const goesOn = base !== null && tailBytes <= Math.max(smallTailBytes, base.bytes / 8)
  const pause = createPauses()
  const clocks = stateOf(doc)
  const chunks: Uint8Array[] = []
  for (const chunk of encodeChunks(doc, goesOn ? { from: new Map(base.clocks) } : {})) {
    chunks.push(chunk)
    await pause()
  }
  return { chunks, base: goesOn ? base : null, clocks }
}
