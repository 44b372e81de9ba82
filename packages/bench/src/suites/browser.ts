// Navigation to first rows in Chromium: the built app, served by the real server, with the book in its IndexedDB, beside a bare page on the naive layout.
import type { BrowserContext } from 'playwright-core'
import { startServer } from '../../../../scripts/test-server.mjs'
import { bookId, type Books } from '../book/books.ts'
import { toTiming } from '../measure.ts'
import { bar, ratio, type SuiteResult } from '../report.ts'
import { joinAsDevice, openProfile, putOnServer, seedWithinMs } from './app-with-book.ts'
import { timeFirstRows } from './first-rows.ts'
import { openNaiveSite } from './naive-site.ts'

const ours = 'Tierbook: navigation to first rows'
const naive = 'naive layout on y-indexeddb: navigation to first rows'

/** Each page keeps a browser profile of its own and is navigated to in a fresh tab, in turn. */
export async function browserSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const server = await startServer()
  const site = await openNaiveSite(books.naive)
  const profiles = [await openProfile(), await openProfile()] as const
  try {
    await putOnServer(books, server)
    await joinAsDevice(profiles[0].context, server.inviteLink(bookId), books.size.clients)
    await seedNaivePage(profiles[1].context, site.url)

    const samples = { ours: [] as number[], naive: [] as number[] }
    for (let round = 0; round <= options.rounds; round++) {
      const one = await timeFirstRows(profiles[0].context, server.url)
      const other = await timeFirstRows(profiles[1].context, site.url)
      if (!one.names[0]?.startsWith(other.names[0] ?? 'no rows'))
        throw new Error(`expected the same first client, got ${one.names[0]} and ${other.names[0]}`)
      if (round === 0) continue
      samples.ours.push(one.ms)
      samples.naive.push(other.ms)
    }
    const timings = [toTiming(ours, samples.ours), toTiming(naive, samples.naive)]
    return {
      suite: 'browser',
      timings,
      bars: [bar('navigation to first rows, to the naive page', ratio(timings, ours, naive), 'x', 0.2)],
      notes: [`Chromium ${profiles[0].context.browser()?.version() ?? ''}, headless, service worker on`],
    }
  } finally {
    for (const profile of profiles) await profile.close()
    await site.close()
    await server.close()
  }
}

async function seedNaivePage(context: BrowserContext, url: string): Promise<void> {
  const page = await context.newPage()
  await page.goto(`${url}/?seed`)
  await page.waitForFunction(() => document.title === 'seeded', null, { timeout: seedWithinMs })
  await page.close()
}
