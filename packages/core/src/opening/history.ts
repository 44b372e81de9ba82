// Remembers what the server last said its history of the book is, so that a server that lost or rewrote it is noticed (SY5).
import * as z from 'zod/mini'
import type { ServerHead } from '../protocol/head.ts'
import type { StorageHandle } from '../storage/storage.ts'
import type { HistoryKeeper } from '../sync/sync.ts'
import { markNames } from './durability.ts'

const StoredHead = z.object({
  generation: z.int(),
  seq: z.int(),
  head: z.string(),
  signedAt: z.int(),
  signature: z.string(),
  publicKey: z.string(),
})

/** Starts from what an earlier opening was shown. */
export async function createHistory(marks: StorageHandle['marks']): Promise<HistoryKeeper> {
  const stored = StoredHead.safeParse(await marks.get(markNames.head))
  let last: ServerHead | null = stored.success ? stored.data : null
  return {
    last: () => last,
    take(head) {
      last = head
      // One that is not remembered only makes the next comparison begin earlier.
      void marks.set(markNames.head, head).catch(() => undefined)
    },
    // The final word that follows says it, and with it the recovery keeps the evidence.
    doubt() {},
  }
}
