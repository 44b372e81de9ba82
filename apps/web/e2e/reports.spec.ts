// Reports: drawn, as tables and as files, worked out on the device without a network.
import { readFile } from 'node:fs/promises'
import Papa from 'papaparse'
import { expect, localTest as test } from './fixtures.ts'
import { addClient, goTo, startBook, trySample } from './steps.ts'

test('[BL25] movements of revenue sum to the change, in the table and in its file', async ({ devices }) => {
  test.slow()
  const page = await devices.open()
  await trySample(page)
  await goTo(page, 'Reports')
  const movements = page.getByRole('region', { name: /^Movements of recurring revenue/ })
  await expect(movements.getByRole('row')).toHaveCount(13)
  await expect(movements.locator('svg rect[height]').nth(20), 'the chart is drawn').toBeAttached()
  const download = page.waitForEvent('download')
  await movements.getByRole('button', { name: /as CSV$/ }).click()
  const text = await readFile(await (await download).path(), 'utf8')
  const [head = [], ...rows] = Papa.parse<string[]>(text.replace('\uFEFF', '')).data
  expect(head[0]).toBe('On')
  expect(rows).toHaveLength(12)
  let last: number | null = null
  for (const row of rows) {
    const [before = 0, ...rest] = row.slice(1).map((amount) => Math.round(Number(amount) * 100))
    const after = rest.pop()
    expect(before + rest.reduce((sum, amount) => sum + amount, 0), row[0]).toBe(after)
    if (last !== null) expect(before, row[0]).toBe(last)
    last = after ?? null
  }
  expect(last).toBeGreaterThan(0)
  expect(rows[0]?.[0], 'dates are the same in every language').toMatch(/^\d{4}-\d\d-\d\d$/)
  const tiers = page.getByRole('table', { name: 'Clients per tier' }).getByRole('row')
  await expect(tiers).toHaveCount(14)
  // The sample has nearly three hundred clients who pay: all six groups, and three of idle clients.
  const bars = (name: RegExp) => page.getByRole('region', { name }).locator('svg rect[stroke]')
  await expect(bars(/^Recurring revenue by client/)).toHaveCount(6)
  await expect(bars(/^Clients without activity/)).toHaveCount(3)
})

test('whoever has no name yet is “you” on the page, and no “You” in a file that others read', async ({ devices }) => {
  const page = await devices.open()
  await trySample(page)
  await page.getByRole('button', { name: 'Display' }).click()
  await page.getByLabel('Name this view').fill('Mine')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Saved the view Mine.')).toBeVisible()
  await goTo(page, 'Reports')
  const changes = page.getByRole('region', { name: 'Changes by person' })
  await expect(changes.getByRole('columnheader', { name: 'You', exact: true })).toBeAttached()
  const download = page.waitForEvent('download')
  await changes.getByRole('button', { name: /as CSV$/ }).click()
  const text = await readFile(await (await download).path(), 'utf8')
  expect(text).toContain(',Person without a name,')
  expect(text).not.toContain('You')
})

test('a book without clients says what reports will show, and one with a first client draws them', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await goTo(page, 'Reports')
  await expect(page.getByRole('heading', { name: 'No clients yet' })).toBeVisible()
  await expect(page.getByTestId('reports')).toHaveCount(0)
  await page.getByRole('main').getByRole('link', { name: 'Billing Overview' }).click()
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await goTo(page, 'Reports')
  await expect(page.getByRole('table', { name: 'Clients per tier' }).getByRole('row')).toHaveCount(14)
})

test('reports need no network', async ({ devices }) => {
  test.slow()
  const page = await devices.open()
  await trySample(page)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => null))
  await page.context().setOffline(true)
  await page.goto('/reports')
  await expect(page.getByRole('table', { name: 'Clients per tier' }).getByRole('row')).toHaveCount(14)
  await page.getByLabel('Months').selectOption('24')
  await expect(page.getByRole('table', { name: 'Clients per tier' }).getByRole('row')).toHaveCount(26)
  await expect(page.getByRole('table', { name: 'Changes by person' }).getByRole('row')).toHaveCount(26)
})
