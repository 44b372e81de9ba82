// Imports of history, prices and usage: columns are mapped once and remembered, bad rows say why, and a file again changes nothing.
import type { Page } from '@playwright/test'
import { expect, localTest as test } from './fixtures.ts'
import { goTo, openRecord, planOf, startBook } from './steps.ts'

const clients = [
  'Client,Plan,Created on,External id',
  'Acme Dental,Starter,2026-01-01,A-1',
  'Bright Bakery,,2026-01-01,A-2',
]
const history = [
  'Ref,Level,Valid from,Why',
  'A-2,Enterprise,2026-10-11,signed',
  'A-2,Starter,2025-03-01,',
  'A-1,ended,2026-10-21,',
  'A-9,Starter,2026-01-01,',
  'A-1,Gold,2026-01-01,',
]
const prices = [
  'Price for,Kind,Amount,From,Every',
  'Starter,,310,2026-01-01,month',
  'Enterprise,tier,620,2026-01-01,',
  'Stacks,unit,"0.5O",2026-01-01,',
  'GB,unit,0.05,2026-01-01,',
  'Enterprize,,700,2026-01-01,',
]
const usage = [
  'Client,SKU,Count,Month',
  'Acme Dental,GB,1000,2026-10',
  'Bright Bakery,GB,2000.5,2026-10',
  'Bright Bakery,GB,1,2026-10',
]

async function pick(page: Page, name: string, rows: readonly string[]): Promise<void> {
  await page
    .getByLabel(/CSV file|\.csv/)
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) })
}

async function importAs(page: Page, kind: 'Clients' | 'History' | 'Prices' | 'Usage counts'): Promise<void> {
  await goTo(page, 'Import')
  const link = page.getByRole('navigation', { name: 'What the file brings' }).getByRole('link', { name: kind })
  await link.click()
  // Else the file is taken for what the page brought before.
  await expect(link).toHaveAttribute('aria-current', 'page')
}

async function run(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Import done' })).toBeVisible()
}

test('[PB5] history, prices and usage come in from files, mapped once, and make an invoice', async ({ devices }) => {
  test.slow()
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await importAs(page, 'Clients')
  await pick(page, 'clients.csv', clients)
  await run(page, 'Import 2 clients')

  await importAs(page, 'History')
  await pick(page, 'old-system.csv', history)
  await expect(page.getByRole('alert')).toHaveText('Expected a column for: Tier effective. Choose it above.')
  await page.getByRole('combobox', { name: 'Tier effective' }).selectOption('Valid from')
  await page.getByRole('combobox', { name: 'Reason' }).selectOption('Why')
  await page.getByLabel('Remember as').fill('Old system')
  const problems = page.getByRole('list', { name: /not importable/ })
  await expect(problems.getByRole('listitem')).toHaveCount(2)
  await expect(problems).toContainText('Row 5 Expected a client of this book, got “A-9”. Import clients first.')
  await expect(problems).toContainText('Row 6 Expected one of Starter, Professional, Enterprise, ended, got “Gold”.')
  await run(page, 'Import 3 rows')
  await goTo(page, 'Billing Overview')
  await expect(planOf(page, 'Bright Bakery')).toContainText('Enterprise')
  await openRecord(page, 'Bright Bakery')
  await expect(page.getByRole('row', { name: /Enterprise/ }).first()).toContainText('signed')

  await importAs(page, 'History')
  await pick(page, 'old-system-2.csv', history)
  await expect(page.getByRole('combobox', { name: 'Remembered columns' })).toHaveValue('Old system')
  await expect(page.getByRole('button', { name: 'Nothing to import' })).toBeDisabled()

  await importAs(page, 'Prices')
  await pick(page, 'prices.csv', prices)
  await expect(problems).toContainText('Row 4 Expected an amount such as 250 or 12.50, got “0.5O”.')
  await expect(problems).toContainText('a unit that the book knows, got “Enterprize”')
  await run(page, 'Import 3 rows')

  await importAs(page, 'Usage counts')
  await pick(page, 'october.csv', usage)
  await expect(problems).toContainText('the same days twice')
  await run(page, 'Import 2 rows')
  await importAs(page, 'Usage counts')
  await pick(page, 'october-2.csv', [...usage.slice(0, 2), 'Bright Bakery,GB,3000,2026-10'])
  await expect(page.getByRole('combobox', { name: 'Remembered columns' })).toHaveValue('october')
  await run(page, 'Import 1 row')

  await page.getByRole('link', { name: 'Invoices' }).first().click()
  await page.getByLabel('Month', { exact: true }).fill('2026-10')
  await expect(page.getByRole('row', { name: /Acme Dental/ })).toContainText('£250.00') // 20 of 31 days, 1000 × 0.05
  await expect(page.getByRole('row', { name: /Bright Bakery/ })).toContainText('£670.00') // 100 + 420, 3000 × 0.05
})
