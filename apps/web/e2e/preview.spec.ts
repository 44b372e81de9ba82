// The overview is there before the document is: a large book shows what it showed last, and takes what is typed meanwhile.
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { expectOverview, goTo, startBook } from './steps.ts'

test('a large book shows its rows while its document is still loading, and changes made meanwhile are kept', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await importClients(page, 800)
  await goTo(page, 'Billing Overview')
  await expect(page.getByTestId('client-count')).toHaveText('800 clients')

  // Once changes rest, the overview is stored; another page of the site then keeps the document's rows busy.
  const other = await page.context().newPage()
  await other.goto('/healthz')
  await expect.poll(() => other.evaluate(isOverviewStored), { timeout: 30_000 }).toBe(true)
  await page.goto('/healthz')
  await other.evaluate(keepRowsBusy)

  await page.goto('/')
  await expectOverview(page)
  await expect(page.getByTestId('client-count')).toHaveText('800 clients')
  await expect(page.getByRole('button', { name: 'Saved on this device' }), 'nothing is claimed yet').toHaveCount(0)
  await page.getByRole('searchbox', { name: 'Search clients' }).fill('client 0123')
  const row = page.getByRole('row', { name: 'Client 0123' })
  await row.locator('[data-col=tier]').getByRole('button').click()
  await page.getByRole('menuitemradio', { name: /Professional/ }).click()
  await expect(row.locator('[data-col=tier]')).toContainText('Starter')

  await other.evaluate(() => Object.assign(globalThis, { isDone: true }))
  await expect(row.locator('[data-col=tier]')).toContainText('Professional')
  await expect(page.getByRole('button', { name: 'Saved on this device' })).toBeVisible()
  await expect(page.getByRole('searchbox', { name: 'Search clients' })).toHaveValue('client 0123')
  await page.reload()
  await expect(page.getByRole('row', { name: 'Client 0123' }).locator('[data-col=tier]')).toContainText('Professional')
})

async function importClients(page: Page, count: number): Promise<void> {
  await goTo(page, 'Import')
  const rows = Array.from(
    { length: count },
    (_, index) => `Client ${String(index).padStart(4, '0')},Starter,2024-01-01,R-${index}`,
  )
  const csv = ['Client,Tier,Created,External id', ...rows].join('\n')
  await page.getByLabel(/CSV file/).setInputFiles({ name: 'many.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await page.getByRole('button', { name: `Import ${count} clients` }).click()
  await expect(page.getByRole('heading', { name: 'Import done' })).toBeVisible()
}

/** Runs in a page of the site. */
async function isOverviewStored(): Promise<boolean> {
  const names = (await indexedDB.databases()).map(({ name }) => name ?? '')
  const db = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open(names.find((name) => name.startsWith('tierbook-journal:')) ?? '')
    opening.onsuccess = () => resolve(opening.result)
  })
  const mark = await new Promise((resolve) => {
    const asking = db.transaction('marks').objectStore('marks').get('overview-mark')
    asking.onsuccess = () => resolve(asking.result)
  })
  db.close()
  return mark !== undefined
}

/** Runs in a page of the site: writes into the document's database until `isDone`, so that nobody else gets a turn. */
async function keepRowsBusy(): Promise<void> {
  const names = (await indexedDB.databases()).map(({ name }) => name ?? '')
  const db = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open(names.find((name) => name.startsWith('tierbook:')) ?? '')
    opening.onsuccess = () => resolve(opening.result)
  })
  const transaction = db.transaction(['updates', 'custom'], 'readwrite')
  const goOn = () => {
    if ('isDone' in globalThis) db.close()
    else transaction.objectStore('custom').get('nothing').onsuccess = goOn
  }
  goOn()
}
