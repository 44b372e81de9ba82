// The review before a seal: what differs from the last run, who is billed no longer, and the log entries behind each line.
import { readFile } from 'node:fs/promises'
import { memory, openBook } from '@tierbook/core'
import type { Page } from '@playwright/test'
import * as Y from 'yjs'
import { day, done, october, openScripted, policy, scriptedBook, setPrices } from './billing-book.ts'
import { expect, localTest as test } from './fixtures.ts'
import { openMonth, sealMonth } from './steps.ts'

/** Acme goes up on 17 October, Bakery is gone since 1 October, City is new, Delta stays what it is. */
async function reviewedBook() {
  const book = await scriptedBook()
  await setPrices(book)
  const add = (name: string, createdOn: string) => done(book.addClient({ name, tier: 'starter', createdOn }))
  const acme = await add('Acme Dental', '2026-01-01')
  const bakery = await add('Bright Bakery', '2026-01-01')
  await add('City Cycles', '2026-10-01')
  await add('Delta Drones', '2026-01-01')
  await done(book.assignTier({ client: acme.id, tier: 'enterprise', effectiveOn: '2026-10-17' }))
  await done(book.endClient({ client: bakery.id, effectiveOn: '2026-10-01' }))
  return book
}

const invoices = (page: Page) => page.getByRole('table', { name: 'Invoices' })
const names = (page: Page) => invoices(page).getByRole('rowheader')

test('the invoices of a month are reviewed by what differs from the last run', async ({ devices }) => {
  const page = await devices.open()
  await openScripted(page, await reviewedBook())
  await openMonth(page, '2026-10')
  await expect(page.getByTestId('total-EUR')).toHaveText('€1,080.00')
  const compared = page.getByRole('region', { name: 'Compared with Sept 2026' })
  await expect(compared).toContainText('+€150.00')
  await expect(compared).toContainText('€930.00, now €1,080.00')
  await expect(compared.getByRole('listitem')).toHaveText([/Enterprise\s*\+€300\.00/, /Starter\s*-€150\.00/])

  await page.getByRole('button', { name: 'Difference' }).click()
  await expect(names(page)).toHaveText(['City Cycles', 'Acme Dental', 'Delta Drones', 'Bright Bakery'])
  await expect(invoices(page).getByRole('row', { name: /City/ })).toContainText('+€310.00')
  await expect(invoices(page).getByRole('row', { name: /Delta/ })).toContainText('–')
  await expect(page.getByRole('columnheader', { name: 'Difference' })).toHaveAttribute('aria-sort', 'descending')
  await page.getByRole('button', { name: 'Client', exact: true }).click()
  await expect(names(page)).toHaveText(['Acme Dental', 'Bright Bakery', 'City Cycles', 'Delta Drones'])

  for (const [standing, name] of [
    ['Higher 1', 'Acme Dental'],
    ['New 1', 'City Cycles'],
    ['No longer billed 1', 'Bright Bakery'],
  ] as const) {
    const chip = page.getByRole('button', { name: standing })
    await chip.click()
    await expect(names(page)).toHaveText([name])
    await chip.click()
  }
  await page.getByRole('searchbox', { name: 'Find a client or number' }).fill('bakery')
  await expect(names(page)).toHaveText(['Bright Bakery'])
  await names(page).getByRole('button').click()
  const gone = page.getByRole('dialog', { name: 'Bright Bakery: no longer billed' })
  await expect(gone.getByRole('list', { name: 'What differs from the last run' })).toHaveText(
    /Starter\s*€310\.00, now €0\.00/,
  )
  await page.keyboard.press('Escape')
  await page.getByRole('searchbox', { name: 'Find a client or number' }).fill('nobody')
  await expect(page.getByText('No invoice matches.')).toBeVisible()
})

test('[BL17] each line leads to the log entries that it came from, before and after the seal', async ({ devices }) => {
  const page = await devices.open()
  await openScripted(page, await reviewedBook())
  await openMonth(page, '2026-10')
  await sealMonth(page, 'October 2026')
  await expect(page.getByTestId('seal-state')).toHaveText('Sealed')
  await names(page).getByRole('button', { name: 'Acme Dental' }).click()
  const dialog = page.getByRole('dialog')
  const lines = dialog.getByRole('table', { name: 'How it came about' })
  await expect(lines.getByRole('row', { name: /Enterprise/ })).toContainText('15 of 31 days')
  await expect(lines.getByRole('row', { name: /Enterprise/ })).toContainText('€620.00 / month')
  await expect(lines.getByRole('row', { name: /Enterprise/ })).toContainText(/price of the tier, from \d+ \w+ 20\d\d/)
  await lines
    .getByRole('row', { name: /Enterprise/ })
    .getByRole('link', { name: 'Tier in the log' })
    .click()
  await expect(page.getByRole('heading', { name: 'Change log' })).toBeVisible()
  await expect(page.locator('tr[aria-current]')).toContainText('Acme Dental')
})

test('[BL22] the file made after the seal has the tax code of each line', async ({ devices }) => {
  const page = await devices.open()
  await openScripted(page, await reviewedBook())
  await openMonth(page, '2026-10')
  await sealMonth(page, 'October 2026')
  await expect(page.getByTestId('seal-state')).toHaveText('Sealed')
  await page.getByLabel('Tax type').fill('Usual')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save file' }).click()
  const text = await readFile(await (await download).path(), 'utf8')
  expect(text.match(/Zero Rated/g)).toHaveLength(3)
  expect(text.match(/Usual/g)).toHaveLength(1)
})

test('[BL13] days that were sealed with others cannot be sealed again by themselves, and the page says who did', async ({
  devices,
}) => {
  const book = await reviewedBook()
  const period = { from: '2026-10-15', to: '2026-11-15' }
  await done(book.sealRun({ sealed: { period, policy, hash: 'A'.repeat(43), invoices: [] }, prefix: '' }))
  const page = await devices.open()
  await openScripted(page, book)
  await openMonth(page, october.from.slice(0, 7))
  const taken = page.getByTestId('overlapping-seal')
  await expect(taken).toContainText(/^Ada sealed 15 Oct 2026 – 14 Nov 2026, /)
  await expect(taken).toContainText('it cannot be sealed by itself.')
  await expect(page.getByRole('button', { name: 'Seal October 2026' })).toHaveAttribute('aria-disabled', 'true')
})

test('[BL18] what is on no invoice is said in the language shown, and leads to the log entries to set right', async ({
  devices,
}) => {
  const book = await reviewedBook()
  const acme = book.clients().find(({ name }) => name === 'Acme Dental')?.id ?? ''
  // One device refuses days that overlap; two that do not see each other cannot.
  const other = await openBook({ id: book.id, author: book.author, storage: memory(), now: day })
  Y.applyUpdate(other.doc, Y.encodeStateAsUpdate(book.doc))
  for (const [device, from] of [
    [book, '2026-10-01'],
    [other, '2026-10-10'],
  ] as const)
    await done(device.recordUsage([{ client: acme, unit: 'stacks', from, to: '2026-11-01', quantity: '3' }]))
  Y.applyUpdate(book.doc, Y.encodeStateAsUpdate(other.doc))
  await other.close()
  const page = await devices.open({ locale: 'de-DE' })
  await openScripted(page, book)
  await page.goto('/invoices?month=2026-10')
  const left = page.getByRole('list', { name: 'Nicht abrechenbar' })
  await expect(left).toContainText('Acme Dental: Verbrauch, der für dieselben Tage zweimal erfasst wurde')
  await left.getByRole('link', { name: 'Im Protokoll' }).first().click()
  await expect(page.locator('tr[aria-current]')).toContainText('Acme Dental')
})
