import { createId, memory, openBook } from '@tierbook/core'
import { expect, test } from 'vitest'
import { applyBulk, planBulk, undoBulk } from './bulk-change.ts'

const now = Date.UTC(2026, 10, 22, 12)

async function bookWith(...names: string[]) {
  const book = await openBook({
    id: createId(),
    author: { id: createId(), name: 'Ada' },
    storage: memory(),
    now: () => now,
    create: { name: 'Northwind', timeZone: 'UTC', currency: 'EUR' },
  })
  for (const name of names) await book.addClient({ name, tier: 'starter', createdOn: '2026-01-01' })
  return book
}

test('a change of many says what it would do, does it, and is taken back together', async () => {
  const book = await bookWith('Acme', 'Bright', 'Crow', 'Dale')
  const id = (name: string) => book.clients({ search: name })[0]?.id ?? ''
  await book.assignTier({ client: id('Bright'), tier: 'enterprise' })
  await book.endClient({ client: id('Crow') })
  const change = { to: { tier: 'enterprise' }, effectiveOn: '2026-11-22', reason: ' Renewal ' }
  const steps = planBulk(book.clients(), change, (client, date) => book.tierOn(client, date))
  expect(steps.map(({ row, skips }) => [row.name, skips])).toEqual([
    ['Acme', null],
    ['Bright', 'already-so'],
    ['Crow', 'ended'],
    ['Dale', null],
  ])
  const progress: number[] = []
  const result = await applyBulk(book, steps, change, (done) => progress.push(done))
  expect(progress).toEqual([1, 2])
  expect(result.refused).toEqual([])
  expect(book.clients({ tier: 'enterprise' }).map(({ name }) => name)).toEqual(['Acme', 'Bright', 'Dale'])
  expect(book.history(id('Acme'))[0]?.reason).toBe('Renewal')

  expect(await undoBulk(book, result.entries)).toBe(0)
  expect(book.clients({ tier: 'enterprise' }).map(({ name }) => name)).toEqual(['Bright'])
  await book.close()
})

test('the tier counts on the day of the change, and who refuses is named', async () => {
  const book = await bookWith('Acme', 'Bright')
  const [acme, bright] = book.clients()
  if (!acme || !bright) throw new Error('two clients expected')
  await book.assignTier({ client: acme.id, tier: 'enterprise', effectiveOn: '2027-01-01' })
  const change = { to: { tier: 'enterprise' }, effectiveOn: '2027-02-01', reason: '' }
  const steps = planBulk(book.clients(), change, (client, date) => book.tierOn(client, date))
  expect(steps.map(({ skips }) => skips)).toEqual(['already-so', null])
  const wrong = { ...change, to: { tier: createId() } }
  const { entries, refused } = await applyBulk(book, [{ row: bright, skips: null }], wrong, () => {})
  expect(entries).toEqual([])
  expect(refused.map(({ row, error }) => [row.name, error.code])).toEqual([['Bright', 'unknown-tier']])
  await book.close()
})
