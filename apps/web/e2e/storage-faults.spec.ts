// What a real browser's storage does on a bad day, and what the person sees (rows F1–F4 and F7 of the failure list).
import type { Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { expect, localTest, test } from './fixtures.ts'
import { addClient, goTo, setUpServer, startBook, syncState } from './steps.ts'

const banner = (page: Page) => page.getByTestId('safety')

/** Names of the databases of the one book on this device. */
async function databases(page: Page): Promise<{ rows: string; journal: string }> {
  const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ''))
  const rows = names.find((name) => name.startsWith('tierbook:'))
  const journal = names.find((name) => name.startsWith('tierbook-journal:'))
  if (!rows || !journal) throw new Error(`expected a book's databases, got ${names.join(', ')}`)
  return { rows, journal }
}

localTest(
  '[F1] no space left: said in words, tried again by itself, and the change is there after a reload',
  async ({ devices }) => {
    const other = await devices.open({ serviceWorkers: 'block' })
    await other.goto('/healthz')
    const cdp = await other.context().newCDPSession(other)
    // Before anything is stored: a browser remembers for a while how much room there was.
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(other.url()).origin, quotaSize: 3_000_000 })
    const page = await other.context().newPage()
    await startBook(page, { person: 'Ada', book: 'Northwind' })
    await addClient(page, { name: 'Before' })
    await expect(syncState(page)).toHaveText('Saved on this device')

    await fillUp(other)
    await addClient(page, { name: 'Too much' })
    await expect(banner(page)).toContainText('This device has no space left for the book.')
    await expect(syncState(page)).toHaveText('Not saved on this device')
    await expect(page.getByRole('row', { name: 'Too much' })).toBeVisible()
    await other.evaluate(
      () => new Promise((resolve) => (indexedDB.deleteDatabase('something-else').onsuccess = resolve)),
    )
    await expect(syncState(page)).toHaveText('Saved on this device', { timeout: 40_000 })
    await expect(banner(page)).toBeHidden()
    await page.reload()
    await expect(page.getByRole('row', { name: 'Too much' })).toBeVisible()
  },
)

/** Another program of this site takes all the room there is. */
async function fillUp(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('something-else')
      request.onupgradeneeded = () => request.result.createObjectStore('bytes', { autoIncrement: true })
      request.onsuccess = () => resolve(request.result)
    })
    for (const size of [200_000, 20_000, 2_000, 200]) {
      for (let isFull = false; !isFull;) {
        isFull = await new Promise<boolean>((resolve) => {
          const transaction = db.transaction('bytes', 'readwrite')
          transaction.objectStore('bytes').add(crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536))))
          transaction.oncomplete = () => resolve(false)
          transaction.onabort = () => resolve(true)
        })
      }
    }
    db.close()
  })
}

test('[F2] a browser that forbids storage opens a book of a server from there, and says so', async ({
  server,
  devices,
}) => {
  const page = await devices.open()
  await setUpServer(page, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental' })
  await expect(syncState(page)).toHaveText('All changes saved')
  await page.addInitScript(() => {
    Object.defineProperty(IDBFactory.prototype, 'open', {
      value() {
        throw new DOMException('denied', 'SecurityError')
      },
    })
  })
  await page.reload()
  await expect(page.getByRole('row', { name: 'Acme Dental' })).toBeVisible()
  await expect(banner(page)).toContainText('This browser does not let Tierbook keep anything.')
  await addClient(page, { name: 'Bright Bakery' })
  await expect(page.getByRole('row', { name: 'Bright Bakery' })).toBeVisible()
})

localTest(
  '[F2] a browser that forbids storage says for a book of this device alone that nothing was deleted',
  async ({ devices }) => {
    const page = await devices.open()
    await startBook(page, { person: 'Ada', book: 'Northwind' })
    await page.addInitScript(() => {
      Object.defineProperty(IDBFactory.prototype, 'open', {
        value() {
          throw new DOMException('denied', 'SecurityError')
        },
      })
    })
    await page.reload()
    await expect(page.getByText('The book could not be opened')).toBeVisible()
    await expect(page.getByText('Nothing was deleted.')).toBeVisible()
  },
)

localTest(
  '[F3] damaged rows: every client is there, the damage is set aside, and can be downloaded',
  async ({ devices }) => {
    const page = await devices.open()
    await startBook(page, { person: 'Ada', book: 'Northwind' })
    for (const name of ['Acme', 'Bolt', 'Cork', 'Dune']) await addClient(page, { name })
    await expect(syncState(page)).toHaveText('Saved on this device')
    const { rows } = await databases(page)
    const home = page.url()
    await page.goto(new URL('/healthz', home).href)
    await page.evaluate(async (name) => {
      const db = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open(name)
        request.onsuccess = () => resolve(request.result)
      })
      const transaction = db.transaction('updates', 'readwrite')
      const store = transaction.objectStore('updates')
      const keys = await new Promise<IDBValidKey[]>((resolve) => {
        const request = store.getAllKeys()
        request.onsuccess = () => resolve(request.result)
      })
      store.put(new Uint8Array([1, 2, 3, 4, 255]), keys[1])
      store.put('no bytes', keys[3])
      await new Promise((resolve) => (transaction.oncomplete = resolve))
      db.close()
    }, rows)
    await page.goto(home)
    await expect(page.getByTestId('client-count')).toHaveText('4 clients')
    await expect(banner(page)).toContainText('2 things were damaged or refused.')
    await banner(page).getByRole('link', { name: 'See what was kept' }).click()
    await expect(page.getByText('A damaged part of the saved book')).toHaveCount(2)
    await expect(banner(page)).toBeHidden()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download everything' }).click()
    const file = JSON.parse(await readFile(await (await download).path(), 'utf8')) as { items: { base64: string }[] }
    expect(file.items.map(({ base64 }) => base64).sort()).toEqual(
      [Buffer.from('"no bytes"').toString('base64'), Buffer.from([1, 2, 3, 4, 255]).toString('base64')].sort(),
    )
    await page.getByRole('button', { name: 'Remove', exact: true }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove for good' }).click()
    await expect(page.getByText('A damaged part of the saved book')).toHaveCount(1)
    await page.reload()
    await expect(page.getByText('A damaged part of the saved book')).toHaveCount(1)
    await expect(banner(page)).toBeHidden()
  },
)

localTest(
  '[F4] [LG6] another tab deletes the book: said, typing goes on, and one click stores it again',
  async ({ devices }) => {
    const page = await devices.open()
    await startBook(page, { person: 'Ada', book: 'Northwind' })
    await addClient(page, { name: 'Before' })
    await expect(syncState(page)).toHaveText('Saved on this device')
    const other = await page.context().newPage()
    await other.goto(new URL('/healthz', page.url()).href)
    await other.evaluate(
      async (names) => {
        for (const name of names) {
          await new Promise((resolve, reject) => {
            const request = indexedDB.deleteDatabase(name)
            request.onsuccess = resolve
            request.onerror = reject
          })
        }
      },
      Object.values(await databases(page)),
    )
    await expect(banner(page)).toContainText('The book was removed from this device.')
    await addClient(page, { name: 'After' })
    await expect(page.getByTestId('client-count')).toHaveText('2 clients')
    await page.getByRole('button', { name: 'Keep it on this device' }).click()
    await expect(syncState(page)).toHaveText('Saved on this device')
    await expect(banner(page)).toBeHidden()
    await page.reload()
    await expect(page.getByTestId('client-count')).toHaveText('2 clients')
    // The device's key went with the database: it goes on as another device, and nothing looks altered (LG6).
    await addClient(page, { name: 'Later' })
    await goTo(page, 'Change log')
    await expect(page.getByTestId('verification')).toContainText('Verified: every entry is as it was written')
  },
)

localTest('[F4] a newer version takes the book over: said, and nothing throws', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Before' })
  const { rows } = await databases(page)
  const other = await page.context().newPage()
  await other.goto(new URL('/healthz', page.url()).href)
  await other.evaluate(async (name) => {
    await new Promise((resolve) => (indexedDB.open(name, 2).onsuccess = resolve))
  }, rows)
  await expect(banner(page)).toContainText('A newer version of Tierbook is open in another tab.')
  await addClient(page, { name: 'After' })
  await expect(page.getByTestId('client-count')).toHaveText('2 clients')
})

localTest(
  '[F7] where the browser does not promise to keep the book, that is said beside “saved”',
  async ({ devices }) => {
    const page = await devices.open()
    await page.addInitScript(() => {
      StorageManager.prototype.persisted = () => Promise.resolve(false)
      StorageManager.prototype.persist = () => Promise.resolve(false)
    })
    await startBook(page, { person: 'Ada', book: 'Northwind' })
    await syncState(page).click()
    await expect(page.getByTestId('eviction').filter({ visible: true })).toContainText('This browser may delete')
  },
)
