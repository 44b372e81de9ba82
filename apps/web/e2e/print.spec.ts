// What goes to a printer: of invoices only those that are asked for, each on paper of its own; reports and records as a reader wants them.
import type { Page } from '@playwright/test'
import { expect, localTest as test } from './fixtures.ts'
import {
  addClient,
  changeTier,
  goTo,
  openMonth,
  openPrices,
  openRecord,
  setPrice,
  startBook,
  trySample,
} from './steps.ts'

const count = 500

test('of five hundred invoices only those asked for are laid out: one, a hundred, or all of them', async ({
  devices,
}) => {
  test.slow()
  const page = await devices.open()
  page.setDefaultTimeout(30_000)
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await importClients(page)
  await openPrices(page)
  await setPrice(page, { for: 'Starter', amount: '310', from: '2026-01-01' })
  await openMonth(page, '2026-10')
  await expect(page.getByTestId('total-GBP')).toHaveText('£155,000.00')

  const row = page.locator('tr[data-invoice="2026-10-0003"]').getByRole('button')
  const client = await row.innerText()
  await row.click()
  await page.getByRole('dialog').getByRole('link', { name: 'Print this invoice' }).click()
  await expect(page.getByRole('article')).toHaveCount(1)
  await expect(page.getByRole('article')).toContainText(client)
  await expect(page.getByRole('article')).toContainText('Preview, not an invoice: this month is not sealed.')
  await page.getByLabel('Due on').fill('2026-12-24')
  await expect(page.getByRole('article')).toContainText('24 Dec 2026')
  await expect(page.getByRole('button', { name: 'Print', exact: true })).toBeEnabled()
  expect(await sheetsOf(page)).toBe(1)
  await page.getByLabel('Paper').selectOption('US Letter')
  expect(await sheetsOf(page)).toBe(1)

  await openMonth(page, '2026-10')
  await page.getByRole('link', { name: 'Print' }).click()
  const sheets = page.getByRole('article')
  await expect(sheets).toHaveCount(100)
  await page.getByRole('combobox', { name: /^Invoices/ }).selectOption('401 to 500')
  await expect(sheets).toHaveCount(100)
  await expect(sheets.first()).toHaveAccessibleName(/2026-10-0401$/)
  await page.getByRole('combobox', { name: /^Invoices/ }).selectOption('All 500')
  await expect(sheets).toHaveCount(count)
  expect(await sheetsOf(page)).toBe(count)
})

test('what is printed has the light colours, whatever theme is chosen', async ({ devices }) => {
  const page = await devices.open({ colorScheme: 'dark' })
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  for (const theme of ['system', 'dark'] as const) {
    await page.evaluate((chosen) => (document.documentElement.dataset['theme'] = chosen), theme)
    const colours = () =>
      page.evaluate(() => {
        const { color, colorScheme } = getComputedStyle(document.body)
        const { backgroundColor } = getComputedStyle(document.querySelector('main') ?? document.body)
        return { color, colorScheme, backgroundColor }
      })
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' })
    expect(await colours()).toMatchObject({ color: 'rgb(236, 236, 241)', colorScheme: 'dark' })
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await colours()).toEqual({
      ...{ color: 'rgb(23, 23, 28)', colorScheme: 'light', backgroundColor: 'rgb(255, 255, 255)' },
    })
  }
})

test('printed reports are as wide as the paper, with every column', async ({ devices }) => {
  test.slow()
  const page = await devices.open()
  await trySample(page)
  await goTo(page, 'Reports')
  await expect(page.getByRole('table', { name: 'Changes by person' })).toBeVisible()
  await toPaper(page)
  const tables = page.getByRole('main').getByRole('table')
  expect(await tables.count(), 'tables of reports').toBeGreaterThan(5)
  for (const table of await tables.all()) {
    const { name, inside, width } = await table.evaluate((element) => ({
      name: document.getElementById(element.getAttribute('aria-labelledby') ?? '')?.textContent,
      inside: element.parentElement?.clientWidth ?? 0,
      width: element.scrollWidth,
    }))
    expect.soft(width, name ?? '').toBeLessThanOrEqual(inside)
  }
  await test.info().attach('reports', { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' })
})

test('a printed record says who the client is, its tiers, history and prices, and has nothing to press', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await openPrices(page)
  await setPrice(page, { for: 'Starter', amount: '310', from: '2020-01-01' })
  await goTo(page, 'Billing Overview')
  await openRecord(page, 'Acme Dental')
  await changeTier(page, { tier: 'Enterprise', effectiveOn: '2099-01-15', reason: 'Their new office' })
  const note = page.getByLabel('Note')
  await note.fill('Pays by card.')
  await page.getByRole('button', { name: 'Save details' }).click()
  await page.goto(page.url())
  await expect(page.getByText('Pays by card.')).toBeHidden()
  await expect(page.getByRole('heading', { name: 'What it pays' })).toBeVisible()

  await toPaper(page)
  await expect(page.getByRole('heading', { name: 'Acme Dental', level: 1 })).toBeVisible()
  await expect(page.getByText('Pays by card.')).toBeVisible()
  await expect(page.getByText('Their new office')).toBeVisible()
  await expect(page.getByText('£310.00', { exact: false })).toBeVisible()
  const controls = page.locator('button, input, select, textarea, main a').filter({ visible: true })
  await test.info().attach('record', { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' })
  await expect(controls).toHaveCount(0)
})

/** A4 less its margins. */
async function toPaper(page: Page): Promise<void> {
  await page.setViewportSize({ width: 718, height: 1000 })
  await page.emulateMedia({ media: 'print' })
}

/** How many sheets of paper a printer would give out. */
async function sheetsOf(page: Page): Promise<number> {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  return pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0
}

async function importClients(page: Page): Promise<void> {
  const rows = Array.from(
    { length: count },
    (_, place) => `Client ${String(place).padStart(3, '0')},Starter,2026-01-01`,
  )
  await goTo(page, 'Import')
  await page.getByLabel(/CSV file|\.csv/).setInputFiles({
    name: 'clients.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(['Client,Tier,Created on', ...rows].join('\n')),
  })
  await page.getByRole('button', { name: `Import ${count} clients` }).click()
  await expect(page.getByRole('heading', { name: 'Import done' })).toBeVisible()
}
