// The main pages as pictures in both themes, compared with the committed ones; `npx playwright test visual --update-snapshots` draws them anew.
import { fileURLToPath } from 'node:url'
import type { Locator, Page } from '@playwright/test'
import { expect, localTest as test } from './fixtures.ts'
import { goTo, trySample } from './steps.ts'

// The sample tells of the two years before the day on which it is made, so the day is pinned; timers run on.
const day = new Date('2026-11-20T10:00:00Z')
const looks = { stylePath: fileURLToPath(new URL('visual.css', import.meta.url)), maxDiffPixels: 30 }

/** What the committed pictures were drawn by: another browser or font draws every letter a little differently. */
const drawnBy = { chromium: '156', width: 183418 }

test('every main page looks as it did, wide and narrow, light and dark', async ({ devices, browser }) => {
  test.setTimeout(180_000)
  const page = await devices.open({ reducedMotion: 'reduce' })
  await page.clock.setFixedTime(day)
  await page.goto('/')
  const here = { chromium: browser.version().split('.')[0], width: await textWidth(page) }
  test.skip(
    here.chromium !== drawnBy.chromium || here.width !== drawnBy.width,
    `the pictures were drawn by ${JSON.stringify(drawnBy)}, this is ${JSON.stringify(here)}: draw them anew here to compare`,
  )
  await expect(page.getByRole('button', { name: 'Try with sample data' })).toBeVisible()
  await compare(page, 'welcome')
  await trySample(page)
  await compare(page, 'overview')
  await page.setViewportSize({ width: 390, height: 844 })
  await compare(page, 'overview-narrow')
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.getByRole('rowheader').first().getByRole('link').click()
  await expect(page.getByRole('region', { name: 'What it used' })).toBeVisible()
  await compare(page, 'record')
  await page.setViewportSize({ width: 390, height: 844 })
  await compare(page, 'record-narrow')
  await page.setViewportSize({ width: 1280, height: 800 })
  await goTo(page, 'Change log')
  await expect(page.locator('tr[data-entry]').first()).toBeVisible()
  await expect(page.getByText('Verified: every entry is as it was written')).toBeVisible()
  await compare(page, 'change-log')
  await goTo(page, 'Invoices')
  await expect(page.getByRole('table').first()).toBeVisible()
  // Which invoices stand first follows from the clients' ids, which are drawn anew, and so do the widths of the columns.
  await compare(page, 'invoices', [page.getByRole('table')])
  await goTo(page, 'Reports')
  await expect(page.getByRole('table').first()).toBeAttached()
  await compare(page, 'reports')
  await goTo(page, 'Import')
  await expect(page.getByRole('heading', { name: 'Import', level: 1 })).toBeVisible()
  await compare(page, 'import')
  await goTo(page, 'Devices')
  // The server's address has another port each time, and colours of people follow from their ids, which are drawn.
  const address = page.getByText(/^https?:\/\/(localhost|127\.0\.0\.1):\d+/)
  await expect(address).toBeVisible()
  await expect(page.getByRole('heading', { name: 'People' })).toBeVisible()
  await compare(page, 'devices', [address, page.getByText(/^(DW|PR|TR)$/)])
  await goTo(page, 'Settings')
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
  await compare(page, 'settings')
})

async function compare(page: Page, name: string, mask: Locator[] = []): Promise<void> {
  await page.mouse.move(0, 0)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect.soft(page).toHaveScreenshot(`${name}-${colorScheme}.png`, { ...looks, mask })
  }
}

/** Of a sentence in the font of the page, in hundredths of a pixel. */
function textWidth(page: Page): Promise<number> {
  return page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d')
    if (!context) return 0
    context.font = `400 100px ${getComputedStyle(document.body).fontFamily}`
    return Math.round(context.measureText('Which client is on which tier, since when?').width * 100)
  })
}
