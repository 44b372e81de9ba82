// What years cost: bytes, opening and the page's main thread, on a book of five years at a usual size and on the big one.
import { startServer } from '../../../../scripts/test-server.mjs'
import { bookId, type Books, createOurBook, openStoredBook, storeBook } from '../book/books.ts'
import { alternate, type Case, quantile, toTiming } from '../measure.ts'
import { bar, type SuiteResult } from '../report.ts'
import { joinAsDevice, openProfile, putOnServer } from './app-with-book.ts'
import { type PageFigures, watchLoad } from './page-figures.ts'

/** A provider with 500 clients, 12 changes of each in a year, six people who open the book on every working day of five years. */
const fiveYears = { clients: 500, actions: 30_500, sessions: 1_250 }
const oneFrameMs = 16
const longTaskMs = 50

/** Both books one after the other; what the page does is measured in the page. */
export async function growthSuite(big: Books, options: { rounds: number }): Promise<SuiteResult> {
  const books = [
    { name: '500 clients, five years', books: createOurBook(fiveYears) },
    { name: `${big.size.clients} clients, ${big.size.actions} actions`, books: big },
  ]
  const result = {
    timings: [] as SuiteResult['timings'][number][],
    bars: [] as SuiteResult['bars'][number][],
    notes: [] as string[],
  }
  for (const { name, books: made } of books) {
    const opened = await alternate(await openCases(name, made), options)
    const pages = await figuresInChromium(made, options)
    const of = (pick: (figures: PageFigures) => readonly number[]) => pages.loads.flatMap(pick)
    const longest = of(({ longestTaskMs }) => [longestTaskMs])
    const edits = of(({ editMs }) => editMs)
    const bare = of(({ bareClickMs }) => bareClickMs)
    result.timings.push(
      ...opened,
      toTiming(
        `${name}: navigation to first rows`,
        of(({ firstRowsMs }) => [firstRowsMs]),
      ),
      toTiming(
        `${name}: navigation to the whole book loaded`,
        of(({ loadedMs }) => [loadedMs]),
      ),
      toTiming(`${name}: longest task while it loads`, longest),
      toTiming(`${name}: edit to painted badge`, edits),
      toTiming(`${name}: a click that only writes one word, to its frame`, bare),
    )
    result.bars.push(
      bar(`longest task on the main thread while loading, ${name}`, quantile(longest, 0.5), 'ms', longTaskMs),
      bar(`edit to painted badge, median, ${name}`, quantile(edits, 0.5), 'ms', oneFrameMs),
    )
    result.notes.push(
      `${name}: ${formatMb(made.ours.length)} as one update, ${formatMb(pages.storedBytes)} of storage in Chromium; tasks over 50 ms in each load: ${of(({ longTasks }) => [longTasks]).join(', ')}`,
    )
  }
  return { suite: 'growth', ...result }
}

async function openCases(name: string, books: Books): Promise<Case<never>[]> {
  const before = await storeBook(books.ours)
  await (await openStoredBook(before, books)).close()
  const check = (book: Awaited<ReturnType<typeof openStoredBook>>) => {
    const shown = book.clients().length
    if (shown !== books.size.clients) throw new Error(`${name}: expected ${books.size.clients} clients, got ${shown}`)
  }
  const open = (
    title: string,
    prepare: () => ReturnType<typeof storeBook> | Awaited<ReturnType<typeof storeBook>>,
  ) => ({
    name: `${name}: openBook in Node, ${title}`,
    prepare,
    run: (storage: Awaited<ReturnType<typeof storeBook>>) => openStoredBook(storage, books),
    check,
    clean: (book: Awaited<ReturnType<typeof openStoredBook>>) => book.close(),
  })
  return [
    open('every action checked', () => storeBook(books.ours)),
    open('as a device opens it again', () => before),
  ] as unknown as Case<never>[]
}

async function figuresInChromium(books: Books, options: { rounds: number }) {
  const server = await startServer()
  const profile = await openProfile()
  try {
    await putOnServer(books, server)
    await joinAsDevice(profile.context, server.inviteLink(bookId), books.size.clients)
    const loads: PageFigures[] = []
    for (let round = 0; round <= options.rounds; round++) {
      const figures = await watchLoad(profile.context, server.url)
      if (round > 0) loads.push(figures)
    }
    return { loads, storedBytes: loads.at(-1)?.storedBytes ?? 0 }
  } finally {
    await profile.close()
    await server.close()
  }
}

function formatMb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
