// Makes docs/images anew: `npm run screenshots -w @tierbook/web`, after a build of the app and the server.
import { type BrowserContextOptions, chromium, type Page } from '@playwright/test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromiumSwitches } from '../../../scripts/chromium-switches.mjs'
import { findChromium } from './find-chromium.ts'
import { addClient, expectOverview, goTo, inviteLink, joinBook, setUpServer, trySample } from './steps.ts'
import { startSyncServer } from './sync-server.ts'

const images = fileURLToPath(new URL('../../../docs/images', import.meta.url))
const wide = { width: 1280, height: 800 }
const narrow = { width: 390, height: 844 }
/** Wide enough for a record beside the table. */
const roomy = { width: 1600, height: 1000 }
const look: BrowserContextOptions = {
  viewport: wide,
  deviceScaleFactor: 1.5,
  timezoneId: 'UTC',
  locale: 'en-GB',
  reducedMotion: 'reduce',
}

await mkdir(images, { recursive: true })
const server = await startSyncServer()
const baseURL = server.url
const executablePath = findChromium()
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: chromiumSwitches,
})
try {
  await shootSample()
  await shootDevices()
} finally {
  await browser.close()
  await server.close()
}

async function shootSample(): Promise<void> {
  const context = await browser.newContext({ ...look, baseURL })
  const page = await context.newPage()
  await page.goto('/')
  await page.getByRole('button', { name: 'Try with sample data' }).waitFor()
  await shoot(page, 'welcome', 'light')
  await trySample(page)
  await page.getByRole('columnheader', { name: 'Last Activity' }).getByRole('button').click()
  await shoot(page, 'overview', 'light')
  await shoot(page, 'overview-dark', 'dark')
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('adey')
  await page.getByRole('option').first().waitFor()
  await shoot(page, 'palette', 'light')
  await page.keyboard.press('Escape')
  await page.setViewportSize(roomy)
  await openContested(page)
  await shoot(page, 'side-panel', 'light')
  await page.keyboard.press('Escape')
  await page.setViewportSize(wide)
  await openContested(page)
  await shoot(page, 'record', 'light')
  await shoot(page, 'record-dark', 'dark')
  await goTo(page, 'Change log')
  await page.getByText('Verified: every entry is as it was written').waitFor()
  await shoot(page, 'change-log', 'light')
  await goTo(page, 'Invoices')
  await page.getByRole('table', { name: 'Invoices' }).waitFor()
  await shoot(page, 'invoices', 'light')
  await goTo(page, 'Reports')
  await page.getByRole('table', { name: 'Changes by person' }).waitFor()
  await shoot(page, 'reports', 'dark')
  await goTo(page, 'Billing Overview')
  await page.setViewportSize(narrow)
  await shoot(page, 'overview-narrow', 'light')
  await openContested(page)
  await shoot(page, 'record-narrow', 'dark')
  await context.close()
}

/** A book on a server with two people, and an invite for a third. */
async function shootDevices(): Promise<void> {
  const contexts = await Promise.all([1, 2].map(() => browser.newContext({ ...look, baseURL })))
  const [owner, colleague] = await Promise.all(contexts.map((context) => context.newPage()))
  if (!owner || !colleague) throw new Error('a page is missing')
  await setUpServer(owner, server.ownerLink, { person: 'Dana Whitfield', book: 'Northwind IT' })
  await addClient(owner, { name: 'Acme Dental', tier: 'Professional' })
  await joinBook(colleague, await inviteLink(owner, 'editor'), 'Tomás Rivera')
  await expectOverview(colleague)
  await goTo(owner, 'Devices')
  await owner.getByRole('button', { name: 'Make invite link' }).click()
  await owner.getByRole('img', { name: 'QR code of the invite link' }).waitFor()
  await owner.getByText('here now').first().waitFor()
  await shoot(owner, 'devices', 'light')
  await Promise.all(contexts.map((context) => context.close()))
}

async function openContested(page: Page): Promise<void> {
  const row = page.locator('tr[data-client]').filter({ hasText: 'Contested' }).first()
  const scroller = page.getByTestId('client-scroller')
  for (let top = 0; !(await row.isVisible()) && top < 30_000; top += 300)
    await scroller.evaluate((element, to) => element.scrollTo({ top: to }), top)
  await row.getByRole('rowheader').getByRole('link').click()
  await page.getByRole('heading', { name: 'History' }).waitFor()
}

async function shoot(page: Page, name: string, colorScheme: 'light' | 'dark'): Promise<void> {
  // What was just done stays on the screen for some seconds; it is no part of the page.
  const dismiss = page.getByRole('button', { name: 'Dismiss' })
  while (await dismiss.count()) await dismiss.first().click()
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(images, `${name}.png`) })
}
