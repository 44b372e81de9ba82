// Import of a CSV file as spreadsheets and people make them.
import { expect, localTest as test } from './fixtures.ts'
import { goTo, planOf, startBook } from './steps.ts'

const nasty = [
  '\uFEFF"Client name";Plan;"Created on";"Last activity";"External id";Notes',
  'Acme Dental;starter;2024-03-01;2026-11-20;A-1;fine',
  '"Bright ""Best"" Bakery";Professional;2023-05-10;;A-2;"a line\r\nbreak in a cell"',
  '"Crow; Cole & Co";Enterprise;;2026-11-21T10:00:00Z;A-3;',
  'Acme again;Starter;2024-01-01;;A-1;same external id',
  'Duff Dates;Starter;2024-02-30;;A-5;no such day',
  'Platinum Fan;Platinum;2024-01-01;;A-6;unknown tier',
  ';Starter;2024-01-01;;A-7;no name',
  ';;;;;',
  'Grüße GmbH;Starter;2022-12-31;;A-8;umlauts',
  '=HYPERLINK("http://example.com");Starter;2024-01-01;;A-9;formula',
].join('\r\n')

test('a nasty CSV: good rows in, bad rows listed with reasons, a second import changes nothing', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await goTo(page, 'Import')
  const pick = () =>
    page
      .getByLabel(/CSV file|clients\.csv/)
      .setInputFiles({ name: 'clients.csv', mimeType: 'text/csv', buffer: Buffer.from(nasty) })
  await pick()
  const problems = page.getByRole('list', { name: /not importable/ })
  await expect(problems.getByRole('listitem')).toHaveCount(4)
  await expect(problems).toContainText('Row 5')
  await expect(problems).toContainText('first in row 2')
  await expect(problems).toContainText('expected a date YYYY-MM-DD, got "2024-02-30"')
  await expect(problems).toContainText('expected one of Starter, Professional, Enterprise, got "Platinum"')
  await expect(problems).toContainText('expected the name of a client, got nothing')
  await page.getByRole('button', { name: 'Import 5 clients' }).click()
  await expect(page.getByRole('heading', { name: 'Import done' })).toBeVisible()
  await goTo(page, 'Billing Overview')
  await expect(page.getByTestId('client-count')).toHaveText('5 clients')
  await expect(planOf(page, 'Bright "Best" Bakery')).toContainText('Professional')
  await expect(planOf(page, 'Grüße GmbH')).toContainText('Starter')

  await goTo(page, 'Import')
  await pick()
  await expect(page.getByRole('button', { name: 'Nothing to import' })).toBeDisabled()
  await page.getByRole('combobox', { name: 'Client', exact: true }).selectOption('Not imported')
  await expect(page.getByRole('alert').filter({ hasText: 'Client: expected a column with the names' })).toBeVisible()
})

test('10,000 rows come in, stay smooth to search, and the export makes formulas harmless', async ({ devices }) => {
  test.slow()
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await goTo(page, 'Import')
  const rows = Array.from(
    { length: 10_000 },
    (_, index) =>
      `Client ${String(index).padStart(5, '0')},${['Starter', 'Professional', 'Enterprise'][index % 3]},2024-01-01,R-${index}`,
  )
  const csv = ['Client,Tier,Created,External id', ...rows, '=SUM(1),Starter,2024-01-01,R-formula'].join('\n')
  await page.getByLabel(/CSV file/).setInputFiles({ name: 'many.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await page.getByRole('button', { name: 'Import 10,001 clients' }).click()
  await expect(page.getByRole('heading', { name: 'Import done' })).toBeVisible({ timeout: 60_000 })
  await goTo(page, 'Billing Overview')
  await expect(page.getByTestId('client-count')).toHaveText('10,001 clients')
  await expect(page.getByRole('grid', { name: 'Clients' })).toHaveAttribute('aria-rowcount', '10002')
  expect(await page.locator('tr[data-client]').count(), 'only rows in sight are in the page').toBeLessThan(60)
  await page.getByTestId('client-scroller').evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
  await expect(page.getByRole('row', { name: 'Client 09999' })).toBeVisible()
  await page.getByLabel('Search clients').fill('07777')
  await expect(page.getByTestId('client-count')).toHaveText('1 of 10,001 clients')

  await page.getByLabel('Search clients').fill('=sum')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('northwind-clients.csv')
  const text = await (
    await download.createReadStream()
  )
    .toArray()
    .then((chunks) => Buffer.concat(chunks).toString('utf8'))
  expect(text).toContain("'=SUM(1)")
})
