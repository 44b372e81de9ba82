// German from the browser's wish and from the settings, English again; and a layout that works from right to left.
import type { Page } from '@playwright/test'
import { expect, localTest as test } from './fixtures.ts'
import { addClient, goTo, startBook, trySample } from './steps.ts'

/** What stands beyond an edge of the window, and not in something that scrolls sideways. */
const cutParts = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('main *, header *')]
      .filter((element) => {
        const box = element.getBoundingClientRect()
        if (box.width === 0 || element.closest('.sr-only, .overflow-x-auto, [popover]')) return false
        return box.left < -1 || box.right > innerWidth + 1
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  )

test('a German browser gets German, with German dates and numbers; the settings choose another language', async ({
  devices,
}) => {
  const page = await devices.open({ locale: 'de-DE' })
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Willkommen bei Tierbook' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await page.getByRole('button', { name: 'Mit Beispieldaten ausprobieren' }).click()
  await expect(page.getByRole('heading', { name: 'Abrechnungsübersicht', level: 1 })).toBeVisible()
  await expect(page.getByTestId('client-count')).toHaveText('300 Kunden')
  await expect(page.getByTestId('sync-state').filter({ visible: true })).toHaveText('Auf diesem Gerät gespeichert')
  await expect(
    page
      .locator('tr[data-client] time')
      .filter({ hasText: /^\d{2}\.\d{2}\.\d{4}$/ })
      .first(),
  ).toBeVisible()
  // The shell comes prerendered in English: nothing of it may stay.
  for (const word of ['Change log', 'Settings', 'Devices', 'Skip to content'])
    await expect(page.getByText(word, { exact: true })).toHaveCount(0)

  await page.getByRole('link', { name: 'Einstellungen' }).filter({ visible: true }).click()
  await page.getByLabel('Sprache').selectOption('English')
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Language')).toHaveValue('en')
  await page.getByLabel('Language').selectOption('')
  await expect(page.getByLabel('Sprache')).toHaveValue('')
})

test('an English browser loads no other catalogue', async ({ devices }) => {
  const page = await devices.open({ serviceWorkers: 'block' })
  const scripts: Promise<string>[] = []
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) scripts.push(response.text())
  })
  await page.goto('/', { waitUntil: 'networkidle' })
  await expect(page.getByRole('heading', { name: 'Welcome to Tierbook' })).toBeVisible()
  expect((await Promise.all(scripts)).join('\n')).not.toContain('Willkommen')
})

test('from right to left nothing is cut and nothing overlaps the edge', async ({ devices }) => {
  const page = await devices.open()
  await trySample(page)
  for (const [width, height] of [
    [1280, 800],
    [360, 740],
  ] as const) {
    await page.setViewportSize({ width, height })
    for (const name of ['/', '/changes', '/settings', '/settings/devices'] as const) {
      const link = page.locator(`nav a[href="${name}"]`).filter({ visible: true })
      await link.click()
      await page.evaluate(() => (document.documentElement.dir = 'rtl'))
      await expect(link).toHaveAttribute('aria-current', 'page')
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      expect(await cutParts(page), `${name} at ${width} px`).toEqual([])
      await test.info().attach(`${name} ${width}`, { body: await page.screenshot(), contentType: 'image/png' })
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await goTo(page, 'Billing Overview')
  const [nav, main] = await Promise.all([
    page.locator('header').first().boundingBox(),
    page.getByRole('main').boundingBox(),
  ])
  expect(nav?.x, 'the navigation is on the right').toBeGreaterThan(main?.x ?? 0)
})

test('German fits the narrowest phone: nothing is cut, and no row covers the line about contested clients', async ({
  devices,
}) => {
  const page = await devices.open({
    locale: 'de-DE',
    viewport: { width: 320, height: 700 },
    hasTouch: true,
    isMobile: true,
  })
  await page.goto('/')
  await page.getByRole('button', { name: 'Mit Beispieldaten ausprobieren' }).click()
  const settle = page.getByRole('main').getByRole('link', { name: 'Klären' })
  await expect(settle).toBeVisible()
  const [line, table] = await Promise.all([
    settle.locator('xpath=..').boundingBox(),
    page.getByTestId('client-scroller').boundingBox(),
  ])
  expect((line?.y ?? 0) + (line?.height ?? 0)).toBeLessThanOrEqual(table?.y ?? 0)
  for (const path of ['/', '/invoices', '/reports', '/changes', '/settings/devices', '/settings'] as const) {
    const link = page.locator(`nav a[href="${path}"]`).filter({ visible: true })
    await link.click()
    await expect(link).toHaveAttribute('aria-current', 'page')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await page.waitForLoadState('networkidle')
    expect(await cutParts(page), path).toEqual([])
  }
  await expect(page.getByRole('button', { name: 'Buch speichern' })).toBeVisible()
})

test('forms speak German too', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await page.evaluate(() => localStorage.setItem('tierbook.language', 'de'))
  await page.reload()
  await page.getByRole('link', { name: 'Acme Dental', exact: true }).click()
  await page.getByLabel('Wirksam ab').fill('2099-01-15')
  await page.getByRole('combobox', { name: 'Servicestufe' }).click()
  // What the code itself says of its tiers, too.
  await expect(page.getByRole('option', { name: 'Starter' })).toContainText('Kleine Unternehmen')
  await page.getByRole('option', { name: 'Enterprise' }).click()
  await page.getByRole('button', { name: 'Planen' }).click()
  await expect(page.getByText('Geplant: Acme Dental wechselt ab 15.01.2099 auf Enterprise.')).toBeVisible()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Tastenkürzel' }).locator('kbd').first()).toHaveText('Strg')
})
