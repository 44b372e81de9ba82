// Waits for a book that talks with a hub: what is under way is delivered again and again.
import type { Book, BookStatus } from '../src/book.ts'
import type { Hub } from '../src/testing/hub.ts'

/** Delivers until the book's status is as wanted. */
export async function settle(hub: Hub, book: Book, holds: (status: BookStatus) => boolean): Promise<BookStatus> {
  for (let turn = 0; turn < 2_000; turn++) {
    hub.deliverAll()
    if (holds(book.status)) return book.status
    await new Promise((resolve) => setTimeout(resolve))
  }
  throw new Error(`never as wanted: ${JSON.stringify(book.status)}`)
}
