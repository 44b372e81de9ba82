// The port to the server's disk: books, their append-only updates in a hash chain, whose client ids are whose, and snapshots as a cache.
import type { AccessStore } from './access-store.ts'
import type { ChainRow } from '@tierbook/core/protocol'
import type { SendableParts } from './packed-snapshot.ts'

/** One book as the server holds it. */
export interface BookRecord {
  readonly book: string
  readonly createdAt: number
  readonly createdBy: string
  /** When this history began here, epoch ms: it goes up when the book is restored or re-made (SY5). */
  readonly generation: number
  /** Number of updates; the last one's `seq`. */
  readonly seq: number
  /** Hash of the last row of the chain; 32 zero bytes before the first. */
  readonly head: Uint8Array
  /** Largest Lamport number in the log. */
  readonly largestN: number
  /** The actor of the first update; null before it. */
  readonly firstWriter: string | null
  /** Whether a second actor ever wrote: a book that is not shared may still be given its history (AD7). */
  readonly isShared: boolean
}

/** An update to be stored, as the document produced it. */
export interface NewUpdate {
  readonly bytes: Uint8Array
  readonly actor: string
  readonly device: string
  /** The server's clock, epoch ms. */
  readonly receivedAt: number
  /** Ids of the actions it brought, in the order of the document. */
  readonly actions: readonly string[]
  /** Of one that is carried over from a store that keeps its bytes no more. @default the hash of the bytes */
  readonly updateHash?: Uint8Array
}

/** When the actions of one stored update were received. */
export interface StoredReceipts {
  readonly seq: number
  readonly receivedAt: number
  readonly actions: readonly string[]
}

/** A stored update with its place in the chain. It has no bytes where the book's {@link LogStart} stands for it. */
export interface StoredUpdate extends Omit<NewUpdate, 'actions'> {
  readonly seq: number
  readonly previousHash: Uint8Array
  readonly updateHash: Uint8Array
}

/** What one book adds in one transaction. */
export interface BookWrite {
  readonly book: string
  /** The book's `seq` that the writer built on: another one means that somebody else wrote, and nothing is stored. */
  readonly expectedSeq: number
  readonly updates: readonly NewUpdate[]
  /** Yjs client id → actor, first sight only: one that is bound already means that somebody else wrote, and nothing is stored. */
  readonly bindings: ReadonlyMap<number, string>
  readonly largestN: number
}

/** What a snapshot says about itself. */
interface SnapshotNote {
  readonly seq: number
  /** What is in it: its state vector, and an update of its deletes alone; null in those that an older program wrote. */
  readonly outline: { readonly stateVector: Uint8Array; readonly deletes: Uint8Array } | null
}

/** The state after `seq` updates, as one update. */
export interface Snapshot extends SnapshotNote {
  readonly bytes: Uint8Array
}

/** A snapshot whose bytes are read when they are asked for, and compared with their hash: {@link SnapshotError}. */
export interface StoredSnapshot extends SnapshotNote {
  /** The bytes of one update in consecutive pieces, which belong to whoever asked: a large book in one piece would hold up all others. */
  read(): Promise<readonly Uint8Array[]>
  /** The same in the packed parts in which it lies, compared with their hash; null where it does not lie so that devices could unpack it. */
  readPacked(): Promise<SendableParts | null>
}

/** What stands for the updates whose bytes are kept no more. Their rows stay in the chain. */
export interface LogStart {
  /** Updates up to this one may be without bytes. */
  readonly trimmedTo: number
  /** The state after at least that many; kept until more is given up, whatever other snapshots come. */
  readonly snapshot: StoredSnapshot
}

/** A book ready to be put into memory. */
export interface LoadedBook {
  readonly record: BookRecord
  readonly snapshot: StoredSnapshot | null
  /** Updates after the snapshot, or all, up to the record's `seq`, in order; read when asked for. */
  readTail(): Promise<readonly Uint8Array[]>
  readonly bindings: ReadonlyMap<number, string>
}

/** Where a server keeps its books. Rejections are faults of the store; expected answers are values. */
export interface ServerStorage {
  /** All books, by id: read as they are asked for, since there may be a million. */
  books(): AsyncIterable<BookRecord>
  /** Ids of up to `atMost` books, any of them: whether there are none, one or several is known without reading them all. */
  someBooks(atMost: number): Promise<readonly string[]>
  book(book: string): Promise<BookRecord | undefined>
  /** Makes an empty book whose history begins now; one that exists stays as it is. */
  registerBook(request: { book: string; actor: string; now: number }): Promise<BookRecord>
  /**
   * Remembers an actor who joins. False where the book knew it before: it joined, wrote first, or a Yjs client id is bound to it. Of two
   * calls for one actor at most one gets true.
   */
  claimActor(request: { book: string; actor: string; now: number }): Promise<boolean>
  /** `raw` leaves the snapshot aside, where that cannot be used, for the one at the start of the log if there is one. */
  load(book: string, options?: { raw: boolean }): Promise<LoadedBook | undefined>
  /** All writes in one transaction, on disk when it resolves with the head of each one's chain; rejects with nothing stored. */
  commit(writes: readonly BookWrite[]): Promise<readonly Uint8Array[]>
  /**
   * How safe what the last commit or {@link check} stored is: on this store's disk, or applied by a synchronous standby too. `stored` until
   * one of them showed more.
   */
  readonly durability: 'stored' | 'replicated'
  /** Hash of the chain's row `seq`, 32 zero bytes for 0; undefined where there is none. */
  headAt(book: string, seq: number): Promise<Uint8Array | undefined>
  /** The rows of the chain behind `after`, without their bytes. */
  chain(book: string, options: { after: number }): AsyncIterable<ChainRow & { readonly seq: number }>
  /** The chain, both ends included. Bytes belong to whoever asked. */
  updates(book: string, options?: { from?: number; to?: number }): AsyncIterable<StoredUpdate>
  /** The `seq` of each of the books that it has: for whoever asks which of them moved on. */
  positions(books: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Whose those Yjs client ids are, as far as they are bound. */
  bindingsOf(book: string, clients: readonly number[]): Promise<ReadonlyMap<number, string>>
  /** Of the updates behind `after` that brought actions, in order. */
  receipts(book: string, options: { after: number }): AsyncIterable<StoredReceipts>
  saveSnapshot(snapshot: Snapshot & { readonly book: string }): Promise<void>
  /** Null where every update has its bytes. */
  logStart(book: string): Promise<LogStart | null>
  /**
   * Keeps the stored snapshot of `seq` as the start of the log and gives up the bytes of the updates up to `trimmedTo`, which it must hold: whoever
   * calls has proven that. False, with nothing changed, where another snapshot is stored by now, or as much was given up before.
   */
  trim(request: { book: string; seq: number; trimmedTo: number }): Promise<boolean>
  /** Who may use the books. */
  readonly access: AccessStore
  /** Proves that a write reaches the disk. */
  check(): Promise<void>
  /** Twice is harmless. */
  close(): Promise<void>
}

/** Thrown where a snapshot is not what was stored; the updates are the truth, and still there. */
export class SnapshotError extends Error {
  constructor(book: string, seq: number) {
    super(`the snapshot of book ${book} at ${seq} updates is not the one that was stored`)
    this.name = 'SnapshotError'
  }
}

/** Thrown by {@link ServerStorage.commit} where books are not as their writers believed: nothing was stored. */
export class ConflictError extends Error {
  /** Whose writes must be judged again; others of the same commit may be stored as they are. */
  readonly books: readonly string[]

  constructor(books: readonly string[], options?: { cause: unknown }) {
    super(`another process wrote to ${books.join(', ')}`, options)
    this.books = books
    this.name = 'ConflictError'
  }
}
