// The close of a month on two devices: import history, set prices, preview, seal, back-date a change, see the adjustment, export.
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, localTest, test } from './fixtures.ts'
import {
  addClient,
  changeTier,
  goTo,
  inviteLink,
  joinBook,
  openMonth,
  openRecord,
  readyForOffline,
  sealMonth,
  setPrice,
  setUpServer,
  startBook,
  syncState,
} from './steps.ts'

const clients = ['Client,Created on,External id', 'Acme Dental,2026-01-01,A-1', 'Bright Bakery,2026-02-01,A-2'].join(
  '\n',
)
const history = [
  'External id,Tier,Tier effective',
  'A-2,Enterprise,2026-05-01',
  'A-1,Starter,2026-01-01',
  'A-2,Starter,2026-02-01',
].join('\n')

async function importHistory(page: Page): Promise<void> {
  const run = async (file: { name: string; text: string }, button: string) => {
    await page
      .getByLabel(/CSV file|\.csv/)
      .setInputFiles({ name: file.name, mimeType: 'text/csv', buffer: Buffer.from(file.text) })
    await page.getByRole('button', { name: button }).click()
    await expect(page.getByRole('heading', { name: 'Import done' })).toBeVisible()
  }
  await goTo(page, 'Import')
  await run({ name: 'clients.csv', text: clients }, 'Import 2 clients')
  await page.getByRole('navigation', { name: 'What the file brings' }).getByRole('link', { name: 'History' }).click()
  await run({ name: 'history.csv', text: history }, 'Import 3 rows')
}

test('a month is previewed, sealed, changed from another device, adjusted and exported', async ({
  server,
  devices,
}) => {
  test.slow()
  const office = await devices.open()
  office.setDefaultTimeout(15_000)
  await setUpServer(office, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await importHistory(office)

  await openMonth(office, '2026-10')
  await expect(office.getByRole('list', { name: 'Not billable' })).toContainText('Acme Dental: no price for Starter')
  await office.getByRole('link', { name: 'Prices', exact: true }).click()
  await setPrice(office, { for: 'Starter', amount: '310', from: '2026-01-01' })
  await setPrice(office, { for: 'Enterprise', amount: '620.00', from: '2026-01-01' })

  await openMonth(office, '2026-10')
  await expect(office.getByTestId('total-GBP')).toHaveText('£930.00')
  await expect(office.getByTestId('seal-state')).toHaveText('Preview: nothing is sealed yet')
  await office.getByRole('button', { name: 'Acme Dental' }).click()
  await expect(office.getByRole('dialog')).toContainText('price of the tier')
  await office.keyboard.press('Escape')
  await office.getByRole('button', { name: 'Seal October 2026' }).click()
  const question = office.getByRole('dialog', { name: 'Seal October 2026?' })
  await expect(question.getByRole('definition')).toHaveText(['October 2026', '2', '£930.00'])
  await office.keyboard.press('Escape')
  await expect(question).toBeHidden()
  await expect(office.getByRole('button', { name: 'Seal October 2026' })).toBeFocused()
  await expect(office.getByTestId('seal-state')).toHaveText('Preview: nothing is sealed yet')
  await sealMonth(office, 'October 2026')
  await expect(office.getByTestId('seal-state')).toHaveText('Sealed')
  await expect(office.getByTestId('seal-state')).toBeFocused()
  await expect(syncState(office)).toHaveText('All changes saved')

  const phone = await devices.open({ viewport: { width: 390, height: 800 } })
  phone.setDefaultTimeout(15_000)
  await joinBook(phone, await inviteLink(office, 'editor'), 'Ben')
  await openMonth(phone, '2026-10')
  await expect(phone.getByTestId('seal-state')).toHaveText('Sealed')
  await expect(phone.getByTestId('seal')).toContainText('Sealed by Ada')
  await phone.getByRole('link', { name: 'Overview', exact: true }).click()
  await openRecord(phone, 'Acme Dental')
  await changeTier(phone, { tier: 'Enterprise', effectiveOn: '2026-10-22', reason: 'Signed in October' })

  await openMonth(office, '2026-10')
  await expect(office.getByTestId('seal-state')).toHaveText('Changed since it was sealed')
  await expect(office.getByRole('list', { name: 'Changed since it was sealed' })).toContainText(
    'Acme Dental, Starter: billed £310.00, now £210.00',
  )
  await expect(office.getByTestId('total-GBP')).toHaveText('£930.00') // what was billed stays
  await openMonth(office, '2026-11')
  await expect(office.getByRole('row', { name: /Acme Dental/ })).toContainText('£720.00')
  await office.getByRole('button', { name: 'Acme Dental' }).click()
  await expect(office.getByRole('dialog')).toContainText('Adjustment of 1 Oct 2026 – 31 Oct 2026')
  await office.keyboard.press('Escape')
  await openMonth(phone, '2026-11')
  await expect(phone.getByRole('row', { name: /Acme Dental/ })).toContainText('£720.00')

  await office.getByLabel('Tax type').fill('20% (VAT on Income)')
  const download = office.waitForEvent('download')
  await office.getByRole('button', { name: 'Save file' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('xero-2026-11.csv')
  const rows = (await readFile(await file.path(), 'utf8')).split('\r\n')
  expect(rows.filter((row) => row.startsWith('Acme Dental'))).toHaveLength(2)
  expect(rows.some((row) => row.includes('2026-11-0001') && row.includes('620.00'))).toBe(true)
  const exported = (page: Page) => page.getByRole('list', { name: 'Exported before' })
  await expect(exported(office)).toContainText('xero-2026-11.csv: Ada')
  await expect(exported(phone)).toContainText('xero-2026-11.csv: Ada') // on every device
  await phone.getByRole('button', { name: 'Save file' }).click()
  const again = phone.getByRole('dialog', { name: 'This was exported before' })
  await expect(again).toContainText('The invoices are still the same.')
  const second = phone.waitForEvent('download')
  await again.getByRole('button', { name: 'Save it again' }).click()
  expect((await second).suggestedFilename()).toBe('xero-2026-11.csv')
  await expect(exported(office).getByRole('listitem')).toHaveCount(2)

  await goTo(office, 'Change log')
  await expect(office.getByRole('row', { name: /Run sealed/ })).toBeVisible()
})

test('[PB3] [BL13] two devices seal one month offline: provisional until the server has it, one holds, void numbers are named', async ({
  server,
  devices,
}) => {
  test.slow()
  const office = await devices.open()
  await setUpServer(office, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await importHistory(office)
  await openMonth(office, '2026-10')
  await office.getByRole('link', { name: 'Prices', exact: true }).click()
  await setPrice(office, { for: 'Starter', amount: '310', from: '2026-01-01' })
  await setPrice(office, { for: 'Enterprise', amount: '620', from: '2026-01-01' })
  const train = await devices.open()
  await joinBook(train, await inviteLink(office, 'editor'), 'Ben')
  await openMonth(train, '2026-10')
  await expect(train.getByTestId('total-GBP')).toHaveText('£930.00')
  await openMonth(office, '2026-10')
  await expect(syncState(office)).toHaveText('All changes saved')

  for (const page of [office, train]) await readyForOffline(page)
  await office.context().setOffline(true)
  await train.context().setOffline(true)
  await train.getByRole('link', { name: 'Prices', exact: true }).click()
  await setPrice(train, { for: 'Enterprise', amount: '700', from: '2026-10-01' })
  await openMonth(train, '2026-10')
  await expect(train.getByTestId('total-GBP')).toHaveText('£1,010.00')
  for (const page of [office, train]) {
    await sealMonth(page, 'October 2026')
    await expect(page.getByTestId('seal-state')).toHaveText('Sealed')
    await expect(page.getByTestId('provisional')).toContainText('provisional until the server has this seal')
  }
  // The server has Ben's first. His seal is the later one in the log: the numbers that it confirmed hold all the same.
  await train.context().setOffline(false)
  await expect(syncState(train)).toHaveText('All changes saved', { timeout: 30_000 })
  await expect(train.getByTestId('provisional')).toBeHidden()
  await office.context().setOffline(false)
  for (const page of [office, train]) {
    await expect(syncState(page)).toHaveText('All changes saved', { timeout: 30_000 })
    await expect(page.getByTestId('provisional')).toBeHidden()
    await expect(page.getByTestId('seal')).toContainText('Another seal of this period came first and holds.')
    await expect(page.getByText(/^Sealed by Ben,/).first()).toBeVisible()
    const void_ = page.getByRole('list', { name: 'Void numbers' }).getByRole('listitem')
    await expect(void_).toHaveText(/Bright Bakery, £620\.00: void\. It is now 2026-10-000\d, £700\.00\./)
  }
})

localTest('a price that was taken back is on no invoice, and each sheet has a page of its own', async ({ devices }) => {
  const page = await devices.open()
  page.setDefaultTimeout(15_000)
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await importHistory(page)
  await openMonth(page, '2026-10')
  await page.getByRole('link', { name: 'Prices', exact: true }).click()
  await setPrice(page, { for: 'Starter', amount: '310', from: '2026-01-01' })
  await setPrice(page, { for: 'Enterprise', amount: 'a lot', from: '2026-01-01' }).catch(() => undefined)
  await expect(page.getByRole('alert')).toContainText('Expected an amount such as 250 or 12.50, got “a lot”.')
  await setPrice(page, { for: 'Enterprise', amount: '62', from: '2026-01-01' })
  await page.getByRole('button', { name: 'Take back Enterprise' }).click()
  await setPrice(page, { for: 'Enterprise', amount: '620', from: '2026-01-01' })
  await openMonth(page, '2026-10')
  await expect(page.getByTestId('total-GBP')).toHaveText('£930.00')
  await page.getByRole('link', { name: 'Print' }).click()
  await expect(page.getByRole('article')).toHaveCount(2)
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('navigation', { name: 'Pages' }).first()).toBeHidden()
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(2)
  expect(pdf).toMatch(/MediaBox\s*\[\s*0 0 59[45]\.\d+ 84[12]\.\d+/) // A4 in points
  await page.emulateMedia({ media: 'screen' })
  await page.getByLabel('Paper').selectOption('US Letter')
  const letter = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  expect(letter).toMatch(/MediaBox\s*\[\s*0 0 612 792/)
  await addClientFree(page)
})

/** A client without a price is listed, never left out silently. */
async function addClientFree(page: Page): Promise<void> {
  await goTo(page, 'Billing Overview')
  await addClient(page, { name: 'Crow Legal', tier: 'Professional' })
  // The month that it is where the browser is: that of the book.
  const month = await page.evaluate(() =>
    new Date().toLocaleDateString('sv-SE', { year: 'numeric', month: '2-digit', day: '2-digit' }).slice(0, 7),
  )
  await openMonth(page, month)
  await expect(page.getByRole('list', { name: 'Not billable' })).toContainText('Crow Legal: no price for Professional')
}

localTest('a book without prices says what to do on invoices, sheets to print and what if', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await openMonth(page, new Date().toISOString().slice(0, 7))
  await expect(page.getByRole('list', { name: 'Not billable' })).toContainText('Acme Dental: no price for Starter')
  await expect(page.getByText('There are no prices yet, so no invoice can be made.')).toBeVisible()
  await expect(page.getByText('No client owes anything')).toBeHidden()
  await expect(page.getByLabel('Billing rules').getByRole('option', { name: 'As in the last run' })).toHaveCount(0)
  await expect(page.getByLabel('Billing rules')).toHaveValue('standard')
  await page.getByRole('link', { name: 'Set prices' }).click()
  await page.getByRole('link', { name: 'What if' }).click()
  await expect(page.getByText('No forecast yet')).toBeVisible()
  await expect(page.getByRole('table')).toHaveCount(0)
  await page.goto('/invoices/print?month=2026-01')
  await expect(page.getByRole('heading', { name: 'Nothing to print' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Print', exact: true })).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('link', { name: 'Look at the invoices' }).click()
  await expect(page.getByText('There are no prices yet')).toBeVisible()
})
