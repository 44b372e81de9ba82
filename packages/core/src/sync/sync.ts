// The port to other devices: one adapter connects the document to a server and reports what is durable there.
import type { Doc } from 'yjs'
import type { SyncState } from '../book.ts'

/** What a sync adapter gets to work with. */
export interface SyncContext {
  readonly book: string
  readonly doc: Doc
  readonly onState: (state: SyncState, reason: string | null) => void
  /** The server has these clocks on disk: Yjs client id to next clock. May be partial; clocks only grow. */
  readonly onDurable: (clocks: ReadonlyMap<number, number>) => void
  /** The server's whole state is in the document. */
  readonly onLoaded: () => void
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
