// First minutes without any server account: sample data, an empty book, and the way out of the sample.
import { expect, localTest as test } from './fixtures.ts'
import {
  addClient,
  changeTier,
  expectOverview,
  goTo,
  openRecord,
  planOf,
  startBook,
  syncState,
  trySample,
} from './steps.ts'

test('first run, sample data, a tier change, and the badge follows at once', async ({ devices }) => {
  const page = await devices.open()
  await trySample(page)
  await expect(syncState(page)).toHaveText('Saved on this device')
  const client = await page
    .locator('tr[data-client]')
    .filter({ hasText: 'Starter' })
    .first()
    .getByRole('rowheader')
    .getByRole('link')
    .innerText()
  await page.getByLabel('Search clients').fill(client.toLowerCase())
  await expect(page.getByTestId('client-count')).toHaveText('1 of 300 clients')
  await page.getByRole('link', { name: `Edit ${client}` }).click()
  await changeTier(page, { tier: 'Enterprise', reason: 'Second site' })
  await expect(page.getByRole('row', { name: /Starter to Enterprise.*Second site/ })).toBeVisible()
  await page.goBack()
  await expect(page.getByLabel('Search clients'), 'the search is as it was').toHaveValue(client.toLowerCase())
  await expect(planOf(page, client)).toContainText('Enterprise')

  await page.reload()
  await page.getByLabel('Search clients').fill(client)
  await expect(planOf(page, client)).toContainText('Enterprise')

  await page.getByRole('button', { name: 'Leave the sample' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome to Tierbook' })).toBeVisible()
  const databases = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
  // Who this device is stays; nothing of the book does.
  expect(databases).toEqual(['tierbook-device'])
})

test('columns sort with aria-sort, plan in tier order, and / goes to the search', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  for (const [name, tier] of [
    ['Bravo', 'Enterprise'],
    ['Alpha', 'Professional'],
    ['Charlie', 'Starter'],
  ] as const)
    await addClient(page, { name, tier })
  const names = () => page.locator('tr[data-client] th a').allInnerTexts()
  expect(await names()).toEqual(['Alpha', 'Bravo', 'Charlie'])
  const plan = page.getByRole('columnheader', { name: 'Plan' })
  await plan.getByRole('button').click()
  await expect(plan).toHaveAttribute('aria-sort', 'ascending')
  expect(await names()).toEqual(['Charlie', 'Alpha', 'Bravo'])
  await plan.getByRole('button').click()
  await expect(plan).toHaveAttribute('aria-sort', 'descending')
  expect(await names()).toEqual(['Bravo', 'Alpha', 'Charlie'])
  await page.keyboard.press('/')
  await page.keyboard.type('brav')
  await expect(page.getByTestId('client-count')).toHaveText('1 of 3 clients')
})

test('a scheduled change is visible, can be cancelled, and a change can be undone; the log keeps it all', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await openRecord(page, 'Acme Dental')
  await changeTier(page, { tier: 'Enterprise', effectiveOn: '2099-01-15', reason: 'Renewal' })
  await goTo(page, 'Billing Overview')
  await expect(planOf(page, 'Acme Dental')).toContainText('Starter')
  const scheduled = page.getByRole('row', { name: 'Acme Dental' }).locator('[data-col=scheduled]')
  await expect(scheduled).toContainText('Enterprise from 15 Jan 2099')
  await openRecord(page, 'Acme Dental')
  await page.getByRole('button', { name: 'Cancel: Tier assigned' }).click()
  await page.getByRole('button', { name: 'Cancel the change' }).click()
  await expect(page.getByRole('row', { name: /Starter to Enterprise.*Taken back by Ada/ })).toBeVisible()

  await changeTier(page, { tier: 'Professional' })
  await page
    .getByRole('row', { name: /Starter to Professional/ })
    .getByRole('button', { name: 'Undo: Tier assigned' })
    .click()
  await page.getByRole('dialog').getByLabel('Reason').fill('Wrong client')
  await page.getByRole('button', { name: 'Undo the change' }).click()
  await expect(page.getByRole('row', { name: /Starter to Professional.*Taken back by Ada/ })).toBeVisible()
  await goTo(page, 'Billing Overview')
  await expect(planOf(page, 'Acme Dental')).toContainText('Starter')
  await goTo(page, 'Change log')
  await page.getByLabel('Kind').selectOption('Taken back')
  await expect(page.getByText('2 entries match')).toBeVisible()
})

test('the record renames, ends and resumes a client, and an unknown address gets a helpful page', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await openRecord(page, 'Acme Dental')
  await page.getByLabel('Name', { exact: true }).fill('Acme Dental Group')
  await page.getByLabel('External id').fill('A-1001')
  await page.getByRole('button', { name: 'Save details' }).click()
  await expect(page.getByRole('heading', { name: 'Acme Dental Group', level: 1 })).toBeVisible()
  await page.getByRole('button', { name: 'End service' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End service' }).click()
  await expect(page.getByRole('button', { name: 'Resume service' })).toBeVisible()
  await goTo(page, 'Billing Overview')
  await expect(page.getByRole('row', { name: 'Acme Dental Group' })).toContainText('Ended')
  await openRecord(page, 'Acme Dental Group')
  await page.getByRole('button', { name: 'Resume service' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Resume service' }).click()
  await expect(page.getByRole('button', { name: 'End service' })).toBeVisible()

  await page.goto('/clients/AAAAAAAAAAAAAAAAAAAAAA')
  await expect(page.getByRole('heading', { name: 'No such client in this book' })).toBeVisible()
  await page.getByRole('link', { name: 'Billing Overview' }).last().click()
  await expectOverview(page)
})

test('forms name the field, what was expected and what came', async ({ devices }) => {
  const page = await devices.open()
  await page.goto('/')
  await page.getByRole('button', { name: 'Start an empty book' }).click()
  await expect(
    page.getByRole('alert').filter({ hasText: 'Your name: expected 1 to 200 characters, got nothing' }),
  ).toBeVisible()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await goTo(page, 'Settings')
  await page.getByLabel('Time zone').fill('Mars/Base')
  await page.getByRole('button', { name: 'Save book' }).click()
  await expect(page.getByLabel('Time zone')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByRole('alert').filter({ hasText: 'Mars/Base' })).toBeVisible()
})

test('a currency that nobody knows is refused in the settings, with what was expected', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await goTo(page, 'Settings')
  const currency = page.getByLabel('Currency')
  await currency.fill('XXQ')
  await page.getByRole('button', { name: 'Save book' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'such as EUR or USD, got “XXQ”' })).toBeVisible()
  await expect(currency).toHaveAttribute('aria-invalid', 'true')
  await currency.fill('jpy')
  await page.getByRole('button', { name: 'Save book' }).click()
  await expect(currency).not.toHaveAttribute('aria-invalid')
  await page.reload()
  await expect(currency).toHaveValue('JPY')
})

test('time zones and currencies are offered to whoever comes to their field, and to nobody before', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await goTo(page, 'Settings')
  for (const [label, choice] of [
    ['Time zone', 'Europe/Berlin'],
    ['Currency', 'EUR'],
  ] as const) {
    const field = page.getByLabel(label)
    const offered = () =>
      field.evaluate((input) => [...((input as HTMLInputElement).list?.options ?? [])].map(({ value }) => value))
    expect(await offered()).toEqual([])
    await field.focus()
    await expect.poll(offered).toContain(choice)
  }
})

test('what this browser remembers is checked: wrong content is set aside with a message', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await page.evaluate(() => localStorage.setItem('tierbook.books', '{"books": 7}'))
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Welcome to Tierbook' })).toBeVisible()
  await expect(page.getByText(/could not be read.*set aside as “tierbook.books.set-aside”/)).toBeVisible()
  expect(await page.evaluate(() => localStorage.getItem('tierbook.books.set-aside'))).toBe('{"books": 7}')
})

test('two tabs of a book without a server follow each other', async ({ devices }) => {
  const one = await devices.open()
  await startBook(one, { person: 'Ada', book: 'Northwind' })
  const two = await one.context().newPage()
  await two.goto('/')
  await expectOverview(two)
  await addClient(one, { name: 'Acme Dental', tier: 'Starter' })
  await expect(planOf(two, 'Acme Dental')).toContainText('Starter')
})

test('an address that leads nowhere says so, and leads back to the table', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme', tier: 'Starter' })
  let loads = 0
  page.on('request', (request) => {
    if (request.isNavigationRequest()) loads += 1
  })
  await page.goto('/nowhere')
  await expect(page.getByRole('heading', { name: 'There is no such page', level: 1 })).toBeAttached()
  // A page that takes itself for an outdated one loads again and again.
  await page.getByRole('main').getByRole('link', { name: 'Billing Overview' }).click()
  await expect(page.getByRole('row', { name: 'Acme' })).toBeVisible()
  expect(loads).toBe(1)
})
