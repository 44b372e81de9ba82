// A server whose store is away says so: the page tells it in plain words, keeps what is typed, and goes on by itself.
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { addClient, setUpServer, syncState } from './steps.ts'

/** What the server says when its store goes and when it is back (message 103). */
const facts = { gone: Buffer.from([103, 0, 0]), back: Buffer.from([103, 1, 0]) }

/** Stands between the page and the server as a store that can be taken away: nothing is acknowledged meanwhile. */
async function standBetween(page: Page) {
  let held: (string | Buffer)[] | null = null
  const toPage = new Set<(message: string | Buffer) => void>()
  await page.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer()
    const send = (message: string | Buffer) => socket.send(message)
    toPage.add(send)
    server.onMessage((message) => (held ? held.push(message) : send(message)))
    socket.onClose((code, reason) => {
      toPage.delete(send)
      void server.close({ ...(code === undefined ? {} : { code }), ...(reason === undefined ? {} : { reason }) })
    })
  })
  const tell = (message: string | Buffer) => toPage.forEach((send) => send(message))
  return {
    goes() {
      held = []
      tell(facts.gone)
    },
    comesBack() {
      const waiting = held ?? []
      held = null
      tell(facts.back)
      waiting.forEach(tell)
    },
  }
}

for (const [device, viewport] of [
  ['a desktop', { width: 1280, height: 800 }],
  ['a phone', { width: 390, height: 844 }],
] as const) {
  test(`[SY2] saving that pauses is said, and what is typed meanwhile is sent when the store is back, on ${device}`, async ({
    devices,
    server,
  }) => {
    const page = await devices.open()
    const store = await standBetween(page)
    await setUpServer(page, server.ownerLink, { person: 'Ada', book: 'Northwind' })
    await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
    await expect(syncState(page)).toHaveText('All changes saved')
    await page.setViewportSize(viewport)

    store.goes()
    const state = syncState(page)
    await expect(state).toHaveText('Saving paused')
    await addClient(page, { name: 'Bolt', tier: 'Starter' })
    await expect(state).toHaveText('Saving paused — 1 change waiting here')
    await expect(page.getByRole('row', { name: /Bolt/ })).toBeVisible()
    await state.click()
    await expect(page.getByText('The server cannot store anything right now')).toBeVisible()
    await page.keyboard.press('Escape')

    store.comesBack()
    await expect(syncState(page)).toHaveText('All changes saved')
  })
}
