// The port to other devices: one adapter connects the document to a server and reports what is durable there.
import type { Doc } from 'yjs'
import type { SyncState } from '../book.ts'
import type { ReceiptPage, ReceiptPosition } from '../protocol/receipts.ts'

/** What a sync adapter gets to work with. */
export interface SyncContext {
  readonly book: string
  readonly doc: Doc
  readonly onState: (state: SyncState, reason: string | null) => void
  /** The server has these clocks on disk: Yjs client id to next clock. May be partial; clocks only grow. */
  readonly onDurable: (clocks: ReadonlyMap<number, number>) => void
  /** The server's whole state is in the document. */
  readonly onLoaded: () => void
  /** Receipts for those who keep them (TL5); without it the server is not asked for any. */
  readonly receipts?: ReceiptKeeper
}

/** Keeps the times at which the server received actions, and how far they go. */
export interface ReceiptKeeper {
  /** How far they go; asked at each connection. */
  position(): ReceiptPosition
  /**
   * Some more, in order and without a hole: the first receipt of an action counts. `to` and `generation` are the position to remember with
   * them. A page of another generation than the position's begins at the first update again: what was known before is of another history.
   */
  take(page: ReceiptPage): void
}

/** Connects a book to others. */
export interface BookSync {
  start(context: SyncContext): SyncHandle
}

/** A running connection. */
export interface SyncHandle {
  /** Tells the adapter that the document writes under a new Yjs client id. */
  clientIdChanged(): void
  /** Twice is harmless. */
  close(): Promise<void>
}
