// What one turn of a book's queue wants stored, and what may be said once it is.
import type { NewUpdate } from '../storage/storage.ts'

export interface Turn {
  readonly updates: NewUpdate[]
  /** Yjs client ids seen for the first time. */
  readonly bindings: Map<number, string>
  /** Run in order after the commit, never after a failed one (SY1). */
  readonly afterwards: (() => void)[]
}

export function createTurn(): Turn {
  return { updates: [], bindings: new Map(), afterwards: [] }
}
