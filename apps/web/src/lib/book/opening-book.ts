// Stands for a book while its document loads: whatever is asked of it is asked of the book once that is open.
import type { Book } from '@tierbook/core'

/** A book of which only commands may be called, which is what people can do before it is open. */
export function openingBook(id: string, opened: Promise<Book>): Book {
  return new Proxy({ id } as Book, {
    get(target, name) {
      if (name === 'id') return target.id
      // Whoever awaits the book itself must get it, not have `then` called on it.
      if (name === 'then' || typeof name === 'symbol') return undefined
      return async (...args: unknown[]) => call(await opened, name, args)
    },
  })
}

function call(book: Book, name: string, args: readonly unknown[]): unknown {
  return (Reflect.get(book, name) as (...args: readonly unknown[]) => unknown).apply(book, [...args])
}
