// The books on this device: which there are, and which server each is kept in step with.
import * as z from 'zod/mini'
import { type KeyValueStorage, readStored, writeStored } from './stored-json.ts'

const key = 'tierbook.books'
const Id = z.string().check(z.regex(/^[\w-]{22}$/))

export const ListedBook = z.object({
  id: Id,
  name: z.string(),
  /** The actor this device writes as in this book. */
  actor: Id,
  /** Made of sample data. */
  sample: z.boolean(),
  /** Null while the book lives on this device alone. */
  server: z.nullable(z.object({ token: z.string(), role: z.enum(['owner', 'editor', 'viewer']) })),
})
export type ListedBook = z.infer<typeof ListedBook>

const BookList = z.object({ books: z.array(ListedBook), latest: z.nullable(Id) })
export type BookList = z.infer<typeof BookList>

/** Reads the list; a list that cannot be read counts as empty and is said. */
export function loadBookList(storage: KeyValueStorage): { list: BookList; problem: string | null } {
  const { value, problem } = readStored(storage, key, BookList)
  return { list: value ?? { books: [], latest: null }, problem }
}

/** Keeps the list; gives words where that failed. */
export function saveBookList(storage: KeyValueStorage, list: BookList): string | null {
  return writeStored(storage, key, list)
}

/** The list with `book` added or replaced, and opened last. */
export function withBook(list: BookList, book: ListedBook): BookList {
  const known = list.books.some(({ id }) => id === book.id)
  const books = known ? list.books.map((other) => (other.id === book.id ? book : other)) : [...list.books, book]
  return { books, latest: book.id }
}

/** The list without the book. */
export function withoutBook(list: BookList, id: string): BookList {
  const books = list.books.filter((book) => book.id !== id)
  return { books, latest: list.latest === id ? (books.at(-1)?.id ?? null) : list.latest }
}
