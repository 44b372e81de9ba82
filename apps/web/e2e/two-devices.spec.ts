// Two devices with one book: news without a reload, offline work on both, and the same table in the end.
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
  syncState,
  tableRows,
} from './steps.ts'

test('an edit on one device appears on the other without a reload', async ({ server, devices }) => {
  const office = await devices.open()
  await setUpServer(office, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(office, { name: 'Acme Dental', tier: 'Starter' })
  const phone = await devices.open({ viewport: { width: 390, height: 800 } })
  await joinBook(phone, await inviteLink(office, 'editor'), 'Ben')
  await expect(planOf(phone, 'Acme Dental')).toContainText('Starter')
  await expect(phone.getByTestId('book-name')).toHaveText('Northwind')
  const readOut = (page: typeof phone) => page.getByTestId('remote-edits')
  for (const page of [phone, office]) await expect(readOut(page)).toBeAttached()

  await openRecord(office, 'Acme Dental')
  await changeTier(office, { tier: 'Enterprise', reason: 'Renewal' })
  await expect(planOf(phone, 'Acme Dental')).toContainText('Enterprise')
  await expect(syncState(office)).toHaveText('All changes saved')
  await expect(readOut(phone)).toHaveText('Ada changed Acme Dental.')
  await expect(readOut(office), 'nobody is told of their own changes').toHaveText('')

  await openRecord(phone, 'Acme Dental')
  await expect(phone.getByRole('row', { name: /Starter to Enterprise.*Renewal/ })).toBeVisible()
})

test('both edit offline, reload offline, come back: identical tables, both entries in the log', async ({
  server,
  devices,
}) => {
  const office = await devices.open()
  await setUpServer(office, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(office, { name: 'Acme Dental', tier: 'Starter' })
  const train = await devices.open()
  await joinBook(train, await inviteLink(office, 'editor'), 'Ben')
  await expect(planOf(train, 'Acme Dental')).toContainText('Starter')
  await Promise.all([readyForOffline(office), readyForOffline(train)])
  await expect(syncState(office)).toHaveText('All changes saved')

  await office.context().setOffline(true)
  await train.context().setOffline(true)
  await openRecord(office, 'Acme Dental')
  await changeTier(office, { tier: 'Professional', reason: 'Agreed on the phone' })
  await openRecord(train, 'Acme Dental')
  await changeTier(train, { tier: 'Enterprise', reason: 'Signed offer' })
  await goTo(train, 'Billing Overview')
  await addClient(train, { name: 'Bright Bakery', tier: 'Starter' })
  await expect(syncState(office)).toHaveText('1 change not sent yet — offline')
  await expect(syncState(train)).toHaveText('2 changes not sent yet — offline')

  await office.reload()
  await train.reload()
  await expect(office.getByRole('heading', { name: 'Acme Dental', level: 1 })).toBeVisible()
  await expect(syncState(office)).toHaveText('1 change not sent yet — offline')
  await expect(planOf(train, 'Bright Bakery')).toContainText('Starter')
  await expect(syncState(train)).toHaveText('2 changes not sent yet — offline')
  // What waits is listed, not only counted.
  const waiting = train.getByRole('list', { name: 'Not sent yet' })
  await syncState(train).click()
  await expect(waiting).toContainText(/Bright Bakery.*Acme Dental.*Tier assigned · Enterprise/s)
  await train.keyboard.press('Escape')

  await office.context().setOffline(false)
  await train.context().setOffline(false)
  await goTo(office, 'Billing Overview')
  for (const page of [office, train]) {
    await expect(syncState(page)).toHaveText('All changes saved', { timeout: 30_000 })
    await syncState(page).click()
    await expect(page.getByText('Every change is on this device and on the server’s disk.')).toBeVisible()
    await expect(page.getByRole('list', { name: 'Not sent yet' })).toHaveCount(0)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('row', { name: 'Acme Dental' })).toContainText('Contested')
    await expect(planOf(page, 'Bright Bakery')).toContainText('Starter')
  }
  expect(await tableRows(office)).toEqual(await tableRows(train))
  for (const page of [office, train]) {
    await goTo(page, 'Change log')
    await expect(page.getByRole('row', { name: /Agreed on the phone.*Ada/ })).toBeVisible()
    await expect(page.getByRole('row', { name: /Signed offer.*Ben/ })).toBeVisible()
  }
})
