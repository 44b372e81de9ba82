// What one turn of a book's queue wants stored, and what may be said once it is.
import type { Connection } from './connection.ts'
import type { NewUpdate } from '../storage/storage.ts'

/** An edit that was taken. */
export interface News {
  readonly update: Uint8Array
  readonly from: Connection
}

export interface Turn {
  readonly updates: NewUpdate[]
  /** What others are to be told, with who made it. */
  readonly news: News[]
  /** Yjs client ids seen for the first time. */
  readonly bindings: Map<number, string>
  /** Run in order after the commit, never after a failed one (SY1). */
  readonly afterwards: (() => void)[]
}

export function createTurn(): Turn {
  return { updates: [], news: [], bindings: new Map(), afterwards: [] }
}
