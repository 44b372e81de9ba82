import { createId, memory, openBook } from '@tierbook/core'
import { expect, test } from 'vitest'
import { applyBulk, planBulk } from './bulk-change.ts'

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
  const steps = planBulk(book.clients(), change, ({ id }) => book.tierOn(id, change.effectiveOn))
  expect(steps.map(({ row, skips }) => [row.name, skips])).toEqual([
    ['Acme', null],
    ['Bright', 'already-so'],
    ['Crow', 'ended'],
    ['Dale', null],
  ])
  const result = await applyBulk(book, steps, change)
  if (!result.ok) throw new Error(result.error.message)
  expect(result.value).toMatchObject({ changed: 2, refused: [] })
  expect(book.clients({ tier: 'enterprise' }).map(({ name }) => name)).toEqual(['Acme', 'Bright', 'Dale'])
  expect(book.history(id('Acme'))[0]?.reason).toBe('Renewal')

  expect(await book.undo()).toMatchObject({ ok: true, value: { unit: result.value.batch } })
  expect(book.clients({ tier: 'enterprise' }).map(({ name }) => name)).toEqual(['Bright'])
  await book.close()
})

test('the tier counts on the day of the change, and who refuses is named', async () => {
  const book = await bookWith('Acme', 'Bright')
  const [acme, bright] = book.clients()
  if (!acme || !bright) throw new Error('two clients expected')
  await book.assignTier({ client: acme.id, tier: 'enterprise', effectiveOn: '2027-01-01' })
  const change = { to: { tier: 'enterprise' }, effectiveOn: '2027-02-01', reason: '' }
  const steps = planBulk(book.clients(), change, ({ id }) => book.tierOn(id, change.effectiveOn))
  expect(steps.map(({ skips }) => skips)).toEqual(['already-so', null])
  const wrong = { ...change, to: { tier: createId() } }
  expect(await applyBulk(book, [{ row: bright, skips: null }], wrong)).toMatchObject({ ok: false })
  await book.endClient({ client: bright.id })
  const both = [acme, bright].map((row) => ({ row, skips: null }))
  const applied = await applyBulk(book, both, { ...change, effectiveOn: '2026-12-01' })
  if (!applied.ok) throw new Error(applied.error.message)
  expect(applied.value.changed).toBe(1)
  expect(applied.value.refused).toEqual([expect.stringMatching(/^Bright: .*ended/)])
  await book.close()
})
