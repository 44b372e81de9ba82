// What if: months to come as the book is, and with changes tried out.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { forecast, invoiceRun, recurringRevenue, withChange, type Price } from '../src/index.ts'
import { books, seed } from './random-books.ts'
import { acme, book, on, price } from './sample.ts'

const year = { from: '2026-12-15', months: 12 }
const given = book({
  periods: [on('starter', '2026-01-01')],
  prices: [price('starter', 31_000), price('enterprise', 62_000)],
})
const tried = ({ entry: _, ...rest }: Price) => rest

test('[BL26] nothing tried out, nothing differs, and each month is its run', () => {
  fc.assert(
    fc.property(books, (input) => {
      const made = forecast(input, {}, { from: '2026-05-01', months: 4 })
      if (!made.ok) throw new Error(made.error.message)
      expect(made.value.clients).toEqual([])
      expect(made.value.periods.every(({ before, after }) => before === after)).toBe(true)
      for (const { period, currency, before } of made.value.periods) {
        const run = invoiceRun({ ...input, sealed: [], period })
        const total = run.ok
          ? run.value.invoices.filter((one) => one.currency === currency).reduce((sum, one) => sum + one.total, 0)
          : Number.NaN
        expect(before).toBe(total)
      }
    }),
    { seed, numRuns: 100 },
  )
})

test('[BL26] prices, uplifts and moves that are tried out show in twelve months and in what each client brings', () => {
  const made = forecast(
    given,
    {
      prices: [tried(price('enterprise', 70_000, { effectiveOn: '2027-07-01' }))],
      uplifts: [{ effectiveOn: '2027-02-01', percent: '10' }],
      moves: [{ client: acme.id, tier: 'enterprise', effectiveOn: '2027-06-16' }],
    },
    year,
  )
  if (!made.ok) throw new Error(made.error.message)
  expect(made.value.periods).toHaveLength(12)
  expect(made.value.periods.map(({ before }) => before)).toEqual(Array.from({ length: 12 }, () => 31_000))
  expect(made.value.periods.map(({ period, after }) => [period.from.slice(0, 7), after])).toEqual([
    ['2026-12', 31_000],
    ['2027-01', 31_000],
    ...['2027-02', '2027-03', '2027-04', '2027-05'].map((month) => [month, 34_100]),
    ['2027-06', 17_050 + 34_100], // half a month at 341.00, half at 682.00
    ...['2027-07', '2027-08', '2027-09', '2027-10', '2027-11'].map((month) => [month, 70_000]),
  ])
  expect(made.value.clients).toEqual([{ client: acme.id, currency: 'EUR', before: 31_000, after: 70_000 }])
  expect(made.value.revenue).toEqual([{ currency: 'EUR', before: 31_000, after: 70_000 }])
})

test('[BL26] a move holds until what the book says next, and whoever is not served is not moved', () => {
  const input = book({
    periods: [on('starter', '2026-01-01', '2027-03-01'), on('professional', '2027-05-01')],
    prices: [price('starter', 1), price('professional', 2), price('enterprise', 3)],
  })
  const moves = ['2027-01-01', '2027-04-01'].map((effectiveOn) => ({
    client: acme.id,
    tier: 'enterprise',
    effectiveOn,
  }))
  const days = ['2026-12-31', '2027-01-01', '2027-02-28', '2027-04-15', '2027-05-01']
  const amounts = recurringRevenue(withChange(input, { moves }), days).map(({ shares }) => shares[0]?.amount ?? null)
  expect(amounts).toEqual([1, 3, 3, null, 2])
})

test('[BL26] the book itself stays as it is', () => {
  const before = JSON.stringify(given)
  forecast(given, { moves: [{ client: acme.id, tier: 'enterprise', effectiveOn: '2027-01-01' }] }, year)
  expect(JSON.stringify(given)).toBe(before)
})
