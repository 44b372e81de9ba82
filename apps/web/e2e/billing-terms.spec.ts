// A price's terms, from the form to the invoice: setup fee, interval, in advance or in arrears, anniversaries, and clients' own currencies.
import type { Page } from '@playwright/test'
import { expect, localTest as test } from './fixtures.ts'
import { goTo, openMonth, openPrices, priceForm, startBook } from './steps.ts'

const clients = [
  'Client,Tier,Created on',
  'Acme Dental,Starter,2026-01-31',
  'Kimono House,Professional,2026-01-01',
  'Gulf Trading,Enterprise,2026-03-15',
  'Month End Motors,Professional,2026-01-31',
]

interface Terms {
  readonly for: string
  readonly amount: string
  readonly client?: string
  readonly currency?: string
  readonly every?: 'month' | 'quarter' | 'year'
  readonly due?: 'in advance'
  readonly begins?: "from the client's own day"
  readonly setupFee?: string
}

async function importClients(page: Page): Promise<void> {
  await goTo(page, 'Import')
  const file = { name: 'clients.csv', mimeType: 'text/csv', buffer: Buffer.from(clients.join('\n')) }
  await page.getByLabel(/CSV file|\.csv/).setInputFiles(file)
  await page.getByRole('button', { name: 'Import 4 clients' }).click()
  await expect(page.getByRole('heading', { name: 'Import done' })).toBeVisible()
}

/** Each price on a form that nobody typed into. */
async function setTerms(page: Page, terms: Terms): Promise<void> {
  await openPrices(page)
  const form = priceForm(page)
  await form.getByLabel('Price for').selectOption(terms.for)
  await form.getByLabel('Amount').fill(terms.amount)
  await form.getByLabel('From', { exact: true }).fill('2026-01-01')
  await form.getByText('More terms').click()
  if (terms.client) {
    await form.getByRole('combobox', { name: 'Client', exact: true }).fill(terms.client)
    await page.getByRole('option', { name: terms.client }).click()
  }
  if (terms.currency) await form.getByLabel('Currency').fill(terms.currency)
  if (terms.every) await form.getByLabel('Every').selectOption(terms.every)
  if (terms.due) await form.getByLabel('Due').selectOption(terms.due)
  if (terms.begins) await form.getByLabel('Cycles begin').selectOption(terms.begins)
  if (terms.setupFee) await form.getByLabel('Setup fee').fill(terms.setupFee)
  await form.getByRole('button', { name: 'Set price' }).click()
  const row = page.getByRole('row', { name: new RegExp(`^${terms.for}.*${terms.client ?? 'Every client'}`) })
  await expect(row).toBeVisible()
  await goTo(page, 'Billing Overview')
}

/** What a month's invoices come to, by client. */
async function expectInvoices(page: Page, month: string, totals: Readonly<Record<string, string>>): Promise<void> {
  await openMonth(page, month)
  const rows = page.getByRole('table', { name: 'Invoices' }).locator('tbody tr[data-invoice]')
  await expect(rows).toHaveCount(Object.keys(totals).length)
  for (const [client, total] of Object.entries(totals))
    await expect(rows.filter({ hasText: client }).getByRole('cell').nth(1)).toHaveText(total)
}

test('[BL1] [BL5] [BL9] [BL22] setup fee, interval, due date, anniversaries and currencies reach the invoice', async ({
  devices,
}) => {
  test.slow()
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await importClients(page)
  await setTerms(page, { for: 'Starter', amount: '100', setupFee: '50' })
  const [kimono, gulf, motors] = ['Kimono House', 'Gulf Trading', 'Month End Motors']
  await setTerms(page, {
    ...{ for: 'Professional', client: kimono, currency: 'JPY', amount: '10000' },
    ...{ every: 'quarter', due: 'in advance' },
  })
  await setTerms(page, {
    ...{ for: 'Enterprise', client: gulf, currency: 'KWD', amount: '120.505' },
    ...{ every: 'year', due: 'in advance', begins: "from the client's own day" },
  })
  await setTerms(page, { for: 'Professional', client: motors, amount: '60', begins: "from the client's own day" })

  // One day of January, and the fee; a quarter in advance, in yen, which have no decimals.
  await expectInvoices(page, '2026-01', { 'Acme Dental': '£53.23', [kimono]: 'JP¥10,000' })
  // 31 January to 27 February, in arrears.
  await expectInvoices(page, '2026-02', { 'Acme Dental': '£100.00', [motors]: '£60.00' })
  // A year from 15 March on, in dinars, which have three.
  await expectInvoices(page, '2026-03', { 'Acme Dental': '£100.00', [motors]: '£60.00', [gulf]: 'KWD\u00a0120.505' })
  await page.getByRole('button', { name: motors }).click()
  await expect(page.getByRole('dialog')).toContainText('28 Feb 2026 – 30 Mar 2026')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: gulf }).click()
  await expect(page.getByRole('dialog')).toContainText('15 Mar 2026 – 14 Mar 2027')
  await page.keyboard.press('Escape')
  await expectInvoices(page, '2026-04', { 'Acme Dental': '£100.00', [motors]: '£60.00', [kimono]: 'JP¥10,000' })
  await expect(page.getByTestId('total-GBP')).toHaveText('£160.00')
  await expect(page.getByTestId('total-JPY')).toHaveText('JP¥10,000')
})
