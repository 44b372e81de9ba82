// The table as somebody uses it all day: filters in the address, columns, and many clients at once.
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, localTest, test as syncTest } from './fixtures.ts'
import {
  addClient,
  goTo,
  inviteLink,
  joinBook,
  openRecord,
  planOf,
  setUpServer,
  startBook,
  trySample,
} from './steps.ts'

const test = localTest
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
const count = (page: Page) => page.getByTestId('client-count')
const totals = (page: Page) => page.getByTestId('totals')
const filterPanel = (page: Page) => page.getByRole('dialog', { name: 'Filter' })

async function openFilter(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Filter/ }).click()
  await expect(filterPanel(page).getByRole('group', { name: 'Plan' })).toBeVisible()
}

for (const [device, options] of [
  ['a laptop', {}],
  ['a phone', phone],
] as const) {
  test(`filters add up, stand in the address, and are taken off one by one, on ${device}`, async ({ devices }) => {
    const page = await devices.open(options)
    await trySample(page)
    await openFilter(page)
    await filterPanel(page).getByRole('checkbox', { name: 'Starter' }).check()
    await expect(count(page)).toHaveText(/^1\d\d of 300 clients$/)
    await filterPanel(page).getByRole('checkbox', { name: 'A scheduled change' }).check()
    await expect(count(page)).toHaveText(/^\d of 300 clients$/)
    await filterPanel(page).getByLabel('Created from').fill('2019-01-01')
    await page.keyboard.press('Escape')
    const shown = await count(page).innerText()
    expect(new URL(page.url()).search).toBe('?tier=starter&scheduled=1&from=2019-01-01')
    await page.reload()
    await expect(count(page)).toHaveText(shown)
    const rows = page.locator('tr[data-client]')
    expect(await rows.count()).toBe(Number(shown.split(' ')[0]))
    await expect(rows.filter({ hasNotText: 'Starter' })).toHaveCount(0)
    await page.getByRole('button', { name: 'Remove the filter Created' }).click()
    await page.getByRole('button', { name: 'Remove the filter A scheduled change' }).click()
    await expect(count(page)).toHaveText(/^1\d\d of 300 clients$/)
    await expect(totals(page)).toHaveText(/^ ?Starter ?\d+/)
    await page.getByRole('button', { name: 'Clear all' }).click()
    await expect(count(page)).toHaveText('300 clients')
    expect(new URL(page.url()).search).toBe('')
  })
}

test('a filter is there when one comes back from a record, and gone with a click on the page’s name', async ({
  devices,
}) => {
  const page = await devices.open()
  await trySample(page)
  await openFilter(page)
  await filterPanel(page).getByRole('checkbox', { name: 'Contested tier' }).check()
  await page.keyboard.press('Escape')
  await page.getByRole('rowheader').getByRole('link').first().click()
  await expect(page.getByText('Two people changed this client')).toBeVisible()
  await page.goBack()
  await expect(count(page)).toHaveText('2 of 300 clients')
  await goTo(page, 'Billing Overview')
  await expect(count(page)).toHaveText('300 clients')
})

test('a search that finds nothing names the filters in force, and goes on without them', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme', tier: 'Starter' })
  await addClient(page, { name: 'Abbott', tier: 'Enterprise' })
  await openFilter(page)
  await filterPanel(page).getByRole('checkbox', { name: 'Starter' }).check()
  await page.keyboard.press('Escape')
  const search = page.getByRole('searchbox', { name: 'Search clients' })
  await search.fill('abb')
  await expect(page.getByText('No client matches “abb” within the filters Starter.')).toBeVisible()
  await page.getByRole('button', { name: 'Search without filters' }).press('Enter')
  await expect(planOf(page, 'Abbott')).toContainText('Enterprise')
  await expect(search).toHaveValue('abb')
  await expect(search).toBeFocused()
  await search.fill('nobody')
  await expect(page.getByText('No client matches “nobody”. Try part of the name')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Search without filters' })).toHaveCount(0)
})

test('inactive, status and note filters find what they say', async ({ devices }) => {
  const page = await devices.open()
  await trySample(page)
  await page.goto('/?idle=100')
  await page.getByRole('columnheader', { name: 'Last Activity' }).getByRole('button').click()
  await expect(page.locator('tr[data-client] [data-col=lastActivity]').first()).toHaveText(/3 months ago/)
  await page.goto('/?status=ended')
  await expect(page.locator('tr[data-client]').filter({ hasNotText: 'Ended' })).toHaveCount(0)
  await page.goto('/?note=1&idle=99999999&status=asleep')
  await expect(count(page)).toHaveText(/^\d+ of 300 clients$/)
  await expect(page.getByRole('button', { name: /^Remove the filter/ })).toHaveCount(1)
})

test('columns are chosen, moved and dragged wider, rows get closer, and all that stays', async ({ devices }) => {
  const page = await devices.open()
  await trySample(page)
  await page.getByRole('button', { name: 'Display' }).click()
  const panel = page.getByRole('dialog', { name: 'Display' })
  await panel.getByRole('checkbox', { name: 'External id' }).check()
  await panel.getByRole('checkbox', { name: 'Created' }).uncheck()
  await panel.getByRole('button', { name: 'Move External id earlier' }).click()
  await panel.getByText('Compact').click()
  await panel.getByLabel('Name this view').fill('Narrow rows')
  await panel.getByRole('button', { name: 'Save', exact: true }).click()
  await page.keyboard.press('Escape')
  const heads = () => page.getByRole('columnheader').allInnerTexts()
  const chosen = ['', 'Client', 'Plan', 'Next change', 'External id', 'Last Activity']
  expect(await heads()).toEqual(chosen)
  const plan = page.getByRole('columnheader', { name: 'Plan' })
  const before = (await plan.boundingBox())?.width ?? 0
  const edge = await page.locator('[data-edge=tier]').boundingBox()
  if (!edge) throw new Error('the edge of the column is not in sight')
  await page.mouse.move(edge.x + 4, edge.y + 8)
  await page.mouse.down()
  await page.mouse.move(edge.x + 64, edge.y + 8, { steps: 4 })
  await page.mouse.up()
  expect(Math.round(((await plan.boundingBox())?.width ?? 0) - before)).toBe(60)
  await page.reload()
  await expect(page.locator('tr[data-client]').first()).toHaveCSS('height', '32px')
  expect(await heads()).toEqual(chosen)
  await page.getByRole('button', { name: 'Display' }).click()
  await panel.getByRole('checkbox', { name: 'External id' }).uncheck()
  await panel.getByRole('button', { name: 'Narrow rows', exact: true }).click()
  expect(await heads()).toEqual(chosen)
})

test('head and first column stay in sight while the table scrolls both ways', async ({ devices }) => {
  const page = await devices.open({ viewport: { width: 900, height: 700 } })
  await trySample(page)
  const name = page.getByRole('columnheader', { name: 'Client', exact: true })
  const before = await name.boundingBox()
  await page.getByTestId('client-scroller').evaluate((element) => element.scrollTo({ top: 2_000, left: 300 }))
  await expect(page.getByRole('columnheader', { name: 'Created' })).toBeInViewport()
  expect(await name.boundingBox()).toEqual(before)
  const link = page.getByRole('rowheader').getByRole('link')
  await expect(link.nth(Math.floor((await link.count()) / 2))).toBeInViewport()
})

test('the table is scrolled without the main thread', async ({ devices, browser }) => {
  const page = await devices.open()
  await trySample(page)
  await browser.startTracing(page, { categories: ['cc', 'benchmark'] })
  const session = await page.context().newCDPSession(page)
  await session.send('Input.synthesizeScrollGesture', { x: 700, y: 600, yDistance: -2_000, speed: 4_000 })
  const trace = (await browser.stopTracing()).toString('utf8')
  const threads = [...trace.matchAll(/"scroll_state":"(SCROLL_(?!NONE)\w+)"/g)].map(([, by]) => by)
  expect(new Set(threads)).toEqual(new Set(['SCROLL_COMPOSITOR_THREAD']))
})

test('a chosen plan is on the badge in the next frame, and goes back where the book refuses it', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme', tier: 'Starter' })
  await planOf(page, 'Acme').getByRole('button').click()
  const choice = page.getByRole('menuitemradio', { name: /Enterprise/ })
  await expect(choice).toBeVisible()
  // The service ends in another tab while the menu is open here.
  const other = await page.context().newPage()
  await other.goto(page.url())
  await openRecord(other, 'Acme')
  await other.getByRole('button', { name: 'End service' }).click()
  await other.getByRole('dialog').getByRole('button', { name: 'End service' }).click()
  await page.bringToFront()
  await expect(page.getByRole('row', { name: 'Acme' })).toContainText('Ended')
  const shown = await choice.evaluate((item: HTMLElement) => {
    item.click()
    const badge = () => document.querySelector('tr[data-client] [data-col=tier]')?.textContent?.trim()
    return new Promise((resolve) => requestAnimationFrame(() => resolve(badge())))
  })
  expect(shown).toBe('Enterprise')
  await expect(page.getByText(/The service of this client ended on/)).toBeVisible()
  await expect(planOf(page, 'Acme')).not.toContainText('Enterprise')
})

for (const [device, options] of [
  ['a laptop', {}],
  ['a phone', phone],
] as const) {
  test(`many clients go to another tier at once, with a preview and one undo, on ${device}`, async ({ devices }) => {
    const page = await devices.open(options)
    await startBook(page, { person: 'Ada', book: 'Northwind' })
    for (const [name, tier] of [
      ['Acme', 'Starter'],
      ['Bright', 'Starter'],
      ['Crow', 'Enterprise'],
      ['Dale', 'Starter'],
    ] as const)
      await addClient(page, { name, tier })
    if ('isMobile' in options) await page.getByRole('button', { name: 'Select clients' }).click()
    const box = (name: string) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true })
    await box('Acme').click()
    await expect(box('Acme')).toBeChecked()
    await box('Acme').click()
    await expect(box('Acme')).not.toBeChecked()
    await box('Acme').click()
    await box('Crow').click({ modifiers: ['Shift'] })
    await expect(page.getByTestId('selected-count')).toHaveText('3 selected')
    for (const name of ['Acme', 'Bright', 'Crow']) await expect(box(name)).toBeChecked()
    await expect(box('Dale')).not.toBeChecked()
    await expect(totals(page)).toHaveText(/Starter ?2 ?Enterprise ?1/)
    await page.getByRole('toolbar', { name: 'Selected clients' }).getByRole('button', { name: 'Change tier' }).click()
    const dialog = page.getByRole('dialog', { name: 'Change the tier of 3 clients' })
    const preview = dialog.getByRole('list', { name: /What happens/ })
    await expect(preview.getByRole('listitem').filter({ hasText: 'Crow' })).toContainText('already so')
    // A date before the clients' first: what holds today is later, and stays.
    const today = await dialog.getByLabel('Effective date').inputValue()
    await dialog.getByLabel('Effective date').fill('2018-01-01')
    await expect(preview.getByRole('listitem').filter({ hasText: 'Acme' })).toHaveText(
      /no service\s+Enterprise\s+until .*, today stays Starter/,
    )
    await expect(dialog.getByText("2 clients stay on today's tier, since a later change holds.")).toBeVisible()
    await expect(dialog.getByText(/^3 clients were created later/)).toBeVisible()
    await dialog.getByLabel('Effective date').fill(today)
    await dialog.getByLabel('Reason').fill('New price list')
    await dialog.getByRole('button', { name: 'Change 2 clients' }).click()
    await expect(page.getByText('2 clients changed.')).toBeVisible()
    for (const name of ['Acme', 'Bright', 'Crow']) await expect(planOf(page, name)).toContainText('Enterprise')
    await expect(planOf(page, 'Dale')).toContainText('Starter')
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await page.getByRole('dialog', { name: 'Undo this?' }).getByRole('button', { name: 'Undo all of it' }).click()
    for (const name of ['Acme', 'Bright']) await expect(planOf(page, name)).toContainText('Starter')
    await expect(planOf(page, 'Crow')).toContainText('Enterprise')

    await page.getByRole('checkbox', { name: 'Select all clients shown' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('toolbar').getByRole('button', { name: 'Export' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('northwind-clients.csv')
    await page.getByRole('toolbar').getByRole('button', { name: 'End service' }).click()
    await page.getByRole('button', { name: 'End service of 4 clients' }).click()
    await expect(page.locator('tr[data-client]').filter({ hasText: 'Ended' })).toHaveCount(4)
  })
}

test('selected clients that a search hides are counted as hidden, and exported in the order of the table', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  for (const name of ['Acme', 'Bright', 'Crow']) await addClient(page, { name, tier: 'Starter' })
  for (const name of ['Crow', 'Acme']) await page.getByRole('checkbox', { name: `Select ${name}` }).click()
  const toolbar = page.getByRole('toolbar', { name: 'Selected clients' })
  await expect(toolbar).not.toContainText('filtered out')
  await page.getByLabel('Search clients').fill('acme')
  await expect(toolbar).toContainText(/2 selected\s*1 of them filtered out/)
  await page.getByLabel('Search clients').fill('bright')
  await expect(toolbar).toContainText(/2 selected\s*2 of them filtered out/)
  const download = page.waitForEvent('download')
  await toolbar.getByRole('button', { name: 'Export' }).click()
  const text = await readFile(await (await download).path(), 'utf8')
  expect(text.match(/^(Acme|Bright|Crow)/gm)).toEqual(['Acme', 'Crow'])
})

syncTest(
  'the row under the pointer keeps its place while a colleague adds clients above it',
  async ({ server, devices }) => {
    const office = await devices.open()
    await setUpServer(office, server.ownerLink, { person: 'Ada', book: 'Northwind' })
    await goTo(office, 'Import')
    const csv = [
      'Client,Tier',
      ...Array.from({ length: 120 }, (_, i) => `Client ${String(i).padStart(3, '0')},Starter`),
    ].join('\n')
    await office.getByLabel(/CSV file/).setInputFiles({ name: 'c.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    await office.getByRole('button', { name: 'Import 120 clients' }).click()
    await expect(office.getByRole('heading', { name: 'Import done' })).toBeVisible()
    await goTo(office, 'Billing Overview')
    const home = await devices.open()
    await joinBook(home, await inviteLink(office, 'editor'), 'Ben')
    await expect(home.getByTestId('client-count')).toHaveText('120 clients')
    await home.getByTestId('client-scroller').evaluate((element) => element.scrollTo({ top: 2_100 }))
    const row = home.getByRole('row', { name: 'Client 055' })
    await row.getByRole('link', { name: 'Client 055', exact: true }).hover()
    const before = await row.boundingBox()
    await addClient(office, { name: 'Aardvark', tier: 'Starter' })
    await addClient(office, { name: 'Abacus', tier: 'Starter' })
    await expect(home.getByTestId('client-count')).toHaveText('122 clients')
    await expect.poll(async () => (await row.boundingBox())?.y).toBe(before?.y)
  },
)

syncTest(
  'a saved view belongs to the book: a colleague uses it, and a viewer keeps one of their own',
  async ({ server, devices }) => {
    const office = await devices.open()
    await setUpServer(office, server.ownerLink, { person: 'Ada', book: 'Northwind' })
    await addClient(office, { name: 'Acme Dental', tier: 'Starter' })
    await addClient(office, { name: 'Bright Bakery', tier: 'Enterprise' })
    const open = async (page: Page) => {
      await page.getByRole('button', { name: 'Display' }).click()
      return page.getByRole('dialog', { name: 'Display' })
    }
    await openFilter(office)
    await filterPanel(office).getByRole('checkbox', { name: 'Enterprise' }).check()
    await office.keyboard.press('Escape')
    const panel = await open(office)
    await panel.getByLabel('Name this view').fill('Enterprise only')
    await panel.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(panel.getByRole('button', { name: 'Enterprise only', exact: true })).toBeVisible()
    await office.keyboard.press('Escape')

    const home = await devices.open()
    await joinBook(home, await inviteLink(office, 'viewer'), 'Vera')
    await expect(count(home)).toHaveText('2 clients')
    const shared = await open(home)
    await shared.getByRole('button', { name: 'Enterprise only', exact: true }).click()
    await expect(home.getByRole('row', { name: 'Acme Dental' })).toHaveCount(0)
    await expect(home.getByRole('row', { name: 'Bright Bakery' })).toBeVisible()
    const own = await open(home)
    await expect(own.getByRole('button', { name: /Remove .*Enterprise only/ })).toHaveCount(0)
    await own.getByLabel('Name this view').fill('Mine')
    await own.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(own.getByRole('button', { name: /Remove .*Mine/ })).toBeVisible()
    await expect(home.getByText('Saved the view Mine on this device.')).toBeVisible()
    await own.getByLabel('Name this view').fill('enterprise only')
    await own.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(own.getByText('There is a view Enterprise only already. Choose another name.')).toBeVisible()

    await goTo(office, 'Change log')
    await expect(office.getByRole('row', { name: /View of the table.*Enterprise only/ })).toBeVisible()
  },
)

test('a saved view is replaced only when somebody says so, gets another name, and comes back when it was removed', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await addClient(page, { name: 'Bright Bakery', tier: 'Enterprise' })
  const panel = page.getByRole('dialog', { name: 'Display' })
  const field = panel.getByLabel('Name this view')
  const choose = (name: string) => panel.getByRole('button', { name, exact: true })
  const save = async (name: string) => {
    await field.fill(name)
    await field.press('Enter')
  }
  await page.goto('/?q=bright')
  await page.getByRole('button', { name: 'Display' }).click()
  await save('Mine')
  await expect(page.getByText('Saved the view Mine. Everybody in this book has it.')).toBeVisible()
  await page.goto('/?q=acme')
  await page.getByRole('button', { name: 'Display' }).click()
  await save('mine')
  const question = panel.getByRole('alert')
  await expect(question).toContainText('There is a view Mine already, which everybody in this book has. Replace it?')
  await question.getByRole('button', { name: 'Cancel' }).click()
  await expect(field).toBeFocused()
  await choose('Mine').click()
  await expect(page).toHaveURL(/q=bright/)

  await page.getByRole('button', { name: 'Display' }).click()
  await save('Other')
  await panel.getByRole('button', { name: 'Rename the view Mine' }).click()
  const name = panel.getByRole('textbox', { name: 'Rename the view Mine' })
  await name.fill('other')
  await name.press('Enter')
  await expect(panel.getByText('There is a view Other already. Choose another name.')).toBeVisible()
  await name.press('Escape')
  await expect(panel.getByRole('button', { name: 'Rename the view Mine' })).toBeFocused()
  await page.keyboard.press('Enter')
  await name.fill('Bakeries')
  await name.press('Enter')
  await expect(page.getByText('Renamed the view Mine to Bakeries.')).toBeVisible()
  await expect(choose('Mine')).toHaveCount(0)

  await panel.getByRole('button', { name: 'Remove the view Bakeries' }).click()
  await expect(choose('Other')).toBeFocused()
  await expect(choose('Bakeries')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await page.getByRole('button', { name: 'Display' }).click()
  await expect(choose('Bakeries')).toBeVisible()
  await save('Bakeries')
  await question.getByRole('button', { name: 'Replace' }).click()
  await expect(page.getByText('Replaced the view Bakeries.')).toBeVisible()
  await expect(field).toBeFocused()
})
