// What the contract writes, and how it reads it again.
import type { BookWrite, LoadedBook, ServerStorage } from '../storage.ts'

/** The book that every storage of the contract has. */
export const book = 'book000000000000000000'
/** One that it has not. */
export const other = 'other00000000000000000'

/** A write of one update to {@link book} behind `seq`, where nothing else is said. */
export function write(
  options: Partial<BookWrite> & { seq: number; bytes?: number[]; actor?: string; actions?: string[] },
): BookWrite {
  return {
    book: options.book ?? book,
    expectedSeq: options.seq,
    updates: options.updates ?? [
      {
        bytes: Uint8Array.from(options.bytes ?? [1]),
        actor: options.actor ?? 'ada',
        device: 'laptop',
        receivedAt: 1000 + options.seq,
        actions: options.actions ?? [],
      },
    ],
    bindings: options.bindings ?? new Map(),
    largestN: options.largestN ?? 0,
  }
}

/** The updates behind the snapshot. */
export async function tail(storage: ServerStorage): Promise<number[][]> {
  return ((await (await storage.load(book))?.readTail()) ?? []).map((bytes) => [...bytes])
}

/** The snapshot. */
export async function bytesOf(loaded: LoadedBook | undefined): Promise<number[]> {
  return [...Buffer.concat((await loaded?.snapshot?.read()) ?? [])]
}
