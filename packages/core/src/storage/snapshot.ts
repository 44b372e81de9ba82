// A snapshot among stored rows: chunks of the document up to a state, and behind them the chunks of what came since.
import type * as Y from 'yjs'
import * as z from 'zod/mini'
import { encodeChunks, type StateClocks, stateOf } from './encode-chunks.ts'
import { createPauses } from './pauses.ts'

const Clocks = z.array(z.tuple([z.int(), z.int()]))

/** Says which rows are the base of a snapshot, and what they hold. */
export const SnapshotMark = z.object({
  first: z.int(),
  last: z.int(),
  count: z.int(),
  bytes: z.int(),
  clocks: Clocks,
})
/** The mark as it is stored beside the rows. */
export type SnapshotMark = z.infer<typeof SnapshotMark>

/** Chunks ready to be stored. `base` is the snapshot that they go on from, null where they hold everything. */
export interface EncodedSnapshot {
  readonly chunks: readonly Uint8Array[]
  readonly base: SnapshotMark | null
  /** The state that base and chunks hold together. */
  readonly clocks: StateClocks
}

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

/** The mark for chunks that hold everything and were stored under `keys`. */
export function markOf({ chunks, clocks }: EncodedSnapshot, keys: readonly number[]): SnapshotMark {
  return {
    first: keys[0] ?? 0,
    last: keys.at(-1) ?? 0,
    count: keys.length,
    bytes: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    clocks: [...clocks],
  }
}

/** Whether `doc` holds all that `clocks` name. */
export function isCoveredBy(clocks: Iterable<readonly [number, number]>, state: StateClocks): boolean {
  for (const [client, clock] of clocks) if (clock > (state.get(client) ?? 0)) return false
  return true
}
