// Where the focus goes when what held it goes: never to the page as a whole, from where the keyboard would begin anew.
import type { Locator } from '@playwright/test'
import { expect, localTest as test } from './fixtures.ts'
import { addClient, planOf, startBook, trySample } from './steps.ts'

test('Escape in a panel leads back to the button that opened it, a click outside to what is clicked', async ({
  devices,
}) => {
  const page = await devices.open()
  await trySample(page)
  const buttons = page.locator('button[popovertarget]').filter({ visible: true })
  await expect(buttons).toHaveCount(5)
  const panel = page.locator('[popover]:popover-open')
  for (const button of await buttons.all()) {
    await button.focus()
    await page.keyboard.press('Enter')
    await expect(panel.locator('a, button, input').first()).toBeVisible()
    await page.keyboard.press('Tab')
    await expect(panel.locator(':focus')).toHaveCount(1)
    await page.keyboard.press('Escape')
    await expect(panel).toHaveCount(0)
    await expect(button).toBeFocused()
    await expect(button).toHaveAttribute('aria-expanded', 'false')
  }
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('checkbox', { name: 'Starter' }).check()
  await page.getByRole('dialog', { name: 'Filter' }).getByRole('button', { name: 'Clear all' }).press('Enter')
  await expect(panel.locator(':focus')).toHaveCount(1)
  await page.getByRole('searchbox', { name: 'Search clients' }).click()
  await expect(panel).toHaveCount(0)
  await expect(page.getByRole('searchbox', { name: 'Search clients' })).toBeFocused()
})

test('after a change of many clients, or with the selection cleared, the focus is on the table', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme', tier: 'Starter' })
  const grid = page.getByRole('grid', { name: 'Clients' })
  const selected = page.getByRole('toolbar', { name: 'Selected clients' })
  await page.getByRole('checkbox', { name: 'Select Acme' }).click()
  await selected.getByRole('button', { name: 'Change tier' }).press('Enter')
  await page.getByRole('button', { name: 'Change 1 client' }).press('Enter')
  await expect(planOf(page, 'Acme')).toContainText('Enterprise')
  await expect(grid).toBeFocused()

  await page.getByRole('checkbox', { name: 'Select Acme' }).click()
  await selected.getByRole('button', { name: 'Clear the selection' }).press('Enter')
  await expect(selected).toHaveCount(0)
  await expect(grid).toBeFocused()
})

test('a filter that is taken off passes the focus to the next one, the last of them to the table', async ({
  devices,
}) => {
  const page = await devices.open()
  await trySample(page)
  await page.goto('/?tier=starter,professional&contested=1')
  const chips = page.getByRole('list', { name: 'Active filters' }).getByRole('button', { name: /^Remove the filter/ })
  await expect(chips).toHaveCount(3)
  const next = await chips.nth(1).getAttribute('aria-label')
  await chips.first().press('Enter')
  await expect(chips).toHaveCount(2)
  await expect(chips.first()).toBeFocused()
  await expect(chips.first()).toHaveAttribute('aria-label', next ?? '')
  await chips.last().press('Enter')
  await expect(chips.first()).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(chips).toHaveCount(0)
  await expect(page.getByRole('grid', { name: 'Clients' })).toBeFocused()
})

test('whoever leaves the sample is at the content of the page that follows', async ({ devices }) => {
  const page = await devices.open()
  await trySample(page)
  await page.getByRole('button', { name: 'Leave the sample' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Try with sample data' })).toBeVisible()
  await expect(page.getByRole('main')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('Your name')).toBeFocused()
})

for (const forcedColors of ['none', 'active'] as const) {
  test(`the table shows that it has the keyboard, before and after the first arrow key, with forced colours ${forcedColors}`, async ({
    devices,
  }) => {
    const page = await devices.open({ forcedColors })
    await trySample(page)
    const table = page.getByRole('grid', { name: 'Clients' })
    const outline = (locator: Locator) => locator.evaluate((element) => getComputedStyle(element).outlineStyle)
    const frame = page.getByTestId('client-scroller')
    expect(await outline(frame)).toBe('none')
    const box = (await frame.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    const seen = () => page.screenshot({ clip: { ...box, y: box.y + box.height - 60, height: 60, width: 60 } })
    const before = await seen()
    await page.getByRole('button', { name: 'Display' }).focus()
    await expect(async () => {
      await page.keyboard.press('Tab')
      await expect(table).toBeFocused({ timeout: 100 })
    }).toPass()
    expect(await outline(frame)).toBe('solid')
    expect((await seen()).equals(before)).toBe(false)
    await page.keyboard.press('ArrowDown')
    await expect(page.locator('[data-active]')).toHaveCount(1)
    if (forcedColors === 'active') expect(await outline(page.locator('[data-active]'))).toBe('solid')
  })
}
