// Which books a command is about.
import type { BookRecord, ServerStorage } from '../storage/storage.ts'
import { OperatorError } from './operator-error.ts'

/** All books, or the one that was asked for; throws where it is not in the store. */
export async function* chosenBooks(
  storage: ServerStorage,
  book: string | undefined,
): AsyncGenerator<BookRecord, undefined> {
  if (book === undefined) {
    yield* storage.books()
    return
  }
  const found = await storage.book(book)
  if (found) {
    yield found
    return
  }
  const others = await storage.someBooks(mostNamed + 1)
  const named = others.slice(0, mostNamed).join(', ') || 'none'
  throw new OperatorError(
    `book ${book} is not in this store; it holds ${named}${others.length > mostNamed ? ' and more' : ''}`,
  )
}

const mostNamed = 10 // of the books that a message names

/** The one that was asked for, or the only one there is; throws where that says none or several. */
export async function onlyBook(storage: ServerStorage, book: string | undefined): Promise<BookRecord> {
  const found: BookRecord[] = []
  for await (const record of chosenBooks(storage, book)) if (found.push(record) > 1) break
  const [record, another] = found
  if (record && !another) return record
  throw new OperatorError(
    `expected one book, found ${record ? 'several' : 'none'}; name one with --book (see \`tierbook books\`)`,
  )
}
