// The port to other devices: one adapter connects the document to a server and reports what is durable there.
import type { Doc } from 'yjs'
import type { SyncState } from '../book.ts'
import type { RefusedRange } from '../protocol/durable.ts'
import type { ServerHead } from '../protocol/head.ts'
import type { ReceiptPage, ReceiptPosition } from '../protocol/receipts.ts'
import type { ServerFacts } from '../protocol/server-facts.ts'
import type { HistoryDoubtCode } from '../protocol/wire.ts'

/** What a sync adapter gets to work with. */
export interface SyncContext {
  readonly book: string
  readonly doc: Doc
  readonly onState: (state: SyncState, reason: string | null) => void
  /** The server has these clocks on disk: Yjs client id to next clock. May be partial; clocks only grow. */
  readonly onDurable: (clocks: ReadonlyMap<number, number>) => void
  /** The server's whole state is in the document. */
  readonly onLoaded: () => void
  /** What the server says about its store; asked for by nobody, told when it changes. */
  readonly onFacts?: (facts: Partial<ServerFacts>) => void
  /** Receipts for those who keep them (TL5); without it the server is not asked for any. */
  readonly receipts?: ReceiptKeeper
  /** The server's history for those who remember it (SY5); without it nothing is compared. */
  readonly history?: HistoryKeeper
  /** The server's final word: it will not be dialled again until the book is opened anew. Follows `onState`. */
  readonly onFinal?: (word: FinalWord) => void
}

/** Keeps the times at which the server received actions, and how far they go. */
export interface ReceiptKeeper {
  /** How far they go; asked at each connection. */
  position(): ReceiptPosition
  /**
   * Some more, in order and without a hole: the first receipt of an action counts. `to` and `generation` are the position to remember with
   * them. A page of another generation than the position's begins at the first update again: what was known before is of another history.
   * Those of a large page are taken in slices; the next page is given once they are.
   */
  take(page: ReceiptPage): void | Promise<void>
}

/** Remembers what the server last said its history is, to notice when it was rewritten or rolled back. */
export interface HistoryKeeper {
  /** The last head that was taken; null before the first, and after a recovery. Asked at each connection. */
  last(): ServerHead | null
  /** The head follows from the last one, or is the first. `last` gives it from now on. */
  take(head: ServerHead): void
  /** The server has another history than it once signed. Nothing more is synced; `onFinal` follows. */
  doubt(doubt: HistoryDoubt): void
}

/** Evidence. */
export interface HistoryDoubt {
  /** `bad-signature`: the head is not signed with the key that comes with it. */
  readonly code: HistoryDoubtCode | 'bad-signature'
  readonly reason: string
  readonly known: ServerHead | null
  /** Null where the server closed before it showed one. */
  readonly found: ServerHead | null
}

/** Why a server ended a connection for good. */
export interface FinalWord {
  /** See `closeCode` in `@tierbook/core/protocol`. */
  readonly closeCode: number
  readonly reason: string
  /** Clocks of this device that the server did not take on this connection. */
  readonly refused: readonly RefusedRange[]
}

/** Connects a book to others. */
export interface BookSync {
  start(context: SyncContext): SyncHandle
}

/** A running connection. */
export interface SyncHandle {
  /** Tells the adapter that the document writes under a new Yjs client id. */
  clientIdChanged(): void
  /**
   * Asks for all that the server has by now: true once it is in the document, false where the server does not answer. Left out by an adapter whose
   * server cannot be asked.
   */
  catchUp?(): Promise<boolean>
  /** Twice is harmless. */
  close(): Promise<void>
}
