// What holds for usage whatever the price, its model and when things change: nothing in a cycle is counted twice or not at all.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BillingInput, Price, PriceModel, Usage } from '../src/index.ts'
import { addDays } from '../src/plain-date.ts'
import { books, seed } from './random-books.ts'
import { acme, book, lines, october, price, run, usagePrice } from './sample.ts'

const check = <T>(property: fc.IProperty<T>, numRuns = 400): void => fc.assert(property, { seed, numRuns })

const dayOfOctober = fc.integer({ min: 1, max: 29 }).map((days) => addDays(october.from, days))
const terms = fc.record({
  included: fc.option(fc.nat(40), { nil: undefined }),
  minimum: fc.option(fc.nat(50_000), { nil: undefined }),
  aggregate: fc.option(fc.constantFrom('sum', 'max', 'last'), { nil: undefined }),
})
const steps = fc
  .tuple(
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 1, max: 30 }),
    fc.array(fc.nat(999), { minLength: 3, maxLength: 3 }),
  )
  .map(([first, more, rates]) =>
    [first, first + more, null].map((upTo, place) => ({
      upTo,
      rate: rates[place] ?? 0,
      flat: (rates[place] ?? 0) % 7,
    })),
  )
const model: fc.Arbitrary<PriceModel> = fc
  .tuple(
    fc.oneof(
      fc.nat(999).map((rate) => ({ type: 'perUnit' as const, rate })),
      steps.map((list) => ({ type: 'graduated' as const, steps: list })),
      steps.map((list) => ({ type: 'volume' as const, steps: list })),
      fc
        .tuple(fc.integer({ min: 1, max: 20 }), fc.nat(999))
        .map(([size, amount]) => ({ type: 'package' as const, size, amount })),
    ),
    terms,
  )
  .map(([one, more]) => ({ ...one, ...more }))
const discount: fc.Arbitrary<Price['discount']> = fc.constantFrom(
  undefined,
  { percent: 20, until: null },
  { amount: 700, until: null },
)
/** Records that follow each other, each with a day after its end on which the next begins. */
const usage = fc.array(fc.tuple(dayOfOctober, fc.nat(60)), { maxLength: 5 }).map((given): Usage[] => {
  const ends = [...new Set(given.map(([end]) => end))].sort()
  return ends.map((to, place) => {
    const from = ends[place - 1] ?? october.from
    return { entry: `u${place}`, client: acme.id, unit: 'stacks', from, to, quantity: given[place]?.[1] ?? 0 }
  })
})

const billed = (input: BillingInput) => {
  const counted = lines(run(input)).filter(({ kind }) => kind === 'usage')
  return { amount: counted.reduce((sum, line) => sum + line.amount, 0), count: counted.length }
}

test('[BL11] a price of usage that is cut in two at any day, or raised by nothing, costs what it cost whole', () => {
  check(
    fc.property(model, usage, discount, dayOfOctober, (how, records, off, cut) => {
      const one = (effectiveOn: string) => usagePrice('stacks', how, { effectiveOn, ...(off ? { discount: off } : {}) })
      const whole = book({ prices: [price('starter', 0), one('2020-01-01')], usage: records })
      const once = billed(whole)
      const uplifts = [{ entry: 'nothing', percent: 0, effectiveOn: cut }]
      for (const other of [
        { ...whole, prices: [...whole.prices, one(cut)] },
        { ...whole, uplifts },
      ]) {
        const twice = billed(other)
        expect(Math.abs(twice.amount - once.amount)).toBeLessThanOrEqual(Math.max(1, twice.count))
      }
    }),
  )
})

test('[BL7] a price of a tier that is set again as it was makes no extra line', () => {
  check(
    fc.property(books, dayOfOctober, (input, effectiveOn) => {
      const held = input.prices.filter(
        ({ item, client, existingFrom, discount: off }) =>
          item.kind === 'tier' && client === undefined && existingFrom === undefined && !off,
      )
      const first = held.findLast((one) => one.effectiveOn <= effectiveOn)
      if (!first) return
      const isLast = held.every(
        ({ item, effectiveOn: on }) => on <= effectiveOn || JSON.stringify(item) !== JSON.stringify(first.item),
      )
      if (!isLast || held.some((one) => one !== first && JSON.stringify(one.item) === JSON.stringify(first.item)))
        return
      const again = { ...first, entry: 'again', effectiveOn }
      const bare = (one: BillingInput) =>
        lines(run({ ...one, period: october, uplifts: [] })).map(({ item, from, to, amount }) => [
          item,
          from,
          to,
          amount,
        ])
      expect(bare({ ...input, prices: [...input.prices, again] })).toEqual(bare(input))
    }),
  )
})
