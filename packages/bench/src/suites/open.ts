// Opening a book in Node: reading its bytes, checking every action, folding it into rows.
import type { Book, BookStorage } from '@tierbook/core'
import * as Y from 'yjs'
import { type Books, loadNaiveBook, openStoredBook, storeBook } from '../book/books.ts'
import { checkBook, checkNaive } from '../book/expected.ts'
import { alternate, type Case } from '../measure.ts'
import { bar, ratio, type SuiteResult } from '../report.ts'

const naive = 'naive layout: Y.applyUpdate alone'
const bytes = 'Tierbook: Y.applyUpdate alone'
const checked = 'Tierbook: openBook, every action checked'
const trusted = 'Tierbook: openBook, bytes checked at an earlier opening'

/** The targets compare a book that is ready to use with the naive layout's bytes that nobody has looked at. */
export async function openSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const openedBefore = await storeBook(books.ours)
  await (await openStoredBook(openedBefore, books)).close()

  const openCase = (name: string, prepare: () => Promise<BookStorage> | BookStorage): Case<BookStorage, Book> => ({
    name,
    prepare,
    run: (storage) => openStoredBook(storage, books),
    check: (book) => {
      checkBook(book, books.facts)
    },
    clean: (book) => book.close(),
  })
  const cases = [
    {
      name: naive,
      run: () => loadNaiveBook(books.naive),
      check: (doc: Y.Doc) => {
        checkNaive(doc, books.facts)
      },
    },
    { name: bytes, run: () => loadOurs(books.ours) },
    openCase(checked, () => storeBook(books.ours)),
    openCase(trusted, () => openedBefore),
  ]
  const timings = await alternate(cases as Case<never>[], options)
  return {
    suite: 'open',
    timings,
    bars: [
      bar(
        'open and project, every action checked, to the naive Y.applyUpdate',
        ratio(timings, checked, naive),
        'x',
        0.6,
      ),
      bar('open and project, checked before, to the naive Y.applyUpdate', ratio(timings, trusted, naive), 'x', 0.35),
    ],
    notes: [`${formatMb(books.ours)} in our layout, ${formatMb(books.naive)} in the naive one`],
  }
}

function loadOurs(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  return doc
}

function formatMb(update: Uint8Array): string {
  return `${(update.length / 1_000_000).toFixed(1)} MB`
}
