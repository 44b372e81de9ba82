import { createId, memory, openBook } from '@tierbook/core'
import { expect, test } from 'vitest'
import { applyBulk, keepsToday, planBulk } from './bulk-change.ts'

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
  const steps = planBulk(book.clients(), change, { book, today: book.today() })
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
  const steps = planBulk(book.clients(), change, { book, today: book.today() })
  expect(steps.map(({ skips }) => skips)).toEqual(['already-so', null])
  const wrong = { ...change, to: { tier: createId() } }
  expect(await applyBulk(book, [{ row: bright, skips: null, from: null, covered: null }], wrong)).toMatchObject({
    ok: false,
  })
  await book.endClient({ client: bright.id })
  const both = [acme, bright].map((row) => ({ row, skips: null, from: null, covered: null }))
  const applied = await applyBulk(book, both, { ...change, effectiveOn: '2026-12-01' })
  if (!applied.ok) throw new Error(applied.error.message)
  expect(applied.value.changed).toBe(1)
  expect(applied.value.refused).toEqual([expect.stringMatching(/^Bright: .*ended/)])
  await book.close()
})

test('a change of a past date is planned as of that date, and says where today stays as it is', async () => {
  const book = await bookWith('Acme', 'Bright', 'Crow')
  const id = (name: string) => book.clients({ search: name })[0]?.id ?? ''
  await book.assignTier({ client: id('Acme'), tier: 'professional', effectiveOn: '2026-06-01' })
  // Resumed on the last tier: what is assigned before the break holds again after it.
  await book.endClient({ client: id('Crow'), effectiveOn: '2026-06-01' })
  await book.resumeClient({ client: id('Crow'), effectiveOn: '2026-07-01' })
  const plan = async (effectiveOn: string) => {
    const change = { to: { tier: 'enterprise' }, effectiveOn, reason: '' }
    const steps = planBulk(book.clients(), change, { book, today: book.today() })
    const lines = steps.map((step) => [step.row.name, step.from, step.covered, keepsToday(step)])
    const applied = await applyBulk(book, steps, change)
    if (!applied.ok) throw new Error(applied.error.message)
    const tiers = book.clients().map(({ tier }) => tier)
    await book.undo()
    return { lines, kept: applied.value.kept, tiers }
  }
  expect(await plan('2026-03-01')).toEqual({
    lines: [
      ['Acme', 'starter', { until: '2026-06-01', tierToday: 'professional' }, true],
      ['Bright', 'starter', null, false],
      ['Crow', 'starter', { until: '2026-06-01', tierToday: 'enterprise' }, false],
    ],
    kept: 1,
    tiers: ['professional', 'enterprise', 'enterprise'],
  })
  // Who has no service today, and had some on the day, is changed like the others; who had none on the day is left out.
  await book.endClient({ client: id('Bright'), effectiveOn: '2026-10-01' })
  expect((await plan('2026-03-01')).lines[1]).toEqual([
    'Bright',
    'starter',
    { until: '2026-10-01', tierToday: null },
    true,
  ])
  const onEnd = { to: 'end', effectiveOn: '2026-06-15' } as const
  expect(planBulk(book.clients(), onEnd, { book, today: book.today() }).map(({ skips }) => skips)).toEqual([
    null,
    null,
    'ended',
  ])
  await book.undo()
  // Before the clients began: nothing of today changes.
  const covered = { until: '2026-01-01', tierToday: 'starter' }
  expect(await plan('2018-01-01')).toEqual({
    lines: [
      ['Acme', null, { ...covered, tierToday: 'professional' }, true],
      ['Bright', null, covered, true],
      ['Crow', null, covered, true],
    ],
    kept: 3,
    tiers: ['professional', 'starter', 'starter'],
  })
  await book.close()
})
