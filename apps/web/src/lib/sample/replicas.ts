// Three colleagues and their copies of the sample book, kept in memory while its two years are played.
import { type Book, type BookSync, createId, memory, openBook } from '@tierbook/core'
import * as Y from 'yjs'

export const colleagues = ['Dana Whitfield', 'Tomás Rivera', 'Priya Raman'] as const

/** The clock of the story, in epoch ms. */
export interface StoryClock {
  now: number
}

/** Opens one copy for each colleague. */
export function openReplicas(
  id: string,
  create: { name: string; timeZone: string; currency: string },
  clock: StoryClock,
): Promise<Book[]> {
  return Promise.all(
    colleagues.map((name, index) =>
      openBook({
        id,
        author: { id: createId(), name },
        device: createId(),
        storage: memory(),
        now: () => clock.now,
        // One makes the book, the others join it.
        ...(index === 0 ? { create } : {}),
      }),
    ),
  )
}

/** Brings all copies to the same state, as a server would. */
export function exchange(books: readonly Book[]): void {
  for (const from of books) {
    for (const to of books) {
      if (from !== to)
        Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)), exchangeOrigin)
    }
  }
}

/** Brings a finished copy into a book the way news from a server come in. */
export function bringIn(book: Book): BookSync {
  return {
    start({ doc, onDurable, onLoaded, onState }) {
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(book.doc), exchangeOrigin)
      onDurable(Y.decodeStateVector(Y.encodeStateVector(doc)))
      onLoaded()
      onState('online', null)
      return { clientIdChanged() {}, close: () => Promise.resolve() }
    },
  }
}

const exchangeOrigin = { source: 'sample', name: 'exchange' }
