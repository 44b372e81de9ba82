// A newcomer's first minutes, whole: what it is, a look at the sample, a book on the firm's server, clients from the spreadsheet, a second device.
// People do five to ten such actions a minute: the counts stand for one minute, two and three. What the machine takes is reported, never judged.
import type { Locator } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { planOf } from './steps.ts'

const spreadsheet = [
  'Client;Plan;Created',
  'Acme Dental;Starter;2024-03-01',
  'Bright Bakery;Professional;2023-05-10',
].join('\n')

test('a newcomer knows what it is at once, has rows in a few actions, and sees the first change on a second device', async ({
  server,
  devices,
}) => {
  const startedAt = performance.now()
  const page = await devices.open()
  const person = countActions()

  // In the first minute: the first screen says what it is for, and shows it with one click; another one leaves it.
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Welcome to Tierbook' })).toBeVisible()
  await expect(page.getByText(/which client is on which (service )?tier/i).first()).toBeVisible()
  await person.click(page.getByRole('button', { name: 'Try with sample data' }))
  await expect(page.locator('tr[data-client]').nth(10)).toBeVisible()
  await expect(page.getByTestId('client-count')).toHaveText('300 clients')
  await person.click(page.getByRole('button', { name: 'Leave the sample' }))
  await expect(page.getByRole('heading', { name: 'Welcome to Tierbook' })).toBeVisible()
  expect(person.count(), 'a look at the sample and back').toBe(2)

  // In the second: a book of one's own, from the link that the server printed, with one client by hand and the rest from a file.
  await page.goto(server.ownerLink)
  await person.click(page.getByRole('radio', { name: /Start a new book/ }))
  await person.fill(page.getByLabel('Name of the book'), 'Northwind')
  await person.fill(page.getByLabel('Your name'), 'Ada')
  await person.click(page.getByRole('button', { name: 'Set up' }))
  await person.click(page.getByRole('button', { name: 'Add client' }).first())
  await person.fill(page.getByRole('dialog').getByLabel('Name'), 'Crow & Cole')
  await person.click(page.getByRole('dialog').getByRole('button', { name: 'Add client' }))
  await expect(planOf(page, 'Crow & Cole')).toBeVisible()
  expect(person.count(), 'until the first row of a book of one’s own').toBeLessThanOrEqual(10)
  await person.click(page.getByRole('navigation').getByRole('link', { name: 'Import' }).first())
  await page
    .getByLabel(/CSV file|clients\.csv/)
    .setInputFiles({ name: 'clients.csv', mimeType: 'text/csv', buffer: Buffer.from(spreadsheet) })
  await person.click(page.getByRole('button', { name: 'Import 2 clients' }))
  await expect(page.getByRole('heading', { name: 'Import done' })).toBeVisible()
  expect(person.count(), 'until the rows of the spreadsheet').toBeLessThanOrEqual(13)

  // In the third: the phone joins through a link, and what is changed here shows there.
  await person.click(page.getByRole('navigation').getByRole('link', { name: 'Devices' }).first())
  await person.click(page.getByRole('button', { name: 'Make invite link' }))
  const link = await page.getByLabel(/Invite link for one/).inputValue()
  const phone = await devices.open({ viewport: { width: 390, height: 844 } })
  const colleague = countActions()
  await phone.goto(link)
  await colleague.fill(phone.getByLabel('Your name'), 'Ben')
  await colleague.click(phone.getByRole('button', { name: 'Join' }))
  await expect(planOf(phone, 'Acme Dental')).toContainText('Starter')
  await person.click(page.getByRole('navigation').getByRole('link', { name: 'Billing Overview' }).first())
  await person.click(planOf(page, 'Acme Dental').getByRole('button'))
  await person.click(page.getByRole('menuitemradio', { name: /Enterprise/ }))
  await expect(planOf(phone, 'Acme Dental')).toContainText('Enterprise')
  expect(person.count() + colleague.count(), 'until the first change on a second device').toBeLessThanOrEqual(20)

  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  const description = `${person.count()} actions here, ${colleague.count()} on the second device, ${seconds} s of the machine`
  test.info().annotations.push({ type: 'first minutes', description })
  console.log(`first minutes: ${description}`)
})

/** Does what a person does, and counts it. */
function countActions() {
  let actions = 0
  return {
    async click(target: Locator) {
      actions++
      await target.click()
    },
    async fill(target: Locator, text: string) {
      actions++
      await target.fill(text)
    },
    count: () => actions,
  }
}
