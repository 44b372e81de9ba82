// Puts a book's rows in the order of each column while nobody waits: the first click on a column's head finds them sorted. The book keeps each order.
import type { Book } from '@tierbook/core'
import { whenIdle } from '#lib/app/when-idle.ts'
import { sortable } from './columns.ts'

/** Begins once the page is idle, one column at a time; gives what ends it. */
export function sortAhead(book: Book): () => void {
  const orders = sortable.map(({ sort }) => sort)
  let isOver = false
  const next = () => {
    const by = isOver ? undefined : orders.pop()
    if (by === undefined) return
    book.clients({ sort: { by } })
    whenIdle(next)
  }
  whenIdle(next)
  return () => (isOver = true)
}
