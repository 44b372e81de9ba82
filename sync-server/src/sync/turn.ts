// What one turn of a book's queue wants stored, and what may be said once it is.
import type { Connection } from './connection.ts'
import type { NewUpdate } from '../storage/storage.ts'

/** Edits that were taken. */
export interface News {
  readonly update: Uint8Array
  /** Who made it; null where that was on another server. */
  readonly from: Connection | null
}

export interface Turn {
  readonly updates: NewUpdate[]
  /** Actors of {@link updates}. */
  readonly writers: Set<string>
  /** What others are to be told, with who made it. */
  readonly news: News[]
  /** Yjs client ids seen for the first time. */
  readonly bindings: Map<number, string>
  /** Of those who want to know: up to which clock of each Yjs client id theirs will be on disk. Told in one frame each. */
  readonly durable: Map<Connection, Map<number, number>>
  /** Whether something was accepted that only a founding owner may bring (AD7): what others write meanwhile changes that. */
  isFounding: boolean
  /** Whether the book was compared with the store since the turn began: then a gap is one, and a refusal stands. */
  isCurrent: boolean
  /** What others stored while it was taken may change what was decided: nothing of it may be stored. */
  mustBeJudgedAgain: boolean
  /** Run one after the other after the commit, never after a failed one (SY1). */
  readonly afterwards: (() => unknown)[]
}

export function createTurn(): Turn {
  return {
    updates: [],
    writers: new Set(),
    news: [],
    bindings: new Map(),
    durable: new Map(),
    isFounding: false,
    isCurrent: false,
    mustBeJudgedAgain: false,
    afterwards: [],
  }
}

/** Notes what a connection will be told is on disk. */
export function noteDurable({ durable }: Turn, connection: Connection, clocks: ReadonlyMap<number, number>): void {
  const noted = durable.get(connection) ?? new Map<number, number>()
  durable.set(connection, noted)
  for (const [client, clock] of clocks) noted.set(client, Math.max(clock, noted.get(client) ?? 0))
}
