// Going from record to record, the timeline to scale, and the change log searched, linked to and exported.
import { expect, localTest as test } from './fixtures.ts'
import { addClient, changeTier, goTo, openRecord, startBook, trySample } from './steps.ts'

test('next and previous follow the order of the table one came from, by button and by key', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  for (const [name, tier] of [
    ['Alpha', 'Enterprise'],
    ['Bravo', 'Starter'],
    ['Charlie', 'Professional'],
  ] as const)
    await addClient(page, { name, tier })
  await page.getByRole('columnheader', { name: 'Plan' }).getByRole('button').click()
  await openRecord(page, 'Bravo')
  const heading = page.getByRole('heading', { level: 1 })
  const between = page.getByRole('navigation', { name: 'Neighbouring clients' })
  await expect(between).toContainText('1 of 3')
  await expect(between.getByRole('button', { name: 'Previous client' })).toHaveAttribute('aria-disabled', 'true')
  await between.getByRole('button', { name: 'Next client' }).click()
  await expect(heading).toHaveText('Charlie')
  await page.keyboard.press('j')
  await expect(heading).toHaveText('Alpha')
  await page.keyboard.press('k')
  await expect(heading).toHaveText('Charlie')
  // Typing a j is typing.
  await page.getByLabel('Reason').fill('')
  await page.getByLabel('Reason').press('j')
  await expect(heading).toHaveText('Charlie')
  await page.goBack()
  await expect(page.getByRole('grid', { name: 'Clients' })).toBeVisible()
})

test('the timeline is drawn to scale', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await openRecord(page, 'Acme Dental')
  await page.getByLabel('Created', { exact: true }).fill('2020-01-01')
  await page.getByRole('button', { name: 'Save details' }).click()
  await changeTier(page, { tier: 'Starter', effectiveOn: '2020-01-01' })
  await changeTier(page, { tier: 'Professional', effectiveOn: '2022-01-01' })
  await changeTier(page, { tier: 'Enterprise', effectiveOn: '2023-01-01' })
  const timeline = page.getByRole('region', { name: 'Tiers over time' })
  const [starter, professional] = await Promise.all(
    [/^Starter, from 1 Jan 2020/, /^Professional/].map((title) => timeline.getByTitle(title).boundingBox()),
  )
  const ratio = (starter?.width ?? 0) / (professional?.width ?? 1)
  expect(ratio).toBeGreaterThan(1.95)
  expect(ratio).toBeLessThan(2.05)
  await expect(timeline.getByText('2021', { exact: true })).toBeVisible()
  await expect(timeline.getByTitle(/^Today/)).toBeVisible()
})

for (const [device, options] of [
  ['a laptop', {}],
  ['a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
] as const) {
  test(`the log is searched and exported, on ${device}`, async ({ devices }) => {
    const page = await devices.open(options)
    await trySample(page)
    await page.goto('/changes')
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('compliance dana')
    const rows = page.locator('tr[data-entry]')
    await expect(page.getByText(/^\d+ entr(y|ies) match$/)).toBeVisible()
    await expect(rows.first()).toContainText(/compliance/i)
    await expect(rows.filter({ hasNotText: /compliance/i })).toHaveCount(0)
    await expect(page).toHaveURL(/q=compliance\+dana/)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export log' }).click(),
    ])
    const text = Buffer.concat(await (await download.createReadStream()).toArray()).toString('utf8')
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { byName: string; reason: string })
    expect(entries.length).toBeGreaterThan(0)
    for (const { byName, reason } of entries) expect(`${reason} ${byName}`).toMatch(/compliance.*Dana/i)
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('no such words anywhere')
    await expect(page.getByRole('heading', { name: 'No entry matches these filters' })).toBeVisible()
  })
}

test('a search of the log goes on in what further filters leave of it', async ({ devices }) => {
  const page = await devices.open()
  await trySample(page)
  await goTo(page, 'Change log')
  await page.getByRole('searchbox', { name: 'Search the log' }).fill('compliance')
  const rows = page.locator('tr[data-entry]')
  await expect(rows.first()).toContainText(/compliance/i)
  await page.getByRole('combobox', { name: 'Kind', exact: true }).selectOption('tier.assigned')
  await expect(page).toHaveURL(/kind=tier\.assigned/)
  await page.getByRole('combobox', { name: 'Actor' }).selectOption({ label: 'Dana Whitfield' })
  await expect(page).toHaveURL(/actor=/)
  await expect(page.getByText(/^\d+ entr(y|ies) match$/)).toBeVisible()
  await expect(rows.first()).toContainText('Dana Whitfield')
  await expect(rows.filter({ hasNotText: /compliance/i })).toHaveCount(0)
  await page.getByLabel('From').fill('2100-01-01')
  await expect(page.getByRole('heading', { name: 'No entry matches these filters' })).toBeVisible()
})

test('what names no client does not stay in the log’s filter as if it were in force', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Abbott', tier: 'Starter' })
  await page.goto('/changes')
  const client = page.getByRole('combobox', { name: 'Client', exact: true })
  await client.focus()
  await page.keyboard.type('nosuch')
  await expect(page.getByText('No client matches.')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(client).toHaveValue('')
  await client.focus()
  await page.keyboard.type('abb')
  await page.getByRole('option', { name: 'Abbott' }).click()
  await expect(client).toHaveValue('Abbott')
  await expect(page).toHaveURL(/client=/)
  await client.focus()
  await page.keyboard.type('nosuch')
  await page.keyboard.press('Tab')
  await expect(client).toHaveValue('Abbott')
  await expect(page).toHaveURL(/client=/)
})

test('a link to an entry brings it into sight and marks it', async ({ devices }) => {
  const page = await devices.open()
  await trySample(page)
  await goTo(page, 'Change log')
  const scroller = page.locator('div:has(> table[aria-label="Change log"])')
  await scroller.evaluate((element) => element.scrollTo({ top: 9_000 }))
  const row = page.locator('tr[data-entry]').nth(12)
  await expect(row).toBeVisible()
  const id = await row.getAttribute('data-entry')
  const href = await row.getByRole('link').first().getAttribute('href')
  await page.goto(href ?? '')
  const marked = page.locator(`tr[data-entry="${id ?? ''}"]`)
  await expect(marked).toBeInViewport()
  await expect(marked).toHaveAttribute('aria-current', 'true')

  // An entry that takes another one back leads to it, past the filter that found it.
  await page.getByRole('combobox', { name: 'Kind' }).selectOption('entry.retracted')
  await page.getByRole('link', { name: 'Show that entry' }).first().click()
  const taken = page.locator('tr[data-entry][aria-current=true]')
  await expect(taken).toBeInViewport()
  await expect(taken).toContainText('Tier assigned')
  await expect(taken).toContainText('Taken back')
})
