// Tells devices when actions were received: pages from where a device's knowledge ends, then each commit's as it happens (TL5).
import { encodeReceiptPage, type Receipt, type ReceiptPosition } from '@tierbook/core/protocol'
import type { ServerStorage, StoredReceipts } from '../storage/storage.ts'

/** A page ends behind the update with which it reaches this many receipts: some 200 KiB. */
const receiptsPerPage = 10_000

/** The page that answers `position`; one of another generation, or beyond what is stored, is answered from the start. */
export async function writeReceiptPage(
  storage: Pick<ServerStorage, 'receipts'>,
  { book, generation, seq }: { book: string; generation: number; seq: number },
  position: ReceiptPosition,
): Promise<{ readonly frame: Uint8Array; readonly isLast: boolean }> {
  const from = position.generation === generation && position.seq <= seq ? position.seq : 0
  const receipts: Receipt[] = []
  let to = seq
  for await (const stored of storage.receipts(book, { after: from })) {
    for (const receipt of receiptsOf(stored)) receipts.push(receipt)
    if (receipts.length < receiptsPerPage) continue
    to = stored.seq
    break
  }
  const isLast = to === seq
  return { frame: encodeReceiptPage({ generation, from, to, isLast, receipts }), isLast }
}

/** What a commit brought; null where it brought no actions. */
export function writeNewReceipts(commit: {
  generation: number
  from: number
  to: number
  updates: readonly Pick<StoredReceipts, 'receivedAt' | 'actions'>[]
}): Uint8Array | null {
  const receipts = commit.updates.flatMap(receiptsOf)
  return receipts.length === 0 ? null : encodeReceiptPage({ ...commit, isLast: true, receipts })
}

function receiptsOf({ actions, receivedAt }: Pick<StoredReceipts, 'receivedAt' | 'actions'>): Receipt[] {
  return actions.map((action) => ({ action, receivedAt }))
}
