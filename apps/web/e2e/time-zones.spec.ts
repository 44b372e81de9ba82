// One journey in three time zones: "today" is the book's, and dates stay the dates that were typed.
import { expect, localTest as test } from './fixtures.ts'
import { addClient, changeTier, goTo, openRecord, planOf, startBook } from './steps.ts'

for (const timezoneId of ['Pacific/Kiritimati', 'America/New_York', 'UTC']) {
  test(`add, back-date, schedule and read the log in ${timezoneId}`, async ({ devices }) => {
    const page = await devices.open({ timezoneId })
    await startBook(page, { person: 'Ada', book: 'Northwind' })
    const today = await page.evaluate(
      (timeZone) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(Date.now()),
      timezoneId,
    )
    await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
    await openRecord(page, 'Acme Dental')
    await expect(page.getByLabel('Effective date')).toHaveValue(today)
    await expect(page.getByLabel('Created', { exact: true })).toHaveValue(today)
    await page.getByLabel('Created', { exact: true }).fill('2024-02-29')
    await page.getByRole('button', { name: 'Save details' }).click()
    await expect(page.getByText('Created 29 Feb 2024', { exact: true })).toBeVisible()
    await changeTier(page, { tier: 'Professional', effectiveOn: '2024-03-31', reason: 'Back-dated' })
    await expect(page.getByRole('row', { name: /Back-dated.*31 Mar 2024/ })).toBeVisible()
    await changeTier(page, { tier: 'Enterprise', effectiveOn: '2099-12-31', reason: 'Later' })
    await goTo(page, 'Billing Overview')
    await expect(planOf(page, 'Acme Dental')).toContainText('Starter')
    const row = page.getByRole('row', { name: 'Acme Dental' })
    await expect(row.locator('[data-col=scheduled]')).toContainText('Enterprise from 31 Dec 2099')
    await expect(row).toContainText('29 Feb 2024')
    await goTo(page, 'Change log')
    await page.getByLabel('From', { exact: true }).fill(today)
    await page.getByLabel('To', { exact: true }).fill(today)
    await expect(page.getByRole('row', { name: /Later/ })).toBeVisible()
    await page.getByLabel('To', { exact: true }).fill('2024-01-01')
    await expect(page.getByRole('heading', { name: 'No entry matches these filters' })).toBeVisible()
  })
}

test('[TL6] an app that is left open turns over at midnight: scheduled plans take effect, and today is the new day', async ({
  devices,
}) => {
  const page = await devices.open({ timezoneId: 'UTC' })
  await page.clock.install({ time: new Date('2026-03-07T23:58:00Z') })
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await openRecord(page, 'Acme Dental')
  await changeTier(page, { tier: 'Enterprise', effectiveOn: '2026-03-08', reason: 'Signed' })
  await expect(page.getByLabel('Effective date')).toHaveValue('2026-03-07')
  await goTo(page, 'Billing Overview')
  await expect(planOf(page, 'Acme Dental')).toContainText('Starter')
  await page.clock.fastForward('05:00')
  await expect(planOf(page, 'Acme Dental')).toContainText('Enterprise')
  await openRecord(page, 'Acme Dental')
  await expect(page.getByLabel('Effective date')).toHaveValue('2026-03-08')
  // A midnight at which nothing is due: the record stays open, and what it offers is the new day.
  await page.clock.fastForward('24:00:00')
  await expect(page.getByLabel('Effective date')).toHaveValue('2026-03-09')
})
