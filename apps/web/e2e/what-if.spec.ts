// What if: prices and tiers tried out in a scratch copy, seen over twelve months, then thrown away or applied as one batch.
import { expect, localTest as test } from './fixtures.ts'
import { addClient, openPrices, setPrice, startBook } from './steps.ts'

test('[BL26] [PB5] a price, a rise and a move are tried out, thrown away, tried again, applied as one change and undone', async ({
  devices,
}) => {
  test.slow()
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await addClient(page, { name: 'Bright Bakery', tier: 'Starter' })
  await openPrices(page)
  await setPrice(page, { for: 'Starter', amount: '100' })
  await page.getByRole('link', { name: 'What if' }).click()
  const mrr = page.getByTestId('mrr-GBP')
  await expect(mrr).toHaveText('£200.00')

  const choose = (name: string) =>
    page.getByRole('group', { name: 'What to try' }).getByRole('button', { name }).click()
  const scratch = page.getByRole('region', { name: 'Tried out' })
  const tryPrice = async (tier: string, amount: string) => {
    const price = page.getByRole('region', { name: 'Try a price' })
    await price.getByLabel('Price for').selectOption(tier)
    await price.getByLabel('Amount').fill(amount)
    await price.getByRole('button', { name: 'Try it' }).click()
  }
  await tryPrice('Starter', '100')
  await expect(page.getByRole('region', { name: 'Try a price' }).getByRole('alert')).toHaveText(
    'The book says this already.',
  )
  await tryPrice('Starter', '90')
  await expect(mrr).toHaveText('£180.00')
  await expect(scratch.getByRole('listitem')).toContainText('Starter: £90.00 / month')
  await scratch.getByRole('button', { name: 'Throw away' }).click()
  await expect(mrr).toHaveText('£200.00')

  await tryPrice('Enterprise', '300')
  await choose('A move')
  const move = page.getByRole('region', { name: 'Try a move' })
  await move.getByLabel('Who').selectOption('One client')
  await move.getByRole('combobox', { name: 'Client' }).fill('acme')
  await page.getByRole('option', { name: 'Acme Dental' }).click()
  await move.getByLabel('To', { exact: true }).selectOption('Enterprise')
  const [moved, raised] = [monthIn(3), monthIn(4)]
  await move.getByLabel('From').fill(moved.first)
  await move.getByRole('button', { name: 'Try it' }).click()
  await choose('A rise')
  const uplift = page.getByRole('region', { name: 'Raise prices' })
  await uplift.getByLabel('By percent').fill('10')
  await uplift.getByLabel('From').fill(raised.first)
  await uplift.getByRole('checkbox', { name: 'Starter' }).check()
  await uplift.getByRole('button', { name: 'Raise prices' }).click()
  await expect(scratch.getByRole('listitem')).toHaveCount(3)
  await expect(mrr).toHaveText('£410.00')
  const months = page.getByRole('table', { name: 'The next twelve months' })
  await expect(months.getByRole('row')).toHaveCount(13)
  await expect(months.getByRole('row', { name: moved.words })).toContainText('+£200.00')
  await expect(months.getByRole('row', { name: raised.words })).toContainText('+£210.00')
  const clients = page.getByRole('table', { name: 'What clients bring a month' })
  await expect(clients.getByRole('row', { name: /Acme Dental/ })).toContainText('+£200.00')
  await expect(clients.getByRole('row', { name: /Bright Bakery/ })).toContainText('+£10.00')

  await scratch.getByRole('button', { name: 'Apply as one change' }).click()
  await expect(scratch).toContainText('Nothing yet.')
  await expect(mrr).toHaveText('£410.00')
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
  const undo = page.getByRole('dialog')
  await undo.getByRole('button', { name: /^Undo/ }).click()
  await expect(mrr).toHaveText('£200.00')
})

/** A month to come: its first day, and as the page says it. */
function monthIn(months: number): { first: string; words: string } {
  const now = new Date()
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1))
  const words = first.toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return { first: first.toISOString().slice(0, 10), words }
}
