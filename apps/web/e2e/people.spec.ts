// People and devices: an owner sees who is in the book, changes a role, signs a device out, and removes a person; each feels it at once.
import type { Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { expect, test } from './fixtures.ts'
import {
  addClient,
  goTo,
  inviteLink,
  joinBook,
  openRecord,
  planOf,
  readyForOffline,
  setUpServer,
  syncState,
} from './steps.ts'

const person = (page: Page, name: string) =>
  page
    .getByRole('region', { name: 'People' })
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name: `Changes by ${name}` }) })

test('an owner sees people, roles and devices; a role that changes takes effect on the other device', async ({
  server,
  devices,
}) => {
  const owner = await devices.open()
  await setUpServer(owner, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(owner, { name: 'Acme Dental', tier: 'Starter' })
  const other = await devices.open()
  await joinBook(other, await inviteLink(owner, 'editor'), 'Ben Brook')
  await expect(other.getByRole('button', { name: 'Add client' })).toBeVisible()

  await goTo(owner, 'Devices')
  const ben = person(owner, 'Ben Brook')
  await expect(ben).toContainText('here now')
  await expect(person(owner, 'Ada')).toContainText('this device')
  await expect(ben.getByRole('combobox', { name: 'Role of Ben Brook' })).toHaveValue('editor')

  await ben.getByRole('combobox').selectOption('viewer')
  await expect(owner.getByText('Ben Brook is now viewer')).toBeVisible()
  await expect(other.getByText('Your role in this book is now viewer.')).toBeVisible()
  await expect(other.getByText('View only.')).toBeVisible()
  await expect(other.getByRole('button', { name: 'Add client' })).toHaveCount(0)

  await ben.getByRole('combobox').selectOption('editor')
  await expect(other.getByText('Your role in this book is now editor.')).toBeVisible()
  await addClient(other, { name: 'Bright Bakery', tier: 'Starter' })
  await expect(syncState(other)).toHaveText('All changes saved')

  // Others see themselves with their devices, and nobody else’s.
  await goTo(other, 'Devices')
  await expect(person(other, 'Ben Brook')).toContainText('this device')
  await expect(person(other, 'Ada')).not.toContainText('here now')
  await expect(other.getByRole('combobox', { name: /^Role of/ })).toHaveCount(0)
})

test('what somebody was typing stays on screen while they may only view the book, and is saved once they may change it again', async ({
  server,
  devices,
}) => {
  const owner = await devices.open()
  await setUpServer(owner, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(owner, { name: 'Acme Dental', tier: 'Starter' })
  const other = await devices.open()
  await joinBook(other, await inviteLink(owner, 'editor'), 'Ben Brook')
  await goTo(owner, 'Devices')
  const role = person(owner, 'Ben Brook').getByRole('combobox')
  const told = other.getByText('You may only view this book now. What you typed stays here')

  await other.getByRole('button', { name: 'Add client' }).click()
  const dialog = other.getByRole('dialog', { name: 'Add client' })
  await dialog.getByLabel('Name').fill('Bright Bakery')
  await role.selectOption('viewer')
  await expect(told).toBeVisible()
  await expect(dialog.getByLabel('Name')).toHaveValue('Bright Bakery')
  await expect(dialog.getByRole('button', { name: 'Add client' })).toBeDisabled()
  await role.selectOption('editor')
  await expect(told).toHaveCount(0)
  await dialog.getByRole('button', { name: 'Add client' }).click()
  await expect(owner.getByText('Ben Brook is now editor')).toBeVisible()
  await expect(planOf(other, 'Bright Bakery')).toBeVisible()

  await openRecord(other, 'Acme Dental')
  await other.getByLabel('Note').fill('Wants a call on Monday')
  await other.getByLabel('Reason').fill('Signed in October')
  await role.selectOption('viewer')
  await expect(told).toHaveCount(2)
  await expect(other.getByRole('button', { name: 'Save details' })).toHaveCount(0)
  await role.selectOption('editor')
  await expect(told).toHaveCount(0)
  await expect(other.getByLabel('Reason')).toHaveValue('Signed in October')
  await other.getByRole('button', { name: 'Save details' }).click()
  await expect(syncState(other)).toHaveText('All changes saved')
  await expect(other.getByLabel('Note')).toHaveValue('Wants a call on Monday')
})

test('[AD6] what somebody changed offline before they became a viewer is set aside and said, and can be exported', async ({
  server,
  devices,
}) => {
  const owner = await devices.open()
  await setUpServer(owner, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(owner, { name: 'Acme Dental', tier: 'Starter' })
  const other = await devices.open()
  await joinBook(other, await inviteLink(owner, 'editor'), 'Ben Brook')
  await expect(planOf(other, 'Acme Dental')).toContainText('Starter')
  await readyForOffline(other)
  await other.context().setOffline(true)
  await planOf(other, 'Acme Dental').getByRole('button').click()
  await other.getByRole('menuitemradio', { name: 'Enterprise' }).click()
  await expect(planOf(other, 'Acme Dental')).toContainText('Enterprise')

  await goTo(owner, 'Devices')
  await person(owner, 'Ben Brook').getByRole('combobox').selectOption('viewer')
  await expect(owner.getByText('Ben Brook is now viewer')).toBeVisible()
  await other.context().setOffline(false)
  await expect(other.getByText('View only.')).toBeVisible()
  await expect(planOf(other, 'Acme Dental')).toContainText('Starter')
  await expect(syncState(other)).toHaveText('All changes saved')
  const said = other.getByRole('alert').filter({ hasText: 'You may only view this book now.' })
  await expect(said).toContainText('Changes that the server does not accept: 1.')
  await said.getByRole('link', { name: 'See what was kept' }).click()
  const kept = other.getByRole('region', { name: 'Kept aside' })
  await expect(kept).toContainText('A change that the server did not accept')
  const [download] = await Promise.all([
    other.waitForEvent('download'),
    kept.getByRole('button', { name: 'Download everything' }).click(),
  ])
  expect(await readFile(await download.path(), 'utf8')).toContain('enterprise')
})

test('the last owner keeps the role and is told why', async ({ server, devices }) => {
  const owner = await devices.open()
  await setUpServer(owner, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(owner, { name: 'Acme Dental', tier: 'Starter' })
  await goTo(owner, 'Devices')
  const role = owner.getByRole('combobox', { name: 'Role of Ada' })
  await role.selectOption('viewer')
  await expect(owner.getByText('Not changed: The last owner cannot step down')).toBeVisible()
  await expect(role).toHaveValue('owner')
})

test('[LG6] a removed person is signed out within a second, keeps what they wrote, and stays in the list', async ({
  server,
  devices,
}) => {
  const owner = await devices.open()
  await setUpServer(owner, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  const other = await devices.open()
  await joinBook(other, await inviteLink(owner, 'editor'), 'Ben Brook')
  await addClient(other, { name: 'Bright Bakery', tier: 'Starter' })
  await expect(owner.getByRole('row', { name: 'Bright Bakery' })).toBeVisible()

  await goTo(owner, 'Devices')
  await person(owner, 'Ben Brook').getByRole('button', { name: 'Remove Ben Brook from the book' }).click()
  const dialog = owner.getByRole('dialog', { name: 'Remove Ben Brook from this book?' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(syncState(other)).toHaveText('All changes saved')
  await person(owner, 'Ben Brook').getByRole('button', { name: 'Remove Ben Brook from the book' }).click()
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()

  await expect(person(owner, 'Ben Brook')).toContainText('removed')
  await expect(syncState(other)).toContainText('Signed out')
  await goTo(owner, 'Billing Overview')
  await expect(owner.getByRole('row', { name: 'Bright Bakery' })).toBeVisible()

  // The log says up to where the signatures of their device count, and what they wrote until then goes on counting (LG6).
  await goTo(owner, 'Change log')
  await expect(owner.getByRole('row').filter({ hasText: 'Device signed out' })).toHaveCount(1)
  const state = owner.getByTestId('verification')
  await expect(state).toContainText('Verified: every entry is as it was written')
  await state.getByRole('button').first().click()
  await expect(owner.getByRole('dialog', { name: 'Verification of the log' })).toContainText(
    'Devices whose signatures were ended 1',
  )
})

/** From the call of `hold` on nothing arrives at the page from the server until the page asks it for what it has. */
async function slowSockets(page: Page): Promise<{ hold(): void }> {
  let isHeld = false
  const waiting: (() => void)[] = []
  await page.routeWebSocket(/\/sync\//, (socket) => {
    const server = socket.connectToServer()
    server.onMessage((message) => {
      if (isHeld) waiting.push(() => socket.send(message))
      else socket.send(message)
    })
    socket.onMessage((message) => {
      server.send(message)
      const isQuestion = typeof message !== 'string' && message[0] === 0 && message[1] === 0
      if (!isHeld || !isQuestion) return
      isHeld = false
      for (const deliver of waiting.splice(0)) deliver()
    })
  })
  return { hold: () => void (isHeld = true) }
}

test('[LG6] what a person had saved when they were removed is verified, though the owner’s page had not heard of it', async ({
  server,
  devices,
}) => {
  const owner = await devices.open()
  const sockets = await slowSockets(owner)
  await setUpServer(owner, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  const other = await devices.open()
  await joinBook(other, await inviteLink(owner, 'editor'), 'Ben Brook')
  await addClient(other, { name: 'Bright Bakery', tier: 'Starter' })
  await expect(owner.getByRole('row', { name: 'Bright Bakery' })).toBeVisible()

  await goTo(owner, 'Devices')
  await person(owner, 'Ben Brook').getByRole('button', { name: 'Remove Ben Brook from the book' }).click()
  sockets.hold()
  await addClient(other, { name: 'Last Minute', tier: 'Starter' })
  await expect(syncState(other)).toHaveText('All changes saved')
  const dialog = owner.getByRole('dialog', { name: 'Remove Ben Brook from this book?' })
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(person(owner, 'Ben Brook')).toContainText('removed')
  await goTo(owner, 'Billing Overview')
  await expect(owner.getByRole('row', { name: 'Last Minute' })).toBeVisible()
  await goTo(owner, 'Change log')
  await expect(owner.getByRole('row').filter({ hasText: 'Device signed out' })).toHaveCount(1)
  await expect(owner.getByTestId('verification')).toContainText('Verified: every entry is as it was written')
})

test('the list follows who comes and goes, and what another owner did to somebody who is away, without asking on a timer', async ({
  server,
  devices,
}) => {
  const owner = await devices.open()
  await setUpServer(owner, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(owner, { name: 'Acme Dental', tier: 'Starter' })
  const links = [await inviteLink(owner, 'editor'), await inviteLink(owner, 'owner'), await inviteLink(owner, 'editor')]
  const [ben, eve, late] = [await devices.open(), await devices.open(), await devices.open()]
  await joinBook(ben, links[0] ?? '', 'Ben Brook')
  await goTo(owner, 'Devices')
  await expect(person(owner, 'Ben Brook')).toContainText('here now')

  let asked = 0
  owner.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/members') asked++
  })
  // A list that is asked for on a timer would be late here.
  const soon = { timeout: 5_000 }
  await joinBook(eve, links[1] ?? '', 'Eve Adams')
  await expect(person(owner, 'Eve Adams')).toContainText('here now', soon)
  await ben.close()
  await expect(person(owner, 'Ben Brook')).toContainText('last here', soon)

  // Nobody comes or goes when somebody who is not here gets another role, or is removed: the server says so.
  await goTo(eve, 'Devices')
  await person(eve, 'Ben Brook').getByRole('combobox').selectOption('viewer')
  await expect(person(owner, 'Ben Brook').getByRole('combobox')).toHaveValue('viewer', soon)
  await person(eve, 'Ben Brook').getByRole('button', { name: 'Remove Ben Brook from the book' }).click()
  await eve.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(person(owner, 'Ben Brook')).toContainText('removed', soon)

  // What others write and open asks for nobody.
  const before = asked
  await addClient(await withOverview(eve), { name: 'Bright Bakery', tier: 'Starter' })
  await joinBook(late, links[2] ?? '', 'Late Comer')
  await expect(person(owner, 'Late Comer')).toContainText('here now', soon)
  expect(asked - before).toBeLessThanOrEqual(2)
})

async function withOverview(page: Page): Promise<Page> {
  await goTo(page, 'Billing Overview')
  return page
}
