// A record beside the table, on screens with room for both: opened from the row, held by the address, left by Escape with the focus back where it was.
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, localTest as test } from './fixtures.ts'
import { addClient, changeTier, expectOverview, planOf, startBook, trySample } from './steps.ts'

const wide = { width: 1600, height: 900 }
const panelOf = (page: Page) => page.getByTestId('record-panel')
const gridOf = (page: Page) => page.getByRole('grid', { name: 'Clients' })

async function startWithThree(page: Page): Promise<void> {
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  for (const name of ['Acme', 'Bright', 'Crow']) await addClient(page, { name, tier: 'Starter' })
  await page.setViewportSize(wide)
}

test('a wide screen shows the record beside the table, and a change made there in the row', async ({ devices }) => {
  const page = await devices.open()
  await startWithThree(page)
  await page.getByRole('link', { name: 'Bright', exact: true }).click()
  const panel = panelOf(page)
  await expect(panel.getByRole('heading', { name: 'Bright', level: 2 })).toBeVisible()
  await expect(panel).toBeFocused()
  await expect(page).toHaveURL(/\?client=[^&]+$/)
  await expect(page.getByRole('row', { name: 'Bright' }).first()).toHaveAttribute('aria-current', 'true')
  await changeTier(page, { tier: 'Enterprise', reason: 'Grew' })
  await expect(planOf(page, 'Bright')).toContainText('Enterprise')

  await page.getByRole('link', { name: 'Crow', exact: true }).click()
  await expect(panel.getByRole('heading', { name: 'Crow', level: 2 })).toBeVisible()
  await page.reload()
  await expect(panel.getByRole('heading', { name: 'Crow', level: 2 })).toBeVisible()
  await panel.getByRole('link', { name: 'Open as a page' }).click()
  await expect(page.getByRole('heading', { name: 'Crow', level: 1 })).toBeVisible()
  await page.goBack()
  await expect(panel.getByRole('heading', { name: 'Crow', level: 2 })).toBeVisible()
  await page.goBack()
  await expectOverview(page)
  await expect(panel).toHaveCount(0)
})

test('columns give way to a record beside the table, and come back with it gone', async ({ devices }) => {
  const page = await devices.open()
  await startWithThree(page)
  const heads = gridOf(page).getByRole('columnheader').filter({ hasText: /./ })
  const all = ['Client', 'Plan', 'Next change', 'Last Activity', 'Created']
  const cut = () => page.getByTestId('client-scroller').evaluate((element) => element.scrollWidth - element.clientWidth)
  await expect(heads).toHaveText(all)
  await page.getByRole('link', { name: 'Bright', exact: true }).click()
  await expect(heads).toHaveText(all.slice(0, 4))
  expect(await cut()).toBe(0)
  await expect(page.getByRole('row', { name: 'Bright' }).getByRole('link', { name: 'Edit Bright' })).toBeInViewport()

  // What the rows are sorted by says why they stand as they do, so it stays.
  await page.keyboard.press('Escape')
  await page.getByRole('columnheader', { name: 'Created' }).getByRole('button').click()
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('link', { name: 'Bright', exact: true }).click()
  await expect(heads).toHaveText(['Client', 'Plan', 'Created'])
  expect(await cut()).toBe(0)
  await page.keyboard.press('Escape')
  await expect(heads).toHaveText(all)
})

test('the record beside the table is opened, stepped through and left by keyboard', async ({ devices }) => {
  const page = await devices.open()
  await startWithThree(page)
  await gridOf(page).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const panel = panelOf(page)
  await expect(panel.getByRole('heading', { name: 'Acme', level: 2 })).toBeVisible()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect(panel.getByRole('heading', { name: 'Crow', level: 2 })).toBeVisible()
  await page.keyboard.press('k')
  await expect(panel.getByRole('heading', { name: 'Bright', level: 2 })).toBeVisible()

  // A field is left first, with what was typed.
  await panel.getByLabel('Note').fill('Half typed')
  await page.keyboard.press('Escape')
  await expect(panel).toBeFocused()
  await expect(panel.getByLabel('Note')).toHaveValue('Half typed')
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await expect(page).toHaveURL(/\/$/)
  await expect(gridOf(page)).toBeFocused()
  await expect(page.getByRole('row', { name: 'Bright' }).locator('[data-col=name]')).toHaveAttribute('data-active', '')

  // The button that steps on keeps the focus.
  await page.keyboard.press('e')
  await panel.getByRole('button', { name: 'Next client' }).focus()
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('heading', { name: 'Crow', level: 2 })).toBeVisible()
  await expect(panel.getByRole('button', { name: 'Next client' })).toBeFocused()
})

test('a narrow window shows the record as a page, also from the address of a wide one', async ({ devices }) => {
  const page = await devices.open()
  await startWithThree(page)
  await page.getByRole('link', { name: 'Bright', exact: true }).click()
  await expect(panelOf(page)).toBeVisible()
  const address = page.url()
  await page.setViewportSize({ width: 390, height: 844 })
  await expect(page.getByRole('heading', { name: 'Bright', level: 1 })).toBeVisible()
  await expect(page).toHaveURL(/\/clients\//)
  await page.goto(address)
  await expect(page.getByRole('heading', { name: 'Bright', level: 1 })).toBeVisible()
  await page.goto('/?client=nobody')
  await expect(page.getByRole('heading', { name: 'No such client in this book' })).toBeVisible()
})

test('a record of the sample beside the table is accessible in light and dark', async ({ devices }) => {
  const page = await devices.open({ viewport: wide, reducedMotion: 'reduce' })
  await trySample(page)
  await page.goto('/?contested=1')
  await page.locator('tr[data-client] a').first().click()
  const panel = panelOf(page)
  await expect(panel.getByRole('region', { name: 'What it pays' })).toBeVisible()
  // Nothing of it is cut: it has no scrollbar at the bottom.
  const { inner, scroll } = await panel
    .locator('.overflow-y-auto')
    .first()
    .evaluate((element) => ({ inner: element.clientWidth, scroll: element.scrollWidth }))
  expect(scroll).toBeLessThanOrEqual(inner)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze()
    expect(
      violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
      colorScheme,
    ).toEqual([])
    if (process.env['SHOTS']) await page.screenshot({ path: `/tmp/panel-${colorScheme}.png` })
  }
})
