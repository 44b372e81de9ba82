// A snapshot among stored rows: chunks of the document up to a state, and behind them the chunks of what came since.
import * as z from 'zod/mini'
import { sumOfValue } from '../sums.ts'
import type { StateClocks } from './state-clocks.ts'

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

/** A mark as it is stored, with a checksum: a wrong one would let rows be removed that nothing else holds. */
export function sealMark<Mark extends object>(mark: Mark): Mark & { sum: number } {
  return { ...mark, sum: sumOfValue(mark) }
}

/** The stored mark; null where it is none, or not as it was written. Those of earlier versions have no checksum. */
export function readMark<Mark extends object>(schema: z.ZodMiniType<Mark>, stored: unknown): Mark | null {
  const mark = schema.safeParse(stored)
  const { sum } = (stored ?? {}) as { sum?: unknown }
  return mark.success && (sum === undefined || sum === sumOfValue(mark.data)) ? mark.data : null
}
