// The table from another point in time, and clients that two people changed at once.
import { expect, test } from './fixtures.ts'
import {
  addClient,
  changeTier,
  goTo,
  inviteLink,
  joinBook,
  openRecord,
  planOf,
  readyForOffline,
  setUpServer,
  startBook,
  syncState,
} from './steps.ts'

test('a change of an earlier date that a later one covers is not announced as holding now', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await openRecord(page, 'Acme Dental')
  await changeTier(page, { tier: 'Professional', effectiveOn: '2024-01-01' })
  await expect(page.getByText(/was on Professional from 1 Jan 2024 until .* Today it is on Starter\./)).toBeVisible()
  await changeTier(page, { tier: 'Enterprise', effectiveOn: '2023-06-01' })
  await expect(
    page.getByText('Acme Dental was on Enterprise from 1 Jun 2023 until 1 Jan 2024. Today it is on Starter.'),
  ).toBeVisible()
})

test('dates before the client was created are named before they are saved, and shown over time', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await openRecord(page, 'Acme Dental')
  const date = page.getByLabel('Effective date')
  const warning = page.getByText(/The client was created later, on \d+ \w+ \d{4}\./)
  await expect(date).not.toHaveValue('')
  await expect(warning).toHaveCount(0)
  await date.fill('2020-01-01')
  await expect(warning).toBeVisible()
  await expect(date).toHaveAccessibleDescription(/created later/)
  await changeTier(page, { tier: 'Enterprise', effectiveOn: '2020-01-01' })
  const timeline = page.getByRole('region', { name: 'Tiers over time' }).getByRole('list').first()
  await expect(timeline).toContainText(/Enterprise\s+from 1 Jan 2020 to/)

  await page.getByRole('button', { name: 'End service' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Effective date').fill('2019-01-01')
  await expect(dialog.getByText(/The client was created later, on/)).toBeVisible()
  await dialog.getByRole('button', { name: 'End service' }).click()
  await expect(timeline).toContainText(/No service\s+from 1 Jan 2019$/)
  await expect(page.getByText('Service of Acme Dental ended on 1 Jan 2019.')).toBeVisible()
})

test('[TL5] the overview as of another day, kept in the address, changes nothing and leads back', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await openRecord(page, 'Acme Dental')
  await changeTier(page, { tier: 'Enterprise', effectiveOn: '2030-01-01' })
  await page.goto('/')
  await expect(planOf(page, 'Acme Dental')).toContainText('Starter')
  await page.getByRole('button', { name: 'As of' }).click()
  await page.getByLabel('Plans as of').fill('2030-01-01')
  await expect(planOf(page, 'Acme Dental')).toContainText('Enterprise')
  await expect(page.getByText('Plans as of 1 Jan 2030')).toBeVisible()
  await expect(page).toHaveURL(/asof=2030-01-01/)
  await page.getByLabel('As known on').fill('2020-05-05')
  await expect(page.getByText('Plans as of 1 Jan 2030, as known on 5 May 2020')).toBeVisible()
  await page.getByLabel('Time of day').fill('14:30')
  await expect(page.getByText(/as known on 5 May 2020, 14:30/)).toBeVisible()
  await expect(page).toHaveURL(/known=2020-05-05T/)
  // Without a server the clocks of devices date everything.
  await expect(page.getByText('3 of 3 changes are dated by the clocks of the devices')).toBeVisible()
  await expect(page.getByText('Acme Dental')).toHaveCount(0)
  await page.reload()
  await expect(page.getByText(/Plans as of 1 Jan 2030, as known on 5 May 2020, 14:30/)).toBeVisible()
  await expect(page.getByText('No client was known yet at that time.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Show all clients' })).toHaveCount(0)
  await page.getByTestId('client-scroller').getByRole('button', { name: 'Back to today' }).click()
  await expect(planOf(page, 'Acme Dental')).toContainText('Starter')
  await expect(page).not.toHaveURL(/asof|known/)
  await expect(page.getByLabel('Search clients')).toBeFocused()
})

test('[TL5] clients selected on another day are counted and offered as they were then, and left with the day', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  for (const name of ['Acme Dental', 'Bright Bakery']) await addClient(page, { name, tier: 'Starter' })
  await openRecord(page, 'Acme Dental')
  await changeTier(page, { tier: 'Enterprise', effectiveOn: '2030-01-01' })
  await page.goto('/?asof=2030-01-01')
  await expect(planOf(page, 'Acme Dental')).toContainText('Enterprise')
  await page.getByRole('checkbox', { name: 'Select Acme Dental' }).click()
  await expect(page.getByTestId('totals')).toHaveText(/^\s*Enterprise ?1\s*$/)
  const toolbar = page.getByRole('toolbar', { name: 'Selected clients' })
  await expect(toolbar).toContainText('1 selected')
  await expect(toolbar).toContainText("Changes are made in today's table.")
  await expect(toolbar.getByRole('button', { name: /Change tier|End service/ })).toHaveCount(0)
  await expect(toolbar.getByRole('button', { name: 'Export' })).toBeVisible()
  await page.getByRole('checkbox', { name: 'Select all clients shown' }).click()
  await expect(page.getByTestId('totals')).toHaveText(/Starter ?1 ?Enterprise ?1/)
  const download = page.waitForEvent('download')
  await toolbar.getByRole('button', { name: 'Export' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('northwind-clients-2030-01-01.csv')
  await page.getByRole('button', { name: 'Back to today' }).click()
  await expect(planOf(page, 'Acme Dental')).toContainText('Starter')
  await expect(toolbar).toHaveCount(0)
  await expect(page.getByRole('grid', { name: 'Clients' })).toBeFocused()
  await expect(page.getByRole('checkbox', { name: 'Select Acme Dental' })).not.toBeChecked()
  await goTo(page, 'Import')
  await page.getByLabel(/CSV file/).setInputFiles(await file.path())
  await expect(page.getByText('This file shows the plans of 1 Jan 2030.')).toBeVisible()
})

test('[TL4] two people who change one client offline: it is listed with both sides, and settled for both', async ({
  server,
  devices,
}) => {
  const office = await devices.open()
  await setUpServer(office, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(office, { name: 'Acme Dental', tier: 'Starter' })
  const train = await devices.open({ viewport: { width: 390, height: 800 } })
  await joinBook(train, await inviteLink(office, 'editor'), 'Ben')
  await Promise.all([readyForOffline(office), readyForOffline(train)])
  await expect(syncState(office)).toHaveText('All changes saved')
  await expect(planOf(train, 'Acme Dental')).toContainText('Starter')
  for (const [page, tier] of [
    [office, 'Professional'],
    [train, 'Enterprise'],
  ] as const) {
    await page.context().setOffline(true)
    await openRecord(page, 'Acme Dental')
    await changeTier(page, { tier, reason: `${tier} on the phone` })
  }
  for (const page of [office, train]) await page.context().setOffline(false)
  await train.goto('/')
  await expect(train.getByText('1 client changed by two people at once')).toBeVisible({ timeout: 20_000 })
  await train.goto('/?asof=2020-01-01')
  await expect(train.getByText('Plans as of 1 Jan 2020')).toBeVisible()
  await expect(train.getByRole('link', { name: 'Settle' })).toHaveCount(0)
  await train.goto('/')
  await train.getByRole('link', { name: 'Settle' }).click()
  await expect(train.getByRole('heading', { name: 'To settle' })).toBeVisible()
  await expect(train.getByText('Professional on the phone')).toBeVisible()
  await expect(train.getByText('Enterprise on the phone')).toBeVisible()
  const keep = train.getByRole('button', { name: 'Keep this for Acme Dental: Professional' })
  await keep.click()
  await expect(train.locator(':focus')).toContainText('Nothing to settle')
  await train.getByRole('button', { name: 'Undo', exact: true }).click()
  await keep.press('Enter')
  await expect(train.locator(':focus')).toContainText('Nothing to settle')
  await office.goto('/')
  await expect(planOf(office, 'Acme Dental')).toContainText('Professional')
  await expect(office.getByText('changed by two people at once')).toHaveCount(0)
})
