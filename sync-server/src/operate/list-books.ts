// What a store holds, book by book.
import * as Y from 'yjs'
import { loadBook } from './load-book.ts'
import type { ServerStorage } from '../storage/storage.ts'
import type { Logger } from '../logger.ts'

/** One book as an operator sees it. Times are epoch ms. */
export interface BookSummary {
  readonly book: string
  /** Null where the book has none yet, or cannot be read. */
  readonly name: string | null
  readonly createdAt: number
  readonly generation: number
  readonly updates: number
  readonly actions: number
  readonly lastReceivedAt: number | null
}

/** In the order in which they came. */
export async function listBooks(storage: ServerStorage, logger: Logger): Promise<BookSummary[]> {
  const summaries: BookSummary[] = []
  for await (const { book, createdAt, generation, seq } of storage.books()) {
    let actions = 0
    for await (const receipts of storage.receipts(book, { after: 0 })) actions += receipts.actions.length
    const [last] = await Array.fromAsync(storage.chain(book, { after: seq - 1 }))
    summaries.push({
      book,
      name: await nameOf(storage, book, logger),
      createdAt,
      generation,
      updates: seq,
      actions,
      lastReceivedAt: last?.receivedAt ?? null,
    })
  }
  return summaries.sort((a, b) => a.createdAt - b.createdAt)
}

async function nameOf(storage: ServerStorage, book: string, logger: Logger): Promise<string | null> {
  const doc = new Y.Doc()
  try {
    await loadBook({ storage, book, doc, logger })
    const name = doc.getMap('meta').get('name')
    return typeof name === 'string' ? name : null
  } catch {
    return null // `verify` says what is wrong with it
  } finally {
    doc.destroy()
  }
}
