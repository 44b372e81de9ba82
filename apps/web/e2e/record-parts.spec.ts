// What a record shows beside the tier: prices with where they come from, usage by period, and a history that can be narrowed.
import { expect, localTest as test } from './fixtures.ts'
import { addClient, changeTier, goTo, openRecord, startBook, trySample } from './steps.ts'

for (const [device, viewport] of [
  ['a desktop', { width: 1280, height: 800 }],
  ['a phone', { width: 390, height: 844 }],
] as const) {
  test(`a record tells what is paid and why, what was used, and what happened, on ${device}`, async ({ devices }) => {
    const page = await devices.open()
    await trySample(page)
    await goTo(page, 'Change log')
    await page.getByRole('combobox', { name: 'Kind', exact: true }).selectOption({ label: 'Usage recorded' })
    await page.locator('tr[data-entry] a[href*="/clients/"]').filter({ visible: true }).first().click()
    await page.setViewportSize(viewport)

    const prices = page.getByRole('region', { name: 'What it pays' })
    await expect(prices.getByRole('listitem').first()).toContainText(/Price of the .*, from \d/)
    const usage = page.getByRole('region', { name: 'What it used' })
    const periods = usage.getByRole('rowheader')
    await expect(periods.first()).toHaveText(/^[A-Z][a-z]{2,3} \d{4}$/)
    await expect(usage.getByRole('table', { name: 'Monitored device' }).getByRole('cell').first()).toHaveText(
      /^\s*\d+$/,
    )

    const history = page.getByRole('region', { name: 'History' })
    const all = await history.getByRole('row').count()
    const kind = history.getByRole('combobox', { name: 'Kind of entry' })
    await kind.selectOption({ label: 'Client added' })
    await expect(history.getByRole('status')).toHaveText('1 entry')
    await expect(history.getByRole('row')).toHaveCount(2)
    await kind.selectOption({ label: 'Every kind' })
    await expect(history.getByRole('row')).toHaveCount(all)
  })
}

test('where the system chooses the colours, the bar of tiers still shows from when to when', async ({ devices }) => {
  const page = await devices.open({ forcedColors: 'active' })
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await openRecord(page, 'Acme Dental')
  await changeTier(page, { tier: 'Enterprise', effectiveOn: '2099-01-15' })
  const parts = page.getByRole('region', { name: 'Tiers over time' }).getByRole('list').first().getByRole('listitem')
  await expect(parts).toHaveCount(2)
  await test.info().attach('bar', { body: await page.screenshot(), contentType: 'image/png' })
  for (const [place, style] of ['solid', 'dashed'].entries()) {
    const edges = await parts.nth(place).evaluate((part) => {
      const { borderTopWidth, borderTopStyle, borderTopColor, borderLeftWidth, borderRightWidth } =
        getComputedStyle(part)
      return { widths: [borderTopWidth, borderLeftWidth, borderRightWidth], borderTopStyle, borderTopColor }
    })
    expect(edges).toMatchObject({ widths: ['1px', '1px', '1px'], borderTopStyle: style })
    expect(edges.borderTopColor, 'seen against the page').not.toBe(
      await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
    )
  }
})
