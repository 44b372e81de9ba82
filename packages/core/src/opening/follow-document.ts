// Keeps the projection in step with the document, transaction by transaction, and turns the table over with the book's day (TL6).
import type { Doc, Transaction } from 'yjs'
import type { BookChange } from '../book.ts'
import { visitAdded } from '../log/log-items.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import type { Durability } from './durability.ts'

/** At most this long after midnight in the book's zone the table has turned over. */
const dayCheckMs = 30_000

/** Follows `doc` until closed. */
export function followDocument(parts: {
  doc: Doc
  projection: BookProjection
  durability: Durability
  hasSync: boolean
  publish: (change: Omit<BookChange, 'status'> | null) => void
  now: () => number
}): { checkDay(): void; close(): void } {
  const { doc, projection, durability, publish } = parts
  const log = doc.getArray<unknown>('log')
  const onTransaction = (transaction: Transaction) => {
    if (parts.hasSync) visitAdded(log, transaction, durability.noteElement)
    publish(projection.apply(transaction))
  }
  doc.on('afterTransaction', onTransaction)

  let day = projection.today()
  const turn = () => {
    if (projection.today() === day) return
    day = projection.today()
    publish({ clients: projection.turnDay(), tiers: false, settings: false, log: false })
  }
  const timer = setInterval(turn, dayCheckMs)
  // In Node a script must be able to end while a book is open only for reading.
  if (typeof timer === 'object') timer.unref()
  // After sleep or in a background tab timers are late; becoming visible again is the moment that counts.
  const { document: page } = globalThis as { document?: EventTarget }
  page?.addEventListener('visibilitychange', turn)
  return {
    checkDay: turn,
    close() {
      clearInterval(timer)
      page?.removeEventListener('visibilitychange', turn)
      doc.off('afterTransaction', onTransaction)
    },
  }
}
