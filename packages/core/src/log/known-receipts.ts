// What a reading of the book asks of receipts; a book that never had a server has none, and does not load what keeps them.
import type { ReceiptPosition } from '../protocol/receipts.ts'
import type { ActionLog } from './action-log.ts'

/** Receipts as far as this replica knows them. */
export interface KnownReceipts {
  /** How far they go. */
  readonly position: ReceiptPosition
  /** The earliest of them, epoch ms: for moments before it no server was a witness (TL5). Infinity where none is known. */
  readonly first: number
  /**
   * By row of `log`: when the server received the action, epoch ms; 0 or nothing where that is not known. Servers of earlier generations count where they are
   * asked for.
   */
  times(log: ActionLog, options?: { withEarlier: boolean }): Float64Array
}

const noTimes = new Float64Array(0)

/** Of a book without a server. */
export const noReceipts: KnownReceipts = {
  position: { generation: 0, seq: 0 },
  first: Number.POSITIVE_INFINITY,
  times: () => noTimes,
}
