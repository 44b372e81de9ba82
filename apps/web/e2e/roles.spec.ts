// What an invite gives: a viewer reads and changes nothing, and a link that is none says so.
import { expect, test } from './fixtures.ts'
import { readQr } from './read-qr.ts'
import { addClient, expectOverview, goTo, inviteLink, joinBook, setUpServer, startBook, syncState } from './steps.ts'

test('a viewer reads everything and is offered no way to change it', async ({ server, devices }) => {
  const owner = await devices.open()
  await setUpServer(owner, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(owner, { name: 'Acme Dental', tier: 'Starter' })
  const viewer = await devices.open()
  await joinBook(viewer, await inviteLink(owner, 'viewer'), 'Vera')
  await expect(viewer.getByRole('row', { name: 'Acme Dental' })).toBeVisible()
  await expect(viewer.getByText('View only.')).toBeVisible()
  await expect(viewer.getByRole('button', { name: 'Add client' })).toHaveCount(0)
  await viewer.keyboard.press('?')
  const keys = viewer.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(keys).toContainText('Command palette')
  await expect(keys).not.toContainText(/Add client|Undo|Redo|Change plan|change it/)
  await viewer.keyboard.press('Escape')
  await viewer.getByRole('link', { name: 'Open Acme Dental' }).click()
  await expect(viewer.getByLabel('Name', { exact: true })).toBeDisabled()
  await expect(viewer.getByRole('button', { name: /^(Save|Schedule|End service|Undo)/ })).toHaveCount(0)
  await goTo(viewer, 'Import')
  await expect(viewer.getByRole('heading', { name: 'You may view this book, not change it' })).toBeVisible()
  await goTo(viewer, 'Settings')
  await expect(viewer.getByRole('button', { name: 'Add tier' })).toHaveCount(0)
  await goTo(viewer, 'Devices')
  await expect(viewer.getByRole('button', { name: 'Make invite link' })).toHaveCount(0)
  await expect(syncState(viewer)).toHaveText('All changes saved')
})

test('who joins again stays the same person; who cannot show it becomes a new one, is told, and goes on', async ({
  server,
  devices,
}) => {
  const owner = await devices.open()
  await setUpServer(owner, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  const link = await inviteLink(owner, 'editor')
  const device = await devices.open()
  await joinBook(device, link, 'Ben')
  await addClient(device, { name: 'Acme Dental', tier: 'Starter' })
  await expect(syncState(device)).toHaveText('All changes saved')
  const people = device.getByRole('listitem').filter({ hasText: 'Ben' })
  const told = device.getByText('so you joined it as a new person')

  await joinBook(device, link, 'Ben')
  await addClient(device, { name: 'Bright Bakery', tier: 'Starter' })
  await expect(syncState(device)).toHaveText('All changes saved')
  await expect(told).toHaveCount(0)
  await goTo(device, 'Devices')
  await expect(people).toHaveCount(1)

  await device.evaluate(() => {
    const list = localStorage.getItem('tierbook.books') ?? ''
    localStorage.setItem('tierbook.books', list.replace(/"token":"[^"]*"/, '"token":"lost"'))
  })
  await joinBook(device, await inviteLink(owner, 'editor'), 'Ben')
  await expect(told).toBeVisible()
  await addClient(device, { name: 'City Cycles', tier: 'Starter' })
  await expect(syncState(device)).toHaveText('All changes saved')
  await expect(owner.getByRole('row', { name: 'City Cycles' })).toBeVisible()
  await goTo(device, 'Devices')
  await expect(people).toHaveCount(2)
})

test('links that are no invites say what was expected', async ({ server, devices }) => {
  const page = await devices.open()
  await page.goto('/join')
  await expect(page.getByRole('heading', { name: 'This is not an invite link' })).toBeVisible()
  await page.goto('/join#cut-off')
  await expect(page.getByRole('heading', { name: 'This is not an invite link' })).toBeVisible()

  // It reads like an invite and was not made by this server.
  const forged = `${server.ownerLink.slice(0, -6)}AAAAAA`
  await page.goto('/')
  await page.goto(forged)
  await expect(page.getByRole('alert')).toContainText(/invite/)
  await expect(page.getByRole('button', { name: 'Ask again' })).toBeEnabled()
  await expect(page.getByRole('button', { name: 'Set up' })).toHaveCount(0)
})

test('the link for a new server, opened again later, opens its book where it is and lets others join it knowingly', async ({
  server,
  devices,
}) => {
  const owner = await devices.open()
  await setUpServer(owner, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(owner, { name: 'Acme Dental', tier: 'Starter' })
  await expect(syncState(owner)).toHaveText('All changes saved')

  await owner.goto('/reports')
  await owner.goto(server.ownerLink)
  await expect(owner.getByRole('heading', { name: 'Open “Northwind”' })).toBeVisible()
  await expect(owner.getByText('this device has it too')).toBeVisible()
  await expect(owner.getByRole('radio', { name: /Start a new book/ })).toHaveCount(0)
  await expect(owner.getByLabel('Your name')).toHaveCount(0)
  await owner.getByRole('button', { name: 'Open the book' }).click()
  await expectOverview(owner)
  await expect(owner.getByRole('row', { name: 'Acme Dental' })).toBeVisible()
  await goTo(owner, 'Devices')
  await expect(owner.getByRole('combobox', { name: /^Role of/ })).toHaveCount(1)

  const second = await devices.open()
  await second.goto(server.ownerLink)
  await expect(second.getByRole('heading', { name: 'Join a book' })).toBeVisible()
  await expect(second.getByText('has a book already')).toBeVisible()
  await expect(second.getByLabel('Name of the book')).toHaveCount(0)
  await second.getByLabel('Your name').fill('Ben')
  await second.getByRole('button', { name: 'Join', exact: true }).click()
  await expect(second.getByRole('row', { name: 'Acme Dental' })).toBeVisible()
})

test('a book begun without a server goes there with its history, and joining another one keeps it apart', async ({
  server,
  devices,
}) => {
  const owner = await devices.open()
  await startBook(owner, { person: 'Ada', book: 'Northwind' })
  await addClient(owner, { name: 'Acme Dental', tier: 'Starter' })
  await owner.goto(server.ownerLink)
  await expect(owner.getByRole('radio', { name: /Put my book “Northwind” on this server/ })).toBeChecked()
  await owner.getByRole('button', { name: 'Set up' }).click()
  await expectOverview(owner)
  await expect(syncState(owner)).toHaveText('All changes saved')

  const other = await devices.open()
  await startBook(other, { person: 'Ben', book: 'Ben’s own' })
  await addClient(other, { name: 'Private Client', tier: 'Enterprise' })
  const link = await inviteLink(owner, 'editor')
  await other.goto(link)
  await expect(other.getByText('Your book “Ben’s own” stays on this device')).toBeVisible()
  await other.getByRole('button', { name: 'Join' }).click()
  await expect(other.getByRole('row', { name: 'Acme Dental' })).toBeVisible()
  await expect(other.getByRole('row', { name: 'Private Client' })).toHaveCount(0)

  await goTo(other, 'Import')
  await other.getByRole('link', { name: 'Ben’s own' }).click()
  await other.getByRole('button', { name: 'Import 1 client' }).click()
  await expect(other.getByRole('heading', { name: 'Import done' })).toBeVisible()
  await expect(owner.getByRole('row', { name: 'Private Client' })).toBeVisible()
})

test('an invite link carries a QR code that a second device reads off the screen and joins by, and warns of a loopback address', async ({
  server,
  devices,
}) => {
  const owner = await devices.open()
  await setUpServer(owner, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(owner, { name: 'Acme Dental', tier: 'Starter' })
  await goTo(owner, 'Devices')
  await owner.getByRole('button', { name: 'Make invite link' }).click()
  await expect(owner.getByText('This address is a loopback')).toBeVisible()
  const link = await readQr(owner.getByRole('img', { name: 'QR code of the invite link' }))
  expect(link).toBe(await owner.getByLabel(/Invite link for one/).inputValue())
  const phone = await devices.open({ viewport: { width: 390, height: 844 } })
  await joinBook(phone, link, 'Ben')
  await expect(phone.getByRole('row', { name: 'Acme Dental' })).toBeVisible()
})
