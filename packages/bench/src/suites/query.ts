// What the table asks on every keystroke and every click on a column, right after opening and while somebody edits.
import type { Book, ClientQuery, ClientSortKey } from '@tierbook/core'
import { type Books, openStoredBook, storeBook } from '../book/books.ts'
import { collectGarbage, quantile, toTiming } from '../measure.ts'
import { bar, type SuiteResult } from '../report.ts'

const frameMs = 16
const typed = ['acme dental', 'müller', 'łódź logistics', 'x-9', 'nobody is called this']
const columns: readonly ClientSortKey[] = ['name', 'tier', 'lastActivity', 'createdOn']

/** Times every keystroke and every sort on its own; one that is late is one that is seen. */
export async function querySuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const keystrokes: number[] = []
  const sorts: number[] = []
  const firstSorts: number[] = []
  const afterEdits: number[] = []
  for (let round = 0; round < options.rounds; round++) {
    const book = await openStoredBook(await storeBook(books.ours), books)
    collectGarbage()
    for (const by of columns) firstSorts.push(time(book, { sort: { by } }, books.size.clients))
    for (const by of columns) {
      for (const descending of [false, true]) sorts.push(time(book, { sort: { by, descending } }, books.size.clients))
      for (const text of typed) {
        for (let end = 1; end <= text.length; end++)
          keystrokes.push(time(book, { search: text.slice(0, end), sort: { by } }))
      }
    }
    for (const client of book.clients({ status: 'active' }).slice(0, 20)) {
      const edited = await book.assignTier({
        client: client.id,
        tier: client.tier === 'starter' ? 'enterprise' : 'starter',
      })
      if (!edited.ok) throw new Error(edited.error.message)
      for (const by of columns) afterEdits.push(time(book, { search: 'a', sort: { by } }))
    }
    await book.close()
  }
  const timings = [
    toTiming('keystroke: search, sorted by any column', keystrokes),
    toTiming('click on a column whose order is known', sorts),
    toTiming('first click on a column after opening', firstSorts),
    toTiming('keystroke right after an edit', afterEdits),
  ]
  return {
    suite: 'query',
    timings: timings.map((timing) => ({ ...timing, samples: timing.samples.slice(0, 200) })),
    bars: [
      bar('search and sort on a keystroke, 99 of 100', quantile(keystrokes, 0.99), 'ms', frameMs),
      bar('search and sort on a keystroke after an edit, 99 of 100', quantile(afterEdits, 0.99), 'ms', frameMs),
      bar('sort by a column, 99 of 100', quantile(sorts, 0.99), 'ms', frameMs),
      bar('first sort by a column after opening, the slowest', quantile(firstSorts, 1), 'ms', frameMs),
    ],
    notes: [`slowest of ${keystrokes.length} keystrokes: ${quantile(keystrokes, 1).toFixed(1)} ms`],
  }
}

function time(book: Book, query: ClientQuery, expectedRows?: number): number {
  const startedAt = performance.now()
  const rows = book.clients(query)
  const ms = performance.now() - startedAt
  if (expectedRows !== undefined && rows.length !== expectedRows)
    throw new Error(`expected ${expectedRows} rows, got ${rows.length}`)
  const needle = fold(query.search ?? '')
  const stray = rows.find(({ name, externalRef }) => !fold(`${name}\n${externalRef ?? ''}`).includes(needle))
  if (stray) throw new Error(`${stray.name} does not contain ${needle}`)
  return ms
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
