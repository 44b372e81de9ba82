// The price book in the app: every model, who a change is for, bundles, uplifts for some, and where a client's price comes from.
import type { Page } from '@playwright/test'
import { expect, localTest as test } from './fixtures.ts'
import { addClient, goTo, openPrices, openRecord, priceForm, startBook } from './steps.ts'

const form = priceForm
const priceRow = (page: Page, name: string | RegExp) => page.getByRole('row', { name })

async function save(page: Page): Promise<void> {
  await form(page).getByRole('button', { name: 'Set price' }).click()
}

test('[BL6] [BL11] [BL12] [BL22] prices of every model are set, changed for whom one chooses, raised for some, and explained', async ({
  devices,
}) => {
  test.slow()
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await addClient(page, { name: 'Bright Bakery', tier: 'Starter' })
  await openPrices(page)

  await form(page).getByLabel('Price for').selectOption('Starter')
  await form(page).getByLabel('Amount').fill('100')
  await form(page).getByLabel('From', { exact: true }).fill('2026-01-01')
  await form(page).getByText('More terms').click()
  await form(page).getByLabel('Cost to you').fill('60')
  await expect(form(page)).toContainText('Margin: £40.00 (40 %)')
  await form(page).getByLabel('Discount', { exact: false }).first().fill('15')
  await form(page).getByLabel('Discount in').selectOption('GBP')
  await form(page).getByLabel('Full price again from').fill('2026-07-01')
  await save(page)
  await expect(priceRow(page, /^Starter/)).toContainText('£15.00 off until 30 Jun 2026')
  await expect(priceRow(page, /^Starter/)).toContainText('£40.00 (40 %)')

  await form(page).getByLabel('Amount').fill('120')
  await form(page).getByLabel('From', { exact: true }).fill('2027-01-01')
  const change = form(page).getByRole('group', { name: 'Clients that are there already' })
  await expect(change).toContainText('So far £100.00 / month, from 1 Jan 2026.')
  await change.getByRole('radio', { name: 'from a later date' }).check()
  await save(page)
  await expect(change).toContainText('Expected a date YYYY-MM-DD')
  await change.getByLabel('from', { exact: true }).fill('2027-04-01')
  await save(page)
  await expect(priceRow(page, /£120\.00/)).toContainText('existing clients from 1 Apr 2027')

  await form(page).getByLabel('Price for').selectOption('Usage of a unit')
  await form(page).getByLabel('From', { exact: true }).fill('2026-01-01')
  await form(page).getByLabel('Unit', { exact: true }).fill('GB')
  await form(page).getByLabel('Priced').selectOption('each unit at the rate of its step')
  await form(page).getByLabel('Step 1: up to').fill('100')
  await form(page).getByLabel('Step 1: price of one unit').fill('0.50')
  await form(page).getByRole('button', { name: 'Add a step' }).click()
  await form(page).getByLabel('Step 2: up to').fill('50')
  await form(page).getByLabel('Step 2: price of one unit').fill('0.40')
  await form(page).getByLabel('Step 3: price of one unit').fill('0.3x')
  await save(page)
  await expect(form(page).getByRole('alert').first()).toContainText('at least 101, got “50”')
  await form(page).getByLabel('Step 2: up to').fill('500')
  await form(page).getByLabel('Step 3: price of one unit').fill('0.3')
  await save(page)
  await expect(priceRow(page, /^GB/)).toContainText('£0.50 · £0.40 · £0.30')
  await form(page).getByLabel('Unit', { exact: true }).fill('Seats')
  await form(page).getByLabel('Priced').selectOption('in packages')
  await form(page).getByLabel('Units in a package').fill('5')
  await form(page).getByLabel('Price of a package').fill('20')
  await save(page)
  await expect(priceRow(page, /^Seats/)).toContainText('£20.00 for 5')

  await form(page).getByLabel('Price for').selectOption('New bundle')
  await save(page)
  await expect(form(page)).toContainText('Expected at least one client, got none.')
  await form(page).getByLabel('Name of the bundle').fill('Group')
  const members = form(page).getByRole('group', { name: 'Clients in it' })
  await members.getByRole('combobox').fill('bright')
  await page.getByRole('option', { name: 'Bright Bakery' }).click()
  await form(page).getByLabel('Amount').fill('70')
  await save(page)
  await expect(priceRow(page, /^Bundle: Group/)).toContainText('£70.00')

  const uplift = page.getByRole('region', { name: 'Raise prices' })
  await uplift.getByLabel('By percent').fill('10')
  await uplift.getByLabel('From').fill('2026-02-01')
  await uplift.getByRole('checkbox', { name: 'Starter' }).check()
  await uplift.getByRole('button', { name: 'Raise prices' }).click()
  await expect(priceRow(page, /^Prices of Starter: 10 %/)).toBeVisible()

  await goTo(page, 'Billing Overview')
  await openRecord(page, 'Acme Dental')
  const pays = page.getByRole('region', { name: 'What it pays' })
  await expect(pays).toContainText('Price of the tier, from 1 Jan 2026 · raised by 10 %')
  await expect(pays).toContainText('GB')
  await goTo(page, 'Billing Overview')
  await openRecord(page, 'Bright Bakery')
  await expect(pays).toContainText('Bundle: Group')
  await expect(pays).not.toContainText('Price of the tier')
})
