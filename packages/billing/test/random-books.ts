// Made-up books: three clients with histories, prices and usage, under any policy and zone.
import * as fc from 'fast-check'
import type { BillingInput, Policy, Price, TierPeriod, Usage } from '../src/index.ts'
import { addDays, addMonths } from '../src/plain-date.ts'
import { book, price, usagePrice } from './sample.ts'

export const seed = 20_261_122
export const policy: fc.Arbitrary<Policy> = fc
  .record({
    unit: fc.constantFrom('day', 'second'),
    denominator: fc.constantFrom('actual', 'fixed30', 'monthFraction'),
    changeDay: fc.constantFrom('new', 'old'),
    endDay: fc.constantFrom('free', 'billed'),
    start: fc.constantFrom('prorate', 'full'),
    end: fc.constantFrom('prorate', 'full'),
    upgrade: fc.constantFrom('now', 'term', 'whole'),
    downgrade: fc.constantFrom('now', 'term', 'whole'),
    credit: fc.constantFrom('none', 'capped'),
    adjustments: fc.constantFrom('net', 'itemised'),
    rounding: fc.constantFrom('halfUp', 'halfEven'),
    roundAt: fc.constantFrom('line', 'unit'),
  } as const)
  .map((one) => (one.unit === 'second' ? { ...one, denominator: 'actual' } : one))
export const timeZone = fc.constantFrom(
  'UTC',
  'America/New_York',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Europe/Berlin',
)
export const day = fc.integer({ min: 0, max: 425 }).map((days) => addDays('2025-11-01', days))
export const tier = fc.constantFrom('starter', 'professional', 'enterprise')
export const shape = fc.record({
  interval: fc.constantFrom('month', 'quarter', 'year'),
  timing: fc.constantFrom('advance', 'arrears'),
  cycle: fc.constantFrom('calendar', 'anniversary'),
} as const)
export const client = fc.constantFrom('a', 'b', 'c')
export const createdOn = fc.constantFrom('2024-02-29', '2025-01-31', '2025-12-15', '2025-03-01')

/** Who was on which tier: a chain of changes from some day on, perhaps with an end. */
export const history = (id: string): fc.Arbitrary<TierPeriod[]> =>
  fc
    .tuple(
      fc.uniqueArray(day, { minLength: 1, maxLength: 6 }),
      fc.array(tier, { minLength: 6, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 6, maxLength: 6 }),
      fc.boolean(),
    )
    .map(([days, tiers, seats, isOpen]) => {
      const sorted = [...days].sort()
      return sorted.flatMap((from, index): TierPeriod[] => {
        const to = sorted[index + 1] ?? null
        if (to === null && !isOpen && index > 0) return []
        return [{ client: id, tier: tiers[index]!, from, to, quantity: seats[index]!, entries: [`${id}${index}`] }]
      })
    })

const prices: fc.Arbitrary<Price[]> = fc
  .tuple(
    fc.array(fc.tuple(tier, fc.nat(99_999), shape, day, fc.boolean(), fc.option(client)), {
      minLength: 1,
      maxLength: 6,
    }),
    fc.nat(500),
  )
  .map(([list, rate]) => [
    ...list.map(([name, amount, form, effectiveOn, isFlat, owner], index) =>
      price(name, amount, {
        ...form,
        entry: `p${index}`,
        effectiveOn: index % 2 === 0 ? '2020-01-01' : effectiveOn,
        ...(isFlat ? { item: { kind: 'client' } } : {}),
        ...(owner === null ? {} : { client: owner }),
      }),
    ),
    usagePrice('stacks', { type: 'perUnit', rate, minimum: 100 }, { entry: 'p-usage' }),
  ])

const usage: fc.Arbitrary<Usage[]> = fc
  .uniqueArray(fc.tuple(client, fc.integer({ min: 0, max: 13 })), { selector: ([id, at]) => `${id}${at}` })
  .map((list) =>
    list.map(([id, at], index) => {
      const from = addDays('2025-11-01', at * 30)
      return { entry: `u${index}`, client: id, unit: 'stacks', from, to: addDays(from, 30), quantity: index * 3 }
    }),
  )

export const books: fc.Arbitrary<BillingInput> = fc
  .record({ policy, timeZone, prices, usage, created: createdOn, a: history('a'), b: history('b'), c: history('c') })
  .map(({ a, b, c, created, ...rest }) =>
    book({
      ...rest,
      periods: [...a, ...b, ...c],
      clients: ['a', 'b', 'c'].map((id) => ({ id, name: id.toUpperCase(), createdOn: created })),
      uplifts: [{ entry: 'rise', percent: '3.5', effectiveOn: '2026-06-01' }],
    }),
  )

export const everyMonth = Array.from({ length: 44 }, (_, index) => ({
  from: addMonths('2024-10-01', index),
  to: addMonths('2024-10-01', index + 1),
}))
