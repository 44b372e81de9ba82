// Reports: what is counted, and that movements explain the whole change.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  changesByActor,
  idleClients,
  monthEnds,
  monthStarts,
  pricesOn,
  raisedPrice,
  recurringRevenue,
  revenueMovements,
  tenureBands,
  tierCounts,
  type BillingInput,
  type Price,
} from '../src/index.ts'
import { books, day, everyMonth, seed } from './random-books.ts'
import { acme, book, lines, on, price, run } from './sample.ts'

const check = <T>(property: fc.IProperty<T>): void => fc.assert(property, { seed, numRuns: 400 })
const total = (input: BillingInput, date: string) =>
  recurringRevenue(input, [date])[0]?.shares.reduce((sum, { amount }) => sum + amount, 0)

/** Gives every second client prices in dollars, and the first a bundle. */
function mixed(input: BillingInput): BillingInput {
  const dollars = input.prices.map((one): Price => ({ ...one, entry: `${one.entry}-usd`, currency: 'USD' }))
  const item = { kind: 'bundle', bundle: 'x', name: 'X', payer: 'a', members: ['a', 'c'], includes: ['base'] } as const
  return {
    ...input,
    clients: input.clients.map((one, index) => (index % 2 === 0 ? one : { ...one, currency: 'USD' })),
    prices: [...input.prices, ...dollars, price('', 777, { entry: 'p-bundle', item, effectiveOn: '2026-04-01' })],
  }
}

test('[BL25] movements sum to the change, in each currency and from each day to the next', () => {
  check(
    fc.property(books, fc.uniqueArray(day, { minLength: 2, maxLength: 6 }), (input, days) => {
      const given = mixed(input)
      const revenue = recurringRevenue(given, days.sort())
      for (const { before, after, sums, clients } of revenueMovements(revenue, given.periods)) {
        expect(before + Object.values(sums).reduce((sum, amount) => sum + amount, 0)).toBe(after)
        expect(clients.reduce((sum, { amount }) => sum + amount, before)).toBe(after)
        expect([sums.new, sums.reactivation, sums.expansion].every((amount) => amount >= 0)).toBe(true)
        expect([sums.contraction, sums.churn].every((amount) => amount <= 0)).toBe(true)
      }
    }),
  )
})

test('[BL24] tiers count each served client once, and revenue knows the same clients', () => {
  check(
    fc.property(books, fc.constantFrom(...everyMonth), (input, { from }) => {
      const [counted] = tierCounts(input.periods, [from])
      const [revenue] = recurringRevenue(input, [from])
      expect([...(counted?.counts.values() ?? [])].reduce((sum, count) => sum + count, 0)).toBe(counted?.total)
      expect(revenue?.served.size).toBe(counted?.total)
      expect((revenue?.shares.length ?? 0) + (revenue?.unpriced.length ?? 0)).toBe(counted?.total)
    }),
  )
})

test('[BL24] quarters and years count by their months; seats, uplifts and discounts are in', () => {
  const yearly = book({ prices: [price('starter', 100_000, { interval: 'year' })] })
  expect(total(yearly, '2026-10-31')).toBe(8_333)
  expect(
    total({ ...yearly, periods: [on('starter', '2026-01-01', null, { quantity: 3 })] }, '2026-10-31'),
    'rounded once, after the seats',
  ).toBe(25_000)
  const discount = { percent: 50, until: '2026-11-01' }
  const reduced = book({
    prices: [price('starter', 10_000, { discount })],
    uplifts: [{ entry: 'rise', percent: 10, effectiveOn: '2026-10-15' }],
  })
  expect(['2026-10-14', '2026-10-15', '2026-11-01'].map((date) => total(reduced, date))).toEqual([5_000, 5_500, 11_000])
})

test('[BL24] who is in service without a price is named, and who has none of either is not', () => {
  const input = book({ clients: [acme, { ...acme, id: 'idle' }], prices: [price('enterprise', 1)] })
  const [before, after] = recurringRevenue(input, ['2025-12-31', '2026-01-01'])
  expect([before?.unpriced, after?.unpriced]).toEqual([[], ['acme']])
})

test('[BL25] service decides the kind of a movement: new, back, more, less, gone', () => {
  const input = book({
    prices: [price('starter', 1_000), price('enterprise', 5_000)],
    periods: [
      on('starter', '2026-02-10', '2026-03-10'),
      on('enterprise', '2026-03-10', '2026-04-10'),
      on('starter', '2026-04-10', '2026-05-10'),
      on('starter', '2026-06-10'),
    ],
  })
  const days = ['01-31', '02-28', '03-31', '04-30', '05-31', '06-30'].map((date) => `2026-${date}`)
  const moved = revenueMovements(recurringRevenue(input, days), input.periods)
  expect(moved.flatMap(({ clients }) => clients.map(({ kind, amount }) => [kind, amount]))).toEqual([
    ['new', 1_000],
    ['expansion', 4_000],
    ['contraction', -4_000],
    ['churn', -1_000],
    ['reactivation', 1_000],
  ])
})

test('tenure is whole months, and a 31st is a month old at the end of a shorter one', () => {
  const clients = ['2026-11-22', '2026-08-22', '2026-08-23', '2021-11-22', '2021-11-23', '2027-01-01'].map((date) => ({
    id: date,
    createdOn: date,
  }))
  const bands = tenureBands(clients, '2026-11-22').map((band) => band.clients)
  expect(bands).toEqual([['2026-11-22', '2026-08-23'], ['2026-08-22'], [], [], [], ['2021-11-23'], ['2021-11-22']])
  expect(tenureBands([{ id: 'x', createdOn: '2025-11-30' }], '2026-02-28')[1]?.clients).toEqual(['x'])
})

test('idle counts days of the book’s zone, and who never had activity is idle longest', () => {
  const clients = [
    { id: 'active', lastActivity: Date.UTC(2026, 10, 20) },
    { id: 'month', lastActivity: Date.UTC(2026, 9, 23, 23) },
    { id: 'never', lastActivity: null },
  ]
  const idle = (timeZone: string) => idleClients(clients, { on: '2026-11-22', timeZone }).map((one) => one.clients)
  expect(idle('America/New_York')).toEqual([['never', 'month'], ['never'], ['never']])
  // At 23:00 UTC the 24th has begun in Chatham, 29 days before.
  expect(idle('Pacific/Chatham')).toEqual([['never'], ['never'], ['never']])
})

test('changes belong to the month of the book’s zone in which they were made', () => {
  const changes = [
    { at: Date.UTC(2026, 8, 30, 23), by: 'ada' },
    { at: Date.UTC(2026, 9, 10), by: 'bo' },
    { at: Date.UTC(2026, 9, 31, 23, 30), by: 'ada' },
  ]
  const counted = changesByActor(changes, monthStarts('2026-11-22', 1), 'Europe/Berlin')
  expect(counted.map(({ from, counts }) => [from, Object.fromEntries(counts)])).toEqual([
    ['2026-10-01', { ada: 1, bo: 1 }],
  ])
})

test('the days of a report end with today', () => {
  expect(monthEnds('2026-03-31', 2)).toEqual(['2026-01-31', '2026-02-28', '2026-03-31'])
  expect(monthEnds('2026-01-01', 0)).toEqual(['2026-01-01'])
})

test('[BL6] what a client pays on a day says where it came from, and what uplift and discount leave of it', () => {
  const discount = { amount: 1_000, until: '2026-11-01' }
  const given = book({
    prices: [
      price('starter', 10_000),
      price('starter', 20_000, { client: acme.id, entry: 'own', effectiveOn: '2026-07-01', discount }),
      price('', 6, { entry: 'gb', item: { kind: 'usage', unit: 'GB' }, model: { type: 'perUnit', rate: '6' } }),
    ],
    uplifts: [{ entry: 'up', effectiveOn: '2026-10-01', percent: '5' }],
  })
  const at = (date: string) =>
    pricesOn(given, { client: acme.id, on: date }).prices.map((one) => [
      one.price.entry,
      one.origin,
      one.amount,
      one.raisedBy,
    ])
  expect(at('2026-06-30')[0]).toEqual([expect.any(String), 'tier', 10_000, 0])
  expect(at('2026-09-30')).toEqual([
    ['own', 'client', 19_000, 0],
    ['gb', 'book', null, 0],
  ])
  expect(at('2026-10-31')[0]).toEqual(['own', 'client', 20_000, 5])
  expect(at('2026-11-01')[0]).toEqual(['own', 'client', 21_000, 5])
  expect(pricesOn(book({ prices: [] }), { client: acme.id, on: '2026-10-31' })).toMatchObject({ isUnpriced: true })
})

test('[BL6] [BL12] whom a bundle covers pays by it', () => {
  const item = {
    kind: 'bundle',
    bundle: 'x',
    name: 'X',
    payer: acme.id,
    members: [acme.id],
    includes: ['base'],
  } as const
  const given = book({ prices: [price('starter', 10_000), price('', 777, { entry: 'bundle', item })] })
  expect(pricesOn(given, { client: acme.id, on: '2026-10-31' })).toMatchObject({
    isUnpriced: false,
    prices: [{ origin: 'bundle', amount: 777 }],
  })
})

test('[BL22] what a client is shown to pay for a bundle is what the invoice has: an uplift of tiers does not raise it', () => {
  const item = {
    kind: 'bundle',
    bundle: 'b1',
    name: 'Group',
    payer: acme.id,
    members: [acme.id],
    includes: ['base'],
  } as const
  const prices = [price('b1', 10_000, { item })]
  const uplift = { entry: 'rise', percent: 10, effectiveOn: '2026-10-01' }
  const paid = (input: BillingInput) => [
    pricesOn(input, { client: acme.id, on: '2026-10-31' }).prices[0]?.amount,
    lines(run(input))[0]?.amount,
  ]
  expect(paid(book({ prices, uplifts: [{ ...uplift, tiers: ['starter'] }] }))).toEqual([10_000, 10_000])
  expect(paid(book({ prices, uplifts: [uplift] }))).toEqual([11_000, 11_000])
})

test('[BL11] [BL22] the rate that a client is shown for usage is the one that the invoice multiplies, uplifts and percentage off included', () => {
  const usageItem = (unit: string) => ({ kind: 'usage', unit }) as const
  const discount = { percent: 50, until: null }
  const prices = [
    price('', 350, { entry: 'device', item: usageItem('device'), model: { type: 'perUnit', rate: '350' } }),
    price('', 20, { entry: 'gb', item: usageItem('GB'), model: { type: 'perUnit', rate: '20' }, discount }),
    price('', 0, { entry: 'seats', item: usageItem('seat'), model: { type: 'package', size: 5, amount: 2_000 } }),
  ]
  const uplifts = [
    { entry: 'rise', percent: 4, effectiveOn: '2026-10-01' },
    { entry: 'later', percent: 9, effectiveOn: '2026-11-01' },
    { entry: 'others', percent: 7, effectiveOn: '2026-10-01', clients: ['somebody else'] },
  ]
  const counted = ['device', 'GB', 'seat'].map((unit) => ({
    ...{ entry: `used-${unit}`, client: acme.id, unit, from: '2026-10-01', to: '2026-11-01', quantity: '5' },
  }))
  const given = book({ prices, uplifts, usage: counted })
  const shown = pricesOn(given, { client: acme.id, on: '2026-10-31' }).prices
  expect(shown.map(({ price: { entry }, rates, raisedBy }) => [entry, rates, raisedBy])).toEqual([
    ['gb', ['10.4'], 4],
    ['device', ['364'], 4],
    ['seats', ['2080'], 4],
  ])
  const billed = lines(run(given)).map(({ item, amount }) => [item, amount])
  expect(billed).toEqual([
    ['usage:GB', 52],
    ['usage:device', 5 * 364],
    ['usage:seat', 2_080],
  ])
})

test('[BL22] a price for everybody is raised by the uplifts that all who pay it pay', () => {
  const starter = price('starter', 19_000)
  const uplifts = [
    { entry: 'all', percent: 4, effectiveOn: '2026-10-01' },
    { entry: 'tier', percent: 10, effectiveOn: '2026-11-01', tiers: ['starter'] },
    { entry: 'one', percent: 50, effectiveOn: '2026-10-01', clients: [acme.id] },
  ]
  const at = (on: string, one = starter) => raisedPrice(one, uplifts, { on })
  expect(at('2026-09-30')).toEqual({ amount: 19_000, rates: [], raisedBy: 0 })
  expect(at('2026-10-01')).toEqual({ amount: 19_760, rates: [], raisedBy: 4 })
  expect(at('2026-11-01')).toEqual({ amount: 21_736, rates: [], raisedBy: 14.4 })
  expect(at('2026-10-01', { ...starter, client: acme.id }).raisedBy).toBe(56)
})
