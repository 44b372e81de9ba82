// Presence: who else is in the book, and which client they have open; gone when they are.
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import {
  addClient,
  goTo,
  inviteLink,
  joinBook,
  openRecord,
  planOf,
  readyForOffline,
  setUpServer,
  syncState,
} from './steps.ts'

const hereNow = (page: Page) => page.getByRole('banner').getByTestId('here-now')
const markOf = (page: Page, client: string) => page.getByRole('row', { name: client }).getByTestId('here-mark')

for (const size of [
  { on: 'desktop', viewport: { width: 1280, height: 800 } },
  { on: 'a phone', viewport: { width: 390, height: 844 } },
]) {
  test(`on ${size.on} others are seen as they come, open a client, and go`, async ({ server, devices }) => {
    const ada = await devices.open()
    await setUpServer(ada, server.ownerLink, { person: 'Ada Lovelace', book: 'Northwind' })
    await addClient(ada, { name: 'Acme Dental', tier: 'Starter' })
    await addClient(ada, { name: 'Bright Bakery', tier: 'Starter' })
    await expect(hereNow(ada)).toHaveCount(0)

    const ben = await devices.open()
    await joinBook(ben, await inviteLink(ada, 'editor'), 'Ben Brook')
    await ada.setViewportSize(size.viewport)
    await expect(hereNow(ada)).toHaveText('Here: Ben Brook')
    await expect(hereNow(ben)).toHaveText('Here: Ada Lovelace')

    // A record that is open, and a menu of plans that is.
    await openRecord(ben, 'Acme Dental')
    await expect(markOf(ada, 'Acme Dental')).toHaveText('BB Ben Brook has this client open')
    await expect(markOf(ada, 'Bright Bakery')).toHaveCount(0)
    await ada.getByRole('button', { name: /Here: Ben Brook/ }).click()
    await expect(ada.getByRole('dialog', { name: 'Who is here' })).toContainText('has Acme Dental open')
    await ada.getByRole('link', { name: 'has Acme Dental open' }).click()
    await expect(ada.getByTestId('here-mark')).toBeVisible()
    await expect(ben.getByTestId('here-mark')).toHaveText('AL Ada Lovelace has this client open')
    await goTo(ben, 'Billing Overview')
    await expect(ada.getByTestId('here-mark')).toHaveCount(0)
    await ada.getByRole('main').getByRole('link', { name: 'Billing Overview' }).click()
    await planOf(ben, 'Bright Bakery').getByRole('button').click()
    await expect(markOf(ada, 'Bright Bakery')).toBeVisible()
    await ben.keyboard.press('Escape')
    await expect(markOf(ada, 'Bright Bakery')).toHaveCount(0)

    await ben.close()
    await expect(hereNow(ada)).toHaveCount(0)
  })
}

test('a device that lost its connection is seen again when it is back, and sees nobody meanwhile', async ({
  server,
  devices,
}) => {
  const ada = await devices.open()
  await setUpServer(ada, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(ada, { name: 'Acme Dental', tier: 'Starter' })
  const ben = await devices.open()
  await joinBook(ben, await inviteLink(ada, 'viewer'), 'Ben Brook')
  await openRecord(ben, 'Acme Dental')
  await expect(markOf(ada, 'Acme Dental')).toBeVisible()

  // Parts of the app that a first visit still fetches would be missing: this is about presence.
  for (const page of [ada, ben]) await readyForOffline(page)
  await server.kill()
  await expect(hereNow(ada)).toHaveCount(0)
  await expect(ben.getByTestId('here-mark')).toHaveCount(0)
  await server.restart()
  await expect(markOf(ada, 'Acme Dental')).toBeVisible()
  await expect(hereNow(ben)).toHaveText('Here: Ada')
  await expect(syncState(ada)).toHaveText('All changes saved')
})

test('one person on two devices is one, and is not here for themselves', async ({ server, devices }) => {
  const ada = await devices.open()
  await setUpServer(ada, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(ada, { name: 'Acme Dental', tier: 'Starter' })
  const ben = await devices.open()
  await joinBook(ben, await inviteLink(ada, 'editor'), 'Ben Brook')
  const second = await ben.context().newPage()
  await second.goto('/')
  await expect(hereNow(second)).toHaveText('Here: Ada')
  await openRecord(second, 'Acme Dental')
  await expect(markOf(ada, 'Acme Dental')).toBeVisible()
  await expect(hereNow(ada)).toHaveText('Here: Ben Brook')
  await expect(markOf(ben, 'Acme Dental')).toHaveCount(0)
  await second.close()
  await expect(markOf(ada, 'Acme Dental')).toHaveCount(0)
  await expect(hereNow(ada)).toHaveText('Here: Ben Brook')
})
