// The built app, served by the real server, with a made-up book in the IndexedDB of a browser profile.
import { createId, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import { chromiumSwitches } from '../../../../scripts/chromium-switches.mjs'
import { provideChromium } from '../../../../scripts/chromium.mjs'
import type { startServer } from '../../../../scripts/test-server.mjs'
import { bookId, type Books, now, storeBook } from '../book/books.ts'

/** How long a profile may take to get a large book. */
export const seedWithinMs = 180_000

/** An owner brings a book with its history to a new server. */
export async function putOnServer(books: Books, server: Awaited<ReturnType<typeof startServer>>): Promise<void> {
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
export async function joinAsDevice(context: BrowserContext, link: string, clients: number): Promise<void> {
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

/** A browser with a profile of its own, deleted when it is closed; `more` are arguments for Chromium. */
export async function openProfile(more: readonly string[] = []) {
  const found = await provideChromium()
  if ('problem' in found) throw new Error(found.problem)
  const folder = await mkdtemp(join(tmpdir(), 'tierbook-profile-'))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: found.path,
    headless: true,
    args: [...chromiumSwitches, ...more],
  })
  return {
    context,
    async close() {
      await context.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
