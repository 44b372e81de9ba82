// What holds for every book, period and policy, tried on thousands of made-up ones.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  checkSeals,
  presets,
  runBytes,
  runHash,
  sealRun,
  type BillingInput,
  type Run,
  type TierPeriod,
} from '../src/index.ts'
import { addDays } from '../src/plain-date.ts'
import { books, createdOn, day, everyMonth, history, policy, seed, shape, tier, timeZone } from './random-books.ts'
import { book, december, lines, november, october, price, run, sealed } from './sample.ts'

const splitting = policy.map(
  (one) => ({ ...one, upgrade: 'now', downgrade: 'now', changeDay: 'new', roundAt: 'line' }) as const,
)

const check = <T>(property: fc.IProperty<T>, numRuns = 400): void => fc.assert(property, { seed, numRuns })

test('[BL4] splitting a stretch anywhere conserves the total within one minor unit a line', () => {
  const range = fc.tuple(day, fc.integer({ min: 2, max: 200 }), fc.double({ min: 0, max: 1, noNaN: true }))
  check(
    fc.property(
      splitting,
      timeZone,
      shape,
      range,
      fc.nat(999_999),
      createdOn,
      (chosen, zone, form, [from, length, share], amount, created) => {
        const to = addDays(from, length)
        const middle = addDays(from, 1 + Math.floor(share * (length - 2)))
        const same = [price('starter', amount, form), price('professional', amount, form)]
        const total = (periods: TierPeriod[]) => {
          const all = everyMonth.flatMap((period) => {
            const input = book({
              policy: chosen,
              timeZone: zone,
              clients: [{ id: 'acme', name: 'Acme', createdOn: created }],
              prices: same,
              periods,
              period,
            })
            return lines(run(input))
          })
          return { amount: all.reduce((sum, line) => sum + line.amount, 0), count: all.length }
        }
        const one = { client: 'acme', quantity: 1, entries: [] }
        const whole = total([{ ...one, tier: 'starter', from, to }])
        const split = total([
          { ...one, tier: 'starter', from, to: middle },
          { ...one, tier: 'professional', from: middle, to },
        ])
        expect(split.count).toBeGreaterThanOrEqual(whole.count)
        expect(Math.abs(split.amount - whole.amount)).toBeLessThanOrEqual(split.count)
      },
    ),
    150,
  )
})

test('[BL7] assigning again what already holds makes no extra line', () => {
  check(
    fc.property(books, day, (input, date) => {
      const again = input.periods.flatMap((period) =>
        period.from < date && (period.to === null || date < period.to)
          ? [
              { ...period, to: date },
              { ...period, from: date },
            ]
          : [period],
      )
      expect(runHash(run({ ...input, periods: again })).length).toBe(43)
      const bare = (one: BillingInput) => lines(run(one)).map(({ assignments: _, ...line }) => line)
      expect(bare({ ...input, periods: again })).toEqual(bare(input))
    }),
  )
})

test('[BL7] to another tier and back on one day bills as if nothing had happened', () => {
  check(
    fc.property(books, day, tier, (input, date, other) => {
      const there = input.periods.flatMap((period) =>
        period.from < date && (period.to === null || date < period.to)
          ? [
              { ...period, to: date },
              { ...period, tier: other, from: date, to: date },
              { ...period, from: date },
            ]
          : [period],
      )
      const bare = (one: BillingInput) => lines(run(one)).map(({ assignments: _, ...line }) => line)
      expect(bare({ ...input, periods: there })).toEqual(bare(input))
    }),
  )
})

test('[BL3] what ended before the longest cycle leaves no trace, and is left out only where it can leave none', () => {
  // A price with a setup fee, for a tier that nobody is on, makes a run look at every period since the first.
  const looksAtAll = price('nobody', 1, { entry: 'p-setup', setupFee: 1, currency: 'EUR', interval: 'month' })
  fc.assert(
    fc.property(books, fc.constantFrom(...everyMonth), fc.boolean(), (given, period, splitsOnly) => {
      const rules = { upgrade: 'now', downgrade: 'now', start: 'prorate', end: 'prorate' } as const
      const input = { ...given, period, policy: splitsOnly ? { ...given.policy, ...rules } : given.policy }
      const billed = (made: Run) => ({
        ...made,
        // A flat rate that never changed then names every tier the client ever was on, which is more, and no other amount.
        invoices: made.invoices.map(({ lines, ...rest }) => ({
          ...rest,
          lines: lines.map(({ assignments: _named, ...line }) => line),
        })),
      })
      expect(billed(run(input))).toEqual(billed(run({ ...input, prices: [...input.prices, looksAtAll] })))
    }),
    { seed, numRuns: 600 },
  )
})

test('[BL3] the order in which records are listed never matters', () => {
  check(
    fc.property(books, fc.integer(), (input, shuffle) => {
      const mixed = <T>(list: readonly T[]) => [...list].sort((a, b) => mix(a, shuffle) - mix(b, shuffle))
      const distinct = new Map(
        input.prices.map((one) => [JSON.stringify([one.item, one.client, one.effectiveOn]), one]),
      )
      const base = { ...input, prices: [...distinct.values()] }
      const other = {
        ...base,
        prices: mixed(base.prices),
        periods: mixed(base.periods),
        clients: mixed(base.clients),
        usage: mixed(base.usage ?? []),
      }
      expect(Buffer.from(runBytes(run(other))).equals(runBytes(run(base)))).toBe(true)
      expect(run(other).notBillable).toEqual(run(base).notBillable)
    }),
  )
})

test('[BL17] the lines of an invoice sum to its total, and each says where it came from', () => {
  check(
    fc.property(books, (input) => {
      for (const invoice of run(input).invoices) {
        expect(invoice.lines.reduce((sum, line) => sum + line.amount, 0)).toBe(invoice.total)
        for (const line of invoice.lines) {
          expect(Number.isSafeInteger(line.amount)).toBe(true)
          expect(line.explanation).toContain(invoice.currency)
          expect(line.price).not.toBeNull()
        }
      }
    }),
  )
})

test('[BL15] [BL16] after any changes, what was billed in all comes to what the book says, and no item ever below zero', () => {
  check(
    fc.property(books, history('a'), history('b'), (input, a, b) => {
      const generous = { ...input, policy: { ...input.policy, credit: 'capped' as const } }
      const first = sealed({ ...generous, period: october })
      const changed = { ...generous, periods: [...a, ...b, ...input.periods.filter((one) => one.client === 'c')] }
      const second = sealRun(run({ ...changed, period: november, sealed: [first] }), { prefix: '' })
      const states = checkSeals({ ...changed, sealed: [first, second] })
      if (!states.ok) throw new Error(states.error.message)
      expect(states.value.map(({ differences }) => differences)).toEqual([[], []])
      const third = run({ ...changed, period: december, sealed: [first, second] })
      expect(lines(third).filter((line) => line.kind === 'adjustment')).toEqual([])
      const billed = new Map<string, number>()
      for (const one of [first, second]) {
        for (const invoice of one.invoices) {
          for (const line of invoice.lines) {
            const key = [
              invoice.client,
              invoice.currency,
              line.item,
              line.cycle.from,
              line.adjusts?.from ?? one.period.from,
            ].join(' ')
            billed.set(key, (billed.get(key) ?? 0) + line.amount)
          }
        }
      }
      if (generous.policy.adjustments === 'itemised')
        for (const amount of billed.values()) expect(amount).toBeGreaterThanOrEqual(0)
    }),
    300,
  )
})

test('[BL15] what is taken back before the next seal leaves no trace on it', () => {
  check(
    fc.property(books, history('a'), (input, a) => {
      const first = sealed({ ...input, period: october })
      const amber = checkSeals({
        ...input,
        periods: [...a, ...input.periods.filter((one) => one.client !== 'a')],
        sealed: [first],
      })
      const back = checkSeals({ ...input, sealed: [first] })
      expect(amber.ok).toBe(true)
      expect(back.ok && back.value[0]?.differences).toEqual([])
    }),
    200,
  )
})

test('[BL16] a policy without credit never bills less than nothing', () => {
  check(
    fc.property(books, history('a'), (input, a) => {
      const strict = { ...input, policy: { ...presets.standard, credit: 'none' as const } }
      const first = sealed({ ...strict, period: october })
      const changed = { ...strict, periods: [...a, ...input.periods.filter((one) => one.client !== 'a')] }
      const next = run({ ...changed, period: november, sealed: [first] })
      for (const line of lines(next)) expect(line.amount).toBeGreaterThanOrEqual(0)
    }),
    200,
  )
})

/** A number that depends on a record and a seed alone. */
function mix(value: unknown, shuffle: number): number {
  let hash = shuffle
  for (const char of JSON.stringify(value)) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return hash
}
