// One browser profile: two tabs of which one has lost its server (F8), and two people one after the other (F9).
import type { Page, WebSocketRoute } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import {
  addClient,
  changeTier,
  goTo,
  inviteLink,
  joinBook,
  openRecord,
  planOf,
  setUpServer,
  startBook,
  syncState,
  tableRows,
} from './steps.ts'

/** Lets a tab's websockets be cut while those of the other tabs stay. */
async function controlSockets(page: Page): Promise<{ cut(): void; mend(): void }> {
  const open = new Set<WebSocketRoute>()
  let isCut = false
  await page.routeWebSocket(/\/sync\//, (socket) => {
    if (isCut) return void socket.close({ code: 1013, reason: 'cut by the test' })
    const server = socket.connectToServer()
    open.add(socket)
    socket.onClose((code, reason) => {
      open.delete(socket)
      void server.close({ code: code === 1000 || (code ?? 0) >= 3000 ? (code as number) : 1000, reason: reason ?? '' })
    })
  })
  return {
    cut() {
      expect(open.size, 'this tab talks to the server').toBeGreaterThan(0)
      isCut = true
      for (const socket of open) void socket.close({ code: 3000, reason: 'cut by the test' })
      open.clear()
    },
    mend() {
      isCut = false
    },
  }
}

test('[F8] a tab without the server is passed on by the one beside it: nothing is stuck, and all show the same', async ({
  server,
  devices,
}) => {
  const first = await devices.open()
  const sockets = await controlSockets(first)
  await setUpServer(first, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(first, { name: 'Acme Dental', tier: 'Starter' })
  await expect(syncState(first)).toHaveText('All changes saved')
  const phone = await devices.open()
  await joinBook(phone, await inviteLink(first, 'editor'), 'Ben')
  const second = await first.context().newPage()
  await second.goto(new URL('/', first.url()).href)
  await expect(planOf(second, 'Acme Dental')).toContainText('Starter')
  await expect(syncState(second)).toHaveText('All changes saved')

  sockets.cut()
  await addClient(first, { name: 'Bright Bakery', tier: 'Starter' })
  await addClient(first, { name: 'Corner Cafe', tier: 'Professional' })
  await expect(planOf(second, 'Corner Cafe')).toContainText('Professional')
  // Its own edit builds on those that it was passed.
  await openRecord(second, 'Bright Bakery')
  await changeTier(second, { tier: 'Enterprise', reason: 'Renewal' })
  await expect(planOf(phone, 'Bright Bakery')).toContainText('Enterprise', { timeout: 30_000 })
  await expect(planOf(phone, 'Corner Cafe')).toContainText('Professional')

  sockets.mend()
  await goTo(second, 'Billing Overview')
  for (const page of [first, second, phone]) {
    await expect(syncState(page)).toHaveText('All changes saved', { timeout: 60_000 })
    await expect(page.getByTestId('client-count')).toHaveText('3 clients')
  }
  expect(await tableRows(second)).toEqual(await tableRows(first))
  expect(await tableRows(phone)).toEqual(await tableRows(first))
})

test('[F9] who uses the browser next sees nothing of a book that was removed from it: not on the page, over the channel, or on disk', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Secret Client', tier: 'Starter' })
  await expect(syncState(page)).toHaveText('Saved on this device')
  const names = () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ''))
  const [book = ''] = (await names()).filter((name) => name.startsWith('tierbook:'))
  const heard = await page.context().newPage()
  await heard.goto(new URL('/healthz', page.url()).href)
  await heard.evaluate((name) => {
    const said: unknown[] = []
    new BroadcastChannel(name).addEventListener('message', ({ data }) => said.push(data))
    Object.assign(globalThis, { said })
  }, book)
  const countHeard = () => heard.evaluate(() => (globalThis as unknown as { said: unknown[] }).said.length)
  await addClient(page, { name: 'Another Secret', tier: 'Starter' })
  await expect.poll(countHeard, 'this is the channel that tabs talk on').toBeGreaterThan(0)

  await goTo(page, 'Settings')
  await page.getByRole('button', { name: 'Remove from this device' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.getByLabel('Name of the book')).toBeVisible()
  expect((await names()).filter((name) => name.includes(book.slice('tierbook:'.length)))).toEqual([])
  const before = await countHeard()

  await startBook(page, { person: 'Ben', book: 'Contoso' })
  await addClient(page, { name: 'Dune Design', tier: 'Starter' })
  await expect(page.getByTestId('client-count')).toHaveText('1 client')
  await expect(page.getByText('Secret')).toHaveCount(0)
  await goTo(page, 'Change log')
  await expect(page.getByRole('heading', { name: 'Change log', level: 1 })).toBeVisible()
  // The client, and the tier it is on.
  await expect(page.getByRole('row', { name: /Dune Design/ })).toHaveCount(2)
  await expect(page.getByText('Secret')).toHaveCount(0)
  expect(await countHeard()).toBe(before)
})
