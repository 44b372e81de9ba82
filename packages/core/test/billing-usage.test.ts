// Usage in the log: recorded once, corrected, never overlapping.
import { expect, test } from 'vitest'
import { createId } from '../src/schema/ids.ts'
import { done } from '../src/testing/open-for-test.ts'
import { bookWithClient, october, starter } from './billing-sample.ts'

test('[PB2] usage recorded again changes nothing, another quantity corrects it, overlapping dates are refused', async () => {
  const { book, id } = await bookWithClient()
  const record = { client: id, unit: 'stacks', ...october, quantity: '12' }
  expect(await done(book.recordUsage([record]))).toMatchObject({ written: 1 })
  expect(await book.recordUsage([record])).toMatchObject({ ok: false, error: { code: 'nothing-to-change' } })
  expect(
    await done(
      book.recordUsage([
        { ...record, quantity: '13.5' },
        { ...record, unit: 'nodes' },
      ]),
    ),
  ).toMatchObject({ written: 2 })
  expect(book.usage().map(({ unit, quantity }) => [unit, quantity])).toEqual([
    ['stacks', '13.5'],
    ['nodes', '12'],
  ])
  expect(await book.recordUsage([{ ...record, from: '2026-10-31', to: '2026-11-05' }])).toMatchObject({
    ok: false,
    error: {
      code: 'invalid-input',
      message: '0.from: usage of stacks is already recorded for 2026-10-01 to 2026-11-01',
    },
  })
  expect(await book.recordUsage([{ ...record, client: createId() }])).toMatchObject({
    ok: false,
    error: { code: 'unknown-client' },
  })
  expect(await book.recordUsage([{ ...record, quantity: '-1' }])).toMatchObject({
    ok: false,
    error: { code: 'invalid-input' },
  })
  expect(await book.recordUsage([{ ...record, to: record.from }])).toMatchObject({
    ok: false,
    error: { code: 'invalid-input' },
  })
})

test('what is asked about one client has its usage and the prices that name it, and nothing of others', async () => {
  const { book, id } = await bookWithClient()
  const other = (await done(book.addClient({ name: 'Other', tier: 'starter', createdOn: '2026-01-01' }))).id
  await done(book.setPrice(starter))
  const own = await done(book.setPrice({ ...starter, client: id }))
  await done(book.setPrice({ ...starter, client: other }))
  await done(book.upliftPrices({ effectiveOn: '2027-01-01', percent: '3', clients: [id] }))
  const bundle = {
    ...{ kind: 'bundle' as const, bundle: createId(), name: 'Both', payer: other },
    ...{ members: [other, id], includes: ['base'] },
  }
  await done(book.setPrice({ ...starter, item: bundle }))
  const record = { client: id, unit: 'stacks', ...october, quantity: '12' }
  await done(book.recordUsage([record, { ...record, client: other }]))
  await done(book.recordUsage([{ ...record, quantity: '13' }]))
  await done(book.retract({ entry: own.entry }))
  const kinds = (client: string) => book.history(client).map(({ kind, retracted }) => (retracted ? `(${kind})` : kind))
  expect(kinds(id)).toEqual([
    ...['usage.recorded', 'entry.retracted', '(usage.recorded)'],
    ...['price.set', 'price.set', '(price.set)'],
    ...['tier.assigned', 'client.added'],
  ])
  expect(kinds(other)).toEqual(['usage.recorded', 'price.set', 'price.set', 'tier.assigned', 'client.added'])
  const usage = book.changes({ client: id, kind: 'usage.recorded' })
  expect(usage.slice(0, 9).map(({ client, fields }) => [client, fields['quantity']])).toEqual([
    [id, '13'],
    [id, '12'],
  ])
  expect(book.changes({ client: id, kind: 'usage.recorded', to: '2020-01-01' })).toHaveLength(0)
})
