// Navigation to first rows in Chromium: the built app, served by the real server, with the book in its IndexedDB, beside a bare page on the naive layout.
import { createId, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import { provideChromium } from '../../../../scripts/chromium.mjs'
import { startServer } from '../../../../scripts/test-server.mjs'
import { bookId, type Books, now, storeBook } from '../book/books.ts'
import { toTiming } from '../measure.ts'
import { bar, ratio, type SuiteResult } from '../report.ts'
import { timeFirstRows } from './first-rows.ts'
import { openNaiveSite } from './naive-site.ts'

const ours = 'Tierbook: navigation to first rows'
const naive = 'naive layout on y-indexeddb: navigation to first rows'
const seedWithinMs = 180_000

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
      bars: [bar('navigation to first rows, to the naive page', ratio(timings, ours, naive), 'x', 0.65)],
      notes: [`Chromium ${profiles[0].context.browser()?.version() ?? ''}, headless, service worker on`],
    }
  } finally {
    for (const profile of profiles) await profile.close()
    await site.close()
    await server.close()
  }
}

/** An owner brings a book with its history to a new server. */
async function putOnServer(books: Books, server: Awaited<ReturnType<typeof startServer>>): Promise<void> {
  const author = books.facts.actors[0]
  if (!author) throw new Error('the book has no actors')
  const device = createId()
  const token = await server.join({ book: bookId, actor: author.id, device })
  const sync = webSocket({ url: `${server.url.replace('http', 'ws')}/sync`, token })
  const book = await openBook({ id: bookId, author, device, storage: await storeBook(books.ours), sync, now })
  await book.flush()
  await book.close()
}

/** Joins through an invite link and waits until the whole book is in this profile's storage. */
async function joinAsDevice(context: BrowserContext, link: string, clients: number): Promise<void> {
  const page = await context.newPage()
  await page.goto(link)
  await page.getByLabel('Your name').fill('Bench')
  await page.getByRole('button', { name: 'Join' }).click()
  const count = `${clients.toLocaleString('en')} clients`
  await page.getByText(count, { exact: true }).waitFor({ timeout: seedWithinMs })
  await page.getByText('All changes saved').first().waitFor({ timeout: seedWithinMs })
  // The worker that serves the shell must be in control, as it is for everybody after the first visit.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.reload()
  await page.getByText(count, { exact: true }).waitFor({ timeout: seedWithinMs })
  // As after any visit of more than some seconds: what the overview shows is stored for the next one.
  await page.waitForFunction(isOverviewStored, `tierbook-journal:${bookId}`, { timeout: seedWithinMs, polling: 500 })
  await page.close()
}

/** Runs in the page. */
function isOverviewStored(database: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(database)
    opening.onerror = () => reject(new Error(`${database} cannot be opened`))
    opening.onsuccess = () => {
      const db = opening.result
      const asking = db.transaction('marks').objectStore('marks').get('overview-mark')
      asking.onerror = () => reject(new Error('the mark cannot be read'))
      asking.onsuccess = () => {
        db.close()
        resolve(asking.result !== undefined)
      }
    }
  })
}

async function seedNaivePage(context: BrowserContext, url: string): Promise<void> {
  const page = await context.newPage()
  await page.goto(`${url}/?seed`)
  await page.waitForFunction(() => document.title === 'seeded', null, { timeout: seedWithinMs })
  await page.close()
}

async function openProfile() {
  const found = await provideChromium()
  if ('problem' in found) throw new Error(found.problem)
  const folder = await mkdtemp(join(tmpdir(), 'tierbook-profile-'))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: found.path,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  return {
    context,
    async close() {
      await context.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
