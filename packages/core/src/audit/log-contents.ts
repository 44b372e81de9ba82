// What is verified and exported: the texts of the log as they are in the document, readable or not. Plain data, so that a worker can be given it.
import type { Doc } from 'yjs'
import { visitAll } from '../log/log-items.ts'

/** A book's id and every element of its log. */
export interface LogContents {
  readonly book: string
  readonly elements: readonly unknown[]
}

/** Takes a log out of an open book; gives contents back as they are. */
export function logContents(book: LogContents | { readonly id: string; readonly doc: Doc }): LogContents {
  if (!('doc' in book)) return book
  const elements: unknown[] = []
  visitAll(book.doc.getArray('log'), (value) => elements.push(value))
  return { book: book.id, elements }
}
