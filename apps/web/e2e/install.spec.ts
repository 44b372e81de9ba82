// What an installed app owes: it asks at the right moment, keeps its promise about storage, and tells on its icon what waits.
import type { Page } from '@playwright/test'
import { expect, localTest as test } from './fixtures.ts'
import { addClient, goTo, startBook, trySample } from './steps.ts'

declare global {
  // What the page's stand-ins for the browser noted.
  var noted: { badge: number | null; asked: number }
}

/** Headless Chromium installs nothing and has no icon: both are played as the specifications have them. */
async function playBrowser(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.noted = { badge: null, asked: 0 }
    navigator.setAppBadge = (count?: number) => Promise.resolve(void (globalThis.noted.badge = count ?? null))
    navigator.clearAppBadge = () => Promise.resolve(void (globalThis.noted.badge = null))
    addEventListener('DOMContentLoaded', () => {
      const offer = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
        prompt: () => {
          globalThis.noted.asked += 1
          return Promise.resolve({ outcome: 'accepted' })
        },
      })
      addEventListener('load', () => dispatchEvent(offer))
    })
  })
}

const offer = (page: Page) => page.getByRole('complementary', { name: 'Install Tierbook' })

test('installing is suggested once a book has clients, takes a no, and stays possible in the settings', async ({
  devices,
}) => {
  const page = await devices.open()
  await playBrowser(page)
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  for (const name of ['Acme', 'Bright', 'Crow', 'Dale']) await addClient(page, { name, tier: 'Starter' })
  await expect(page.getByTestId('remote-edits'), 'what loads when the page is idle is there').toBeAttached()
  await expect(offer(page)).toBeHidden()
  await addClient(page, { name: 'Elm', tier: 'Starter' })
  await expect(page.getByText('Added Elm.'), 'it lies on no message that offers to undo').toBeVisible()
  await expect(offer(page)).toBeHidden()
  await page.getByRole('button', { name: 'Dismiss' }).last().click()
  await expect(offer(page)).toBeVisible()
  await goTo(page, 'Change log')
  await expect(offer(page)).toBeHidden()
  await goTo(page, 'Billing Overview')
  await expect(offer(page)).toBeVisible()
  await offer(page).getByRole('button', { name: 'Not now' }).click()
  await expect(offer(page)).toBeHidden()
  await page.reload()
  await expect(page.getByTestId('remote-edits')).toBeAttached()
  await expect(offer(page)).toBeHidden()
  await goTo(page, 'Settings')
  await page.getByTestId('install').getByRole('button', { name: 'Install' }).click()
  await expect(page.getByText('Tierbook is installed.')).toBeVisible()
  expect(await page.evaluate(() => globalThis.noted.asked)).toBe(1)
  await expect(page.getByTestId('install').getByRole('button')).toHaveCount(0)
})

test('the icon carries the number of contested clients, and nothing in a book without', async ({ devices }) => {
  const page = await devices.open()
  await playBrowser(page)
  const badge = () => page.evaluate(() => globalThis.noted.badge)
  await trySample(page)
  await expect.poll(badge).toBe(2)
  await expect(offer(page), 'nobody is asked to install a sample').toBeHidden()
  await page.getByRole('button', { name: /switch book/ }).click()
  await page.getByRole('link', { name: 'Start another book' }).click()
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('Name of the book').fill('Northwind')
  await page.getByRole('button', { name: 'Start an empty book' }).click()
  await expect(page.getByRole('heading', { name: 'No clients yet' })).toBeVisible()
  await expect.poll(badge).toBe(null)
})

test('[F7] the settings say whether the browser keeps the book, ask it to, and show the room that is left', async ({
  devices,
}) => {
  const page = await devices.open()
  // A browser that asks the person, and has little space.
  await page.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'onbeforeinstallprompt')
    let isKept = false
    StorageManager.prototype.persisted = () => Promise.resolve(isKept)
    StorageManager.prototype.persist = () => Promise.resolve((isKept = true))
    StorageManager.prototype.estimate = () => Promise.resolve({ usage: 12_400_000, quota: 60_000_000 })
  })
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await page.goto('/settings')
  const keeping = page.getByTestId('keeping')
  await expect(keeping).toContainText('The browser may delete the book.')
  await expect(page.getByTestId('room')).toContainText('12 MB used, about 48 MB left for Tierbook')
  await expect(page.getByTestId('room')).toContainText('Little space is left.')
  await keeping.getByRole('button', { name: 'Ask the browser to keep it' }).click()
  await expect(keeping).toContainText('The browser promised to keep the book.')
})
