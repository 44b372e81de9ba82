// The port to a device's storage: a copy of the document, a journal of own actions, and a few marks.
import type { Doc } from 'yjs'

/** One local action's document update, kept until the server has acknowledged it. */
export interface JournalRecord {
  /** Action id, or `feed:<n>` for an activity report. */
  readonly id: string
  readonly update: Uint8Array
}

/** Where a book lives on this device. */
export interface BookStorage {
  /** Loads what is stored for `book` into `doc`, then keeps storing its updates. Rejects when storage cannot be opened. */
  open(context: { book: string; doc: Doc; onProblem: (problem: Error) => void }): Promise<StorageHandle>
}

/** An open store of one book. */
export interface StorageHandle {
  /** Whether anything outlives the process. */
  readonly durable: boolean
  readonly journal: {
    /** Resolves when the record is on disk. */
    append(record: JournalRecord): Promise<void>
    list(): Promise<readonly JournalRecord[]>
    remove(ids: readonly string[]): Promise<void>
  }
  /** Small values: acknowledged clocks, the validated mark, an import's plan. Keyed by text, structured-cloneable. */
  readonly marks: {
    get(key: string): Promise<unknown>
    set(key: string, value: unknown): Promise<void>
    delete(key: string): Promise<void>
  }
  /** Resolves when earlier document updates are written. */
  flush(): Promise<void>
  /** Twice is harmless. */
  close(): Promise<void>
}
