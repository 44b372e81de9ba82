// The server refuses a device, in a real browser: it recovers by itself, in both tabs, and says what happened (SY3, F37).
import type { Page } from '@playwright/test'
import * as Y from 'yjs'
import { expect, test } from './fixtures.ts'
import { addClient, goTo, setUpServer, syncState, tableRows } from './steps.ts'

/** Brings a change into the open book that no command makes: what a bug, or another program on this device, would leave there. */
async function poison(page: Page): Promise<void> {
  const doc = new Y.Doc()
  doc.getMap('nonsense').set('key', 'value')
  const update = [...Y.encodeStateAsUpdate(doc)]
  await page.evaluate(async (bytes) => {
    const name = (await indexedDB.databases())
      .map((each) => each.name ?? '')
      .find((each) => each.startsWith('tierbook:'))
    if (!name) throw new Error('no book here')
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => resolve(request.result)
    })
    const replica = await new Promise((resolve) => {
      const request = db.transaction('custom').objectStore('custom').get('tierbook-replica')
      request.onsuccess = () => resolve(request.result)
    })
    db.close()
    const channel = new BroadcastChannel(name)
    channel.postMessage({ type: 'update', replica, update: new Uint8Array(bytes) })
    channel.close()
  }, update)
}

test('[SY3] [F37] a refused change: the app recovers, both tabs show the same, nothing typed is lost, and the person is told', async ({
  server,
  devices,
}) => {
  const page = await devices.open()
  await setUpServer(page, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await expect(syncState(page)).toHaveText('All changes saved')
  const second = await page.context().newPage()
  await second.goto(page.url())
  await expect(second.getByTestId('client-count')).toHaveText('1 client')

  await page.context().setOffline(true)
  await addClient(page, { name: 'Bright Bakery', tier: 'Enterprise' })
  const helper = await page.context().newPage()
  await page.context().setOffline(false)
  await helper.goto(new URL('/healthz', page.url()).href)
  await poison(helper)
  await addClient(page, { name: 'Corner Cafe' })

  const banner = page.getByTestId('safety')
  await expect(banner).toContainText('The server did not accept this device’s copy of the book.', { timeout: 40_000 })
  await expect(banner).toContainText('Nothing you typed is lost.')
  for (const tab of [page, second]) {
    await expect(syncState(tab)).toHaveText('All changes saved', { timeout: 40_000 })
    await expect(tab.getByTestId('client-count')).toHaveText('3 clients')
  }
  expect(await tableRows(second)).toEqual(await tableRows(page))
  await addClient(second, { name: 'Dune Design' })
  await expect(page.getByTestId('client-count')).toHaveText('4 clients')

  await goTo(page, 'Settings')
  await expect(page.getByText('A copy of the whole book from before the server refused a change').first()).toBeVisible()
  await banner.getByRole('button', { name: 'Understood' }).click()
  await expect(banner).toBeHidden()
  await page.reload()
  await expect(syncState(page)).toHaveText('All changes saved')
  await expect(banner).toBeHidden()
})
