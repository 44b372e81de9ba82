// Prices in the log: dated, taken back, refused where they do not fit.
import { expect, test } from 'vitest'
import type { PriceFields } from '../src/schema/billing-entries.ts'
import { createId } from '../src/schema/ids.ts'
import { done } from '../src/testing/open-for-test.ts'
import { bookWithClient, october, starter } from './billing-sample.ts'

test('[PB1] prices are dated entries; taken back, one counts as never made', async () => {
  const { book, id } = await bookWithClient()
  await done(book.setPrice(starter))
  const own = await done(book.setPrice({ ...starter, client: id, currency: 'USD' }))
  await done(book.upliftPrices({ effectiveOn: '2027-01-01', percent: '3.5' }))
  expect(book.billingInput(october)).toMatchObject({
    prices: [starter, { client: id, entry: own.entry }],
    uplifts: [{ percent: '3.5' }],
    clients: [{ id }],
    periods: [{ client: id, tier: 'starter', from: '2026-01-01', to: null }],
  })
  await done(book.retract({ entry: own.entry, reason: 'wrong client' }))
  expect(book.prices()).toHaveLength(1)
  expect(await book.retract({ entry: own.entry })).toMatchObject({ ok: false, error: { code: 'already-retracted' } })
  expect(book.clients().map((row) => row.name)).toEqual(['Acme'])
  const kinds = book.changes().slice(0, 2)
  expect(kinds.map(({ kind, client, retracted }) => [kind, client, retracted])).toEqual([
    ['entry.retracted', null, null],
    ['price.set', null, null],
  ])
})

test.each<[string, Partial<PriceFields>, string]>([
  ['currency', { currency: 'XXY' }, 'currency: expected a code of ISO 4217, got "XXY"'],
  [
    'discount.percent',
    { discount: { percent: '150', until: null } },
    'discount.percent: expected at most 100, got "150"',
  ],
  ['existingFrom', { existingFrom: '2025-12-31' }, 'existingFrom: expected 2026-01-01 or later, got "2025-12-31"'],
  [
    'model.steps.1.upTo',
    {
      item: { kind: 'usage', unit: 'stacks' },
      model: {
        type: 'volume',
        steps: [
          { upTo: 5, rate: '1' },
          { upTo: 5, rate: '1' },
          { upTo: null, rate: '1' },
        ],
      },
    },
    'model.steps.1.upTo: expected more than 5, got 5',
  ],
])('[PB1] a price that no invoice could use is not written: %s', async (field, rest, message) => {
  const { book } = await bookWithClient()
  expect(await book.setPrice({ ...starter, ...rest })).toEqual({
    ok: false,
    error: { code: 'invalid-input', field, message },
  })
  expect(await book.upliftPrices({ effectiveOn: '2027-01-01', percent: '-150' })).toMatchObject({
    ok: false,
    error: { message: 'percent: expected at least -100, got "-150"' },
  })
})

test('[PB1] entries of one price share a subject, whoever sets it', async () => {
  const { book } = await bookWithClient()
  await done(book.setPrice(starter))
  await done(book.setPrice({ ...starter, effectiveOn: '2027-01-01', model: { type: 'flat', amount: 32_000 } }))
  await done(book.setPrice({ ...starter, item: { kind: 'client' } }))
  const subjects = book
    .changes({ kind: 'price.set' })
    .slice(0, 3)
    .map(({ subject }) => subject)
  expect(subjects[1]).toBe(subjects[2])
  expect(subjects[0]).not.toBe(subjects[1])
})

test.each<[string, unknown, string]>([
  ['a tier nobody has', { ...starter, item: { kind: 'tier', tier: 'gold' } }, 'unknown-tier'],
  ['a client nobody has', { ...starter, client: createId() }, 'unknown-client'],
  ['a negative amount', { ...starter, model: { type: 'flat', amount: -1 } }, 'invalid-input'],
  ['half a cent', { ...starter, model: { type: 'flat', amount: 0.5 } }, 'invalid-input'],
  ['a usage model on a tier', { ...starter, model: { type: 'perUnit', rate: '1' } }, 'invalid-input'],
  ['a flat amount for usage', { ...starter, item: { kind: 'usage', unit: 'stacks' } }, 'invalid-input'],
  ['no date', { ...starter, effectiveOn: 'soon' }, 'invalid-input'],
  ['a currency of four letters', { ...starter, currency: 'EURO' }, 'invalid-input'],
])('[PB1] a price with %s is refused and nothing is written', async (_, price, code) => {
  const { book } = await bookWithClient()
  const before = book.changes().length
  expect(await book.setPrice(price as PriceFields)).toMatchObject({ ok: false, error: { code } })
  expect(book.changes()).toHaveLength(before)
})
