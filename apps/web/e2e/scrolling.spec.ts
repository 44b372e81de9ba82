// What scrolls is the page within the frame: the window itself never does, whatever is wheeled over, tabbed to or clicked.
import type { Page } from '@playwright/test'
import { expect, localTest as test } from './fixtures.ts'
import { addClient, goTo, openPrices, setPrice, startBook, trySample } from './steps.ts'

/** Scrolls all that scrolls to its end, and says how far the window could be scrolled behind it. */
async function beyondTheWindow(page: Page): Promise<number> {
  return page.evaluate(async () => {
    for (const element of document.querySelectorAll('main *, dialog *, [role=dialog], [role=listbox]')) {
      if (/auto|scroll/.test(getComputedStyle(element).overflowY)) element.scrollTo({ top: element.scrollHeight })
    }
    // Rows that scroll in are there behind the next frame.
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    const { scrollHeight, clientHeight } = document.documentElement
    return scrollHeight - clientHeight
  })
}

async function expectFixed(page: Page, name: string): Promise<void> {
  expect.soft(await beyondTheWindow(page), `${name} stays in the window`).toBe(0)
}

test('no page of the sample book scrolls the window', async ({ devices }) => {
  const page = await devices.open()
  const heading = (name: string) => page.getByRole('heading', { name })
  await trySample(page)
  await expect(page.locator('tr[data-client]').nth(20)).toBeAttached()
  await expectFixed(page, 'overview')
  await page.getByRole('button', { name: /^Filter/ }).click()
  await expect(page.getByRole('group', { name: 'Plan' })).toBeVisible()
  await expectFixed(page, 'filter')
  await page.keyboard.press('Escape')
  await page.goto('/contested')
  await expect(page.getByRole('main').getByRole('listitem').first()).toBeVisible()
  await expectFixed(page, 'contested')

  await goTo(page, 'Invoices')
  await expect(page.getByRole('button', { name: /^Seal / })).toBeEnabled()
  await expect(heading('Export')).toBeAttached()
  await expectFixed(page, 'invoices')
  await page.getByRole('table', { name: 'Invoices' }).getByRole('rowheader').getByRole('button').first().click()
  await expect(page.getByRole('dialog').getByRole('table')).toBeVisible()
  await expectFixed(page, 'an invoice')
  await page.keyboard.press('Escape')
  await openPrices(page)
  await page.getByText('More terms').click()
  await expectFixed(page, 'prices')
  await page.getByRole('link', { name: 'What if' }).click()
  await expect(page.getByRole('table', { name: 'The next twelve months' }).getByRole('row')).toHaveCount(13)
  await expectFixed(page, 'what if')

  await goTo(page, 'Reports')
  await expect(page.getByRole('table', { name: 'Changes by person' })).toBeVisible()
  await expectFixed(page, 'reports')
  await goTo(page, 'Change log')
  await expect(page.locator('tbody tr').nth(20)).toBeAttached()
  await expectFixed(page, 'change log')
  await page.getByRole('combobox', { name: 'Kind', exact: true }).selectOption({ label: 'Usage recorded' })
  await page.locator('tr[data-entry] a[href*="/clients/"]').filter({ visible: true }).first().click()
  await expect(heading('What it used')).toBeVisible()
  await expectFixed(page, 'record')
  await goTo(page, 'Devices')
  await expect(heading('Devices').first()).toBeVisible()
  await expectFixed(page, 'devices')
  await goTo(page, 'Settings')
  await page.getByText('Dark', { exact: true }).click()
  await expectFixed(page, 'settings')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectFixed(page, 'palette')
  await page.keyboard.press('Escape')

  await goTo(page, 'Import')
  const rows = Array.from({ length: 60 }, (_, index) => `Brook ${index},Starter`)
  const file = { name: 'many.csv', mimeType: 'text/csv', buffer: Buffer.from(['Client,Tier', ...rows].join('\n')) }
  await page.getByLabel(/CSV file|\.csv/).setInputFiles(file)
  await expect(page.getByRole('button', { name: 'Import 60 clients' })).toBeVisible()
  await expectFixed(page, 'import')
})

for (const viewport of [
  { width: 720, height: 450 },
  { width: 640, height: 400 },
]) {
  const window = `${viewport.width} × ${viewport.height}`
  test(`at 200 % zoom, ${window}, the lists keep rows in sight and the page scrolls to them`, async ({ devices }) => {
    const page = await devices.open({ viewport })
    await trySample(page)
    const clients = page.getByTestId('client-scroller')
    const rows = page.locator('tr[data-client]')
    await rows.first().scrollIntoViewIfNeeded()
    expect((await clients.boundingBox())?.height, 'the table of clients').toBeGreaterThan(200)

    // Wherever the page was scrolled to, the keyboard brings the row it is at into sight, below the head of the table.
    await page.getByRole('grid').focus()
    for (const key of ['End', 'ArrowDown', 'PageUp', 'Control+Home', 'ArrowDown', 'Control+End']) {
      await page.keyboard.press(key)
      await expect(page.locator('[data-active]')).toBeInViewport({ ratio: 1 })
    }
    await expect(page.locator('tr[aria-rowindex="301"]')).toBeInViewport({ ratio: 0.9 })
    await page.getByTestId('client-count').scrollIntoViewIfNeeded()
    await expect(page.getByTestId('client-count')).toBeInViewport({ ratio: 1 })

    // What can be done with many is at the window's foot, below the row that the keyboard is at.
    await page.getByRole('button', { name: 'Select clients' }).click()
    await page.getByRole('grid').focus()
    await page.keyboard.press('Control+End')
    await page.keyboard.press('Space')
    const bar = page.getByRole('toolbar', { name: 'Selected clients' })
    for (const key of ['Control+Home', 'ArrowDown', 'Control+End']) {
      await page.getByRole('grid').focus()
      await page.keyboard.press(key)
      await expect(bar).toBeInViewport({ ratio: 1 })
      const [row, foot] = await Promise.all([page.locator('[data-active]').boundingBox(), bar.boundingBox()])
      expect((row?.y ?? 0) + (row?.height ?? 0), key).toBeLessThanOrEqual((foot?.y ?? 0) + 1)
    }
    await test.info().attach('selected', { body: await page.screenshot(), contentType: 'image/png' })

    await page.locator('nav a[href$="/changes"]').filter({ visible: true }).click()
    const log = page.getByRole('table', { name: 'Change log' }).locator('..')
    await log.locator('tbody tr[data-entry]').nth(1).scrollIntoViewIfNeeded()
    await expect(log.locator('tbody tr[data-entry]').nth(1)).toBeInViewport({ ratio: 1 })
    expect((await log.boundingBox())?.height, 'the change log').toBeGreaterThan(200)
    await log.hover()
    await page.mouse.wheel(0, 30_000)
    await expect(log.locator('tbody tr[data-entry]').first()).not.toHaveAttribute('aria-rowindex', '2')
    await expect(log.locator('tbody tr[data-entry]').nth(12)).toBeInViewport()
    expect(await beyondTheWindow(page), 'the window itself does not scroll').toBe(0)
  })
}

test('a client with a long name and without prices leaves the invoices as wide as a phone', async ({ devices }) => {
  const page = await devices.open({ viewport: { width: 390, height: 844 } })
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  const names = ['Wordy Partners of the River '.repeat(4) + 'and Sons', 'Unbroken'.repeat(15)]
  for (const name of names) await addClient(page, { name, tier: 'Starter' })
  await page.locator('nav a[href$="/invoices"]').filter({ visible: true }).click()
  // Both begin today.
  await page.getByLabel('Month', { exact: true }).fill(new Date().toISOString().slice(0, 7))
  await expect(page.getByRole('list', { name: 'Not billable' })).toContainText('Unbroken')
  const tooWide = await page
    .locator('main *')
    .evaluateAll((elements) =>
      elements
        .filter((element) => element.scrollWidth > innerWidth || element.getBoundingClientRect().right > innerWidth)
        .map((element) => element.outerHTML.slice(0, 120)),
    )
  expect(tooWide).toEqual([])
})

const unbroken = 'Unbroken'.repeat(15)

for (const width of [390, 1280]) {
  test(`a client and a person with long names leave reports, devices and dialogs in a window of ${width} px`, async ({
    devices,
  }) => {
    const page = await devices.open({ viewport: { width, height: 844 } })
    const visit = (href: string) => page.locator(`nav a[href$="${href}"]`).filter({ visible: true }).click()
    await startBook(page, { person: 'Person'.repeat(20), book: 'Northwind' })
    await addClient(page, { name: unbroken, tier: 'Starter' })
    await addClient(page, { name: `${unbroken}Two`, tier: 'Starter' })

    if (width < 768) await page.getByRole('button', { name: 'Select clients' }).click()
    await page.getByRole('checkbox', { name: /Select all/ }).check()
    const bar = page.getByRole('toolbar', { name: 'Selected clients' })
    await bar.getByRole('button', { name: 'Change tier' }).click()
    await page.getByRole('dialog').getByRole('combobox').click()
    await page.getByRole('option', { name: 'Enterprise' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Change 2/ })
      .click()
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByRole('listitem')).toHaveCount(2)
    await expectInside(page, 'the question before an undo')
    for (const badge of await dialog.getByText('Enterprise').all()) await expect(badge).toBeInViewport({ ratio: 1 })
    await dialog.getByRole('button', { name: 'Cancel' }).click()

    await page.getByRole('link', { name: unbroken, exact: true }).click()
    await page.getByRole('button', { name: 'End service' }).click()
    await expect(dialog.getByRole('heading')).toContainText(unbroken)
    await expectInside(page, 'the end of a service')
    await dialog.getByRole('button', { name: 'Cancel' }).click()

    await visit('/settings/devices')
    await expect(page.getByRole('region', { name: 'People' })).toContainText('PersonPerson')
    expect(await tooWide(page), 'devices').toEqual([])

    await visit('/invoices')
    await page.getByRole('link', { name: 'Prices', exact: true }).click()
    await setPrice(page, { for: 'Enterprise', amount: '310', from: '2020-01-01' })
    await visit('/reports')
    const revenue = page.getByRole('table', { name: /^Recurring revenue by client/ })
    await expect(revenue.getByRole('rowheader').first()).toContainText(unbroken)
    await revenue.evaluate((table) => table.scrollIntoView())
    await expect(revenue.getByRole('row').nth(1).getByRole('cell').first()).toBeInViewport({ ratio: 1 })
    await test.info().attach('reports', { body: await page.screenshot(), contentType: 'image/png' })
    expect((await revenue.boundingBox())?.width).toBeLessThan(1024)
    expect(await tooWide(page, { besides: 'table, table *' }), 'reports').toEqual([])
  })
}

/** Elements of the page that reach beyond the window. */
function tooWide(page: Page, { besides = '' } = {}): Promise<string[]> {
  return page.locator('main *').evaluateAll(
    (elements, besides) =>
      elements
        .filter((element) => !besides || !element.matches(besides))
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
        .map((element) => element.outerHTML.slice(0, 120)),
    besides,
  )
}

async function expectInside(page: Page, name: string): Promise<void> {
  const outside = await page.getByRole('dialog').evaluate((dialog) => {
    const edge = dialog.getBoundingClientRect()
    return Array.from(dialog.querySelectorAll('*'), (element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && (box.right > edge.right + 1 || box.left < edge.left - 1))
      .map(({ element }) => element.outerHTML.slice(0, 120))
  })
  expect(outside, name).toEqual([])
}
