// The whole overview on another day, and as it was known at another moment (TL5), with the server's receipts of every action.
import { type Book, type BookSync, openBook } from '@tierbook/core'
import { bookId, type Books, now, storeBook } from '../book/books.ts'
import { collectGarbage, quantile, toTiming } from '../measure.ts'
import { bar, type SuiteResult } from '../report.ts'

const withoutPauseMs = 50
const dayMs = 86_400_000
const minute = 60_000

/** Each question is asked of a book that nobody asked before in this round: the first answer is the one that somebody waits for. */
export async function timeAxesSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const asOf: number[] = []
  const knownAt: number[] = []
  const first: number[] = []
  for (let round = 0; round < options.rounds; round++) {
    // Before the opening and not behind it: a page that was just opened has code and heap as the opening left them.
    collectGarbage()
    const book = await openWithReceipts(books)
    const start = Date.UTC(2023, 2, 1 + round)
    first.push(time(book, { asOf: day(start), knownAt: start }))
    for (let month = 0; month < 44; month++) {
      const at = start + month * 30 * dayMs
      asOf.push(time(book, { asOf: day(at) }))
      knownAt.push(time(book, { asOf: day(at - 20 * dayMs), knownAt: at }))
    }
    await book.close()
  }
  const timings = [
    toTiming('overview as of a day', asOf),
    toTiming('overview as of a day, as known at a moment', knownAt),
    toTiming('the first such question after opening, receipts joined', first),
  ]
  return {
    suite: 'time-axes',
    timings: timings.map((timing) => ({ ...timing, samples: timing.samples.slice(0, 100) })),
    bars: [
      bar('overview as of a day, 99 of 100', quantile(asOf, 0.99), 'ms', withoutPauseMs),
      bar('overview as known at a moment, 99 of 100', quantile(knownAt, 0.99), 'ms', withoutPauseMs),
      bar('the first such question after opening, median', quantile(first, 0.5), 'ms', withoutPauseMs),
    ],
    notes: [`${books.size.clients} clients, ${books.size.actions} actions, each received a minute after it was made`],
  }
}

/** A book whose server received each action a minute after it was made. */
async function openWithReceipts(books: Books): Promise<Book> {
  const author = books.facts.actors[0]
  if (!author) throw new Error('the book has no actors')
  let taking: Promise<void> | undefined
  const sync: BookSync = {
    start({ doc, receipts }) {
      const actions = doc
        .getArray<string>('log')
        .toArray()
        .map((text) => JSON.parse(text) as { id: string; at: number })
      taking = Promise.resolve(
        receipts?.take({
          generation: 1,
          from: 0,
          to: actions.length,
          isLast: true,
          receipts: actions.map(({ id, at }) => ({ action: id, receivedAt: at + minute })),
        }),
      )
      return { clientIdChanged() {}, close: () => Promise.resolve() }
    },
  }
  const book = await openBook({ id: bookId, author, storage: await storeBook(books.ours), sync, now })
  await taking
  const { received, actions } = book.receipts()
  if (received !== actions || actions !== books.size.actions)
    throw new Error(`expected receipts of ${books.size.actions} actions, got ${received} of ${actions}`)
  return book
}

function time(book: Book, query: { asOf: string; knownAt?: number }): number {
  const startedAt = performance.now()
  const rows = book.clients(query)
  const ms = performance.now() - startedAt
  const probe = rows[Math.floor(rows.length / 2)]
  if (probe && book.tierOn(probe.id, query.asOf, query) !== probe.tier)
    throw new Error(`${probe.id} on ${query.asOf}: the table says ${probe.tier}, the client something else`)
  return ms
}

function day(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10)
}
