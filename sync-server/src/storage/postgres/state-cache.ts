// What this node last knew of books, so that a commit needs no read before it. A wrong entry costs a conflict, never an update.
import type { BookState } from './commit.ts'

export interface StateCache {
  get(book: string): BookState | undefined
  set(book: string, state: BookState): void
  delete(book: string): void
}

/** Some 200 bytes each; books that are written to at the same time are fewer. */
const maxBooks = 20_000

export function createStateCache(): StateCache {
  const states = new Map<string, BookState>()
  return {
    get: (book) => states.get(book),
    set(book, { seq, head, firstWriter, isShared, largestN }) {
      // The longest unused goes first.
      states.delete(book)
      states.set(book, { seq, head, firstWriter, isShared, largestN })
      const [oldest] = states.keys()
      if (states.size > maxBooks && oldest !== undefined) states.delete(oldest)
    },
    delete: (book) => void states.delete(book),
  }
}
