// Makes docs/images anew: `npm run screenshots -w @tierbook/web`, after a build of the app and the server.
import { chromium, type Page } from '@playwright/test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findChromium } from './find-chromium.ts'
import { goTo, trySample } from './steps.ts'
import { startSyncServer } from './sync-server.ts'

const images = fileURLToPath(new URL('../../../docs/images', import.meta.url))
const wide = { width: 1280, height: 800 }
const narrow = { width: 390, height: 844 }

await mkdir(images, { recursive: true })
const server = await startSyncServer()
const executablePath = findChromium()
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: wide,
    deviceScaleFactor: 1.5,
    timezoneId: 'UTC',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  await trySample(page)
  await page.getByRole('columnheader', { name: 'Last Activity' }).getByRole('button').click()
  await shoot(page, 'overview', 'light')
  await shoot(page, 'overview-dark', 'dark')
  await openContested(page)
  await shoot(page, 'record', 'light')
  await shoot(page, 'record-dark', 'dark')
  await goTo(page, 'Change log')
  await shoot(page, 'change-log', 'light')
  await goTo(page, 'Billing Overview')
  await page.setViewportSize(narrow)
  await shoot(page, 'overview-narrow', 'light')
  await openContested(page)
  await shoot(page, 'record-narrow', 'dark')
} finally {
  await browser.close()
  await server.close()
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
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(images, `${name}.png`) })
}
