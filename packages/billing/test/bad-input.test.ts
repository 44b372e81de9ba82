// Nothing is left out silently: what cannot be billed is listed with what came and what was expected.
import { describe, expect, test } from 'vitest'
import {
  checkPolicy,
  invoiceRun,
  presets,
  recurringRevenue,
  type BillingInput,
  type Price,
  type Usage,
} from '../src/index.ts'
import { acme, book, lines, october, on, price, run, short, usagePrice } from './sample.ts'

const codes = (input: BillingInput) =>
  run(input).notBillable.map(({ code, client, message }) => [code, client, message])
const count = (rest: Partial<Usage> = {}): Usage => ({
  entry: 'u1',
  client: 'acme',
  unit: 'stacks',
  ...october,
  quantity: 1,
  ...rest,
})
const stacks = usagePrice('stacks', { type: 'perUnit', rate: 10 })

describe('listed as not billable', () => {
  test('[BL18] no price at all, for the days in the run', () => {
    const made = run(book({ periods: [on('starter', '2026-10-11', '2026-10-21')] }))
    expect(made.invoices).toEqual([])
    expect(made.notBillable).toMatchObject([
      {
        code: 'no-price',
        client: 'acme',
        item: 'tier:starter',
        range: { from: '2026-10-11', to: '2026-10-21' },
        message: 'no price in EUR for Acme Dental on Starter',
      },
    ])
  })

  test('[BL18] no price for a part of the time: that part, and the rest is billed', () => {
    const made = run(book({ prices: [price('starter', 31_000, { effectiveOn: '2026-10-11' })] }))
    expect(lines(made)).toMatchObject([{ from: '2026-10-11', amount: 21_000 }])
    expect(made.notBillable).toMatchObject([{ code: 'no-price', range: { from: '2026-10-01', to: '2026-10-11' } }])
  })

  test('[BL18] amounts that nobody can owe are listed, and the rest is billed', () => {
    const [most, seats] = ['999999999999999', 9_007_199_254_740_991]
    const dear = usagePrice('stacks', { type: 'perUnit', rate: most })
    const clients = [acme, { ...acme, id: 'other', name: 'Other' }]
    const periods = [
      on('starter', '2026-01-01', null, { quantity: seats }),
      { ...on('starter', '2026-01-01'), client: 'other' },
    ]
    const input = book({
      clients,
      periods,
      prices: [price('starter', 31_000), dear],
      usage: [count({ quantity: most })],
    })
    for (const policy of [presets.standard, presets.connectwise]) {
      const made = run({ ...input, policy })
      expect(made.invoices.map(({ client, total }) => [client, total])).toEqual([['other', 31_000]])
      expect(made.notBillable).toMatchObject([
        { code: 'too-large', client: 'acme', item: 'tier:starter', range: october },
        { code: 'too-large', client: 'acme', item: 'usage:stacks', entries: [dear.entry, 'u1'] },
      ])
      expect(made.notBillable[0]?.message).toBe(
        'tier:starter of Acme Dental: expected an amount of at most 1000000000000.00 EUR, got more',
      )
    }
    expect(recurringRevenue(input, ['2026-10-31'])[0]).toMatchObject({
      unpriced: ['acme'],
      shares: [{ client: 'other' }],
    })
  })

  test('[BL18] a setup fee or a bundle that nobody can owe is listed, and named where revenue is', () => {
    const dear = 999_999_999_999_999
    const item = { kind: 'bundle', bundle: 'b', name: 'B', payer: 'acme', members: ['acme'], includes: [] } as const
    const prices = [
      price('starter', 31_000, { setupFee: dear }),
      price('b', dear, { item }),
      usagePrice('stacks', { type: 'perUnit', rate: 1 }, { setupFee: dear }),
    ]
    const input = book({ periods: [on('starter', '2026-10-01')], prices, usage: [count()] })
    expect(short(run(input))).toEqual(['tier:starter 2026-10-01..2026-11-01 31000'])
    expect(run(input).notBillable.map(({ code, item: what }) => [code, what])).toEqual([
      ['too-large', 'bundle:b'],
      ['too-large', 'tier:starter'],
      ['too-large', 'usage:stacks'],
    ])
    expect(recurringRevenue(input, ['2026-10-31'])[0]?.unpriced).toEqual(['acme'])
  })

  test('[BL18] a price of 0 is a price: the line is there', () => {
    const made = run(book({ prices: [price('starter', 0)] }))
    expect(lines(made)).toMatchObject([{ amount: 0 }])
    expect(made.notBillable).toEqual([])
  })

  test('[BL18] an unknown currency, of a client or a price', () => {
    expect(codes(book({ clients: [{ ...acme, currency: 'EURO' }], prices: [price('starter', 1)] }))).toEqual([
      ['unknown-currency', 'acme', 'currency of Acme Dental: expected a code of ISO 4217, got "EURO"'],
    ])
    expect(codes(book({ prices: [price('starter', 1, { currency: 'XXY' })] }))).toEqual([
      ['unknown-currency', null, 'currency: expected a code of ISO 4217, got "XXY"'],
      ['no-price', 'acme', 'no price in EUR for Acme Dental on Starter'],
    ])
  })

  test.each<[string, Partial<Price>, string]>([
    ['a negative amount', { model: { type: 'flat', amount: -1 } }, 'model.amount: expected 0 or more, got -1'],
    ['half a cent', { model: { type: 'flat', amount: 0.5 } }, 'model.amount: expected whole minor units, got 0.5'],
    [
      'no number',
      { model: { type: 'flat', amount: Number.NaN } },
      'model.amount: expected a decimal number of minor units, got null',
    ],
    ['a usage model on a tier', { model: { type: 'perUnit', rate: 1 } }, 'model: tier prices cannot be perUnit'],
    [
      'a discount above all',
      { discount: { percent: 101, until: null } },
      'discount.percent: expected at most 100, got 101',
    ],
    ['a bad date', { effectiveOn: '2026-02-30' }, 'effectiveOn: expected a date, got "2026-02-30"'],
    ['a bad interval', { interval: 'week' as 'month' }, 'interval: expected month, quarter or year, got "week"'],
    [
      'a bad end of a discount',
      { discount: { percent: 1, until: 'soon' } },
      'discount.until: expected a date, got "soon"',
    ],
    ['a bad date for the others', { existingFrom: 'later' }, 'existingFrom: expected a date, got "later"'],
    [
      'a date for the others before its own',
      { effectiveOn: '2026-06-01', existingFrom: '2026-01-01' },
      'existingFrom: expected 2026-06-01 or later, got 2026-01-01',
    ],
    [
      'a date for the others in a bundle',
      {
        existingFrom: null,
        item: { kind: 'bundle', bundle: 'b', name: 'B', payer: 'acme', members: ['acme'], includes: ['base'] },
      },
      'existingFrom: the price of a bundle holds for all its members from effectiveOn on',
    ],
  ])('[BL18] a price with %s', (_, rest, message) => {
    expect(codes(book({ prices: [price('starter', 1, rest)] }))[0]).toEqual(['bad-price', null, message])
  })

  test.each<[string, Price['model'], string]>([
    ['no steps', { type: 'volume', steps: [] }, 'model.steps: expected at least one step'],
    [
      'steps that fall',
      {
        type: 'graduated',
        steps: [
          { upTo: 5, rate: 1 },
          { upTo: 5, rate: 1 },
          { upTo: null, rate: 1 },
        ],
      },
      'model.steps: expected rising ends, got 5 after 5',
    ],
    [
      'steps too small to be written',
      {
        type: 'volume',
        steps: [
          { upTo: 1e-7, rate: 1 },
          { upTo: null, rate: 1 },
        ],
      },
      'model.steps.upTo: expected a decimal number of minor units, got 1e-7',
    ],
    [
      'packages too large to be written',
      { type: 'package', size: 1e21, amount: 1 },
      'model.size: expected a decimal number of minor units, got 1e+21',
    ],
    [
      'steps that end',
      { type: 'graduated', steps: [{ upTo: 5, rate: 1 }] },
      'model.steps: expected the last step, and only it, to have no end',
    ],
    ['packages of nothing', { type: 'package', size: 0, amount: 1 }, 'model.size: expected more than 0, got 0'],
    ['a flat amount', { type: 'flat', amount: 1 }, 'model: usage prices cannot be flat'],
  ])('[BL18] a usage price with %s', (_, model, message) => {
    expect(codes(book({ periods: [], prices: [usagePrice('stacks', model)] }))).toEqual([['bad-price', null, message]])
  })

  test('[BL18] a bad uplift', () => {
    const uplifts = [{ entry: 'rise', percent: 'much', effectiveOn: '2026-10-01' }]
    expect(codes(book({ periods: [], uplifts }))).toEqual([
      ['bad-price', null, 'uplift: expected a percentage of at least -100 from a date, got "much" from "2026-10-01"'],
    ])
  })

  test.each<[string, Usage[], string, string]>([
    ['a negative quantity', [count({ quantity: -1 })], 'negative-quantity', 'quantity: expected 0 or more, got -1'],
    ['no quantity', [count({ quantity: 'many' })], 'bad-usage', 'quantity: expected a decimal number, got "many"'],
    [
      'dates the wrong way round',
      [count({ to: '2026-09-01' })],
      'bad-usage',
      'usage: expected dates in order, got 2026-10-01 to 2026-09-01',
    ],
    ['a unit without a price', [count({ unit: 'dogs' })], 'no-price', 'no price in EUR for dogs of Acme Dental'],
    [
      'overlapping records',
      [count(), count({ entry: 'u2', from: '2026-10-31', to: '2026-11-15' })],
      'overlapping-usage',
      'usage of stacks is recorded twice: 2026-10-01 to 2026-11-01 and 2026-10-31 to 2026-11-15',
    ],
  ])('[BL18] usage with %s is not billed', (_, usage, code, message) => {
    const made = run(book({ prices: [price('starter', 5), stacks], usage }))
    expect(lines(made)).toMatchObject([{ item: 'tier:starter' }])
    expect(made.notBillable).toMatchObject([
      { code, client: 'acme', message, entries: usage.map(({ entry }) => entry) },
    ])
  })

  test('[BL18] usage of somebody who is not in the book', () => {
    expect(codes(book({ periods: [], prices: [stacks], usage: [count({ client: 'ghost' })] }))).toEqual([
      ['unknown-client', 'ghost', 'usage was recorded for a client who is not in the book: ghost'],
    ])
  })

  test('[BL18] a bundle whose payer is not in the book', () => {
    const item = { kind: 'bundle', bundle: 'b', name: 'Group', payer: 'ghost', members: [], includes: [] } as const
    expect(codes(book({ periods: [], prices: [price('b', 1, { item })] }))).toEqual([
      ['unknown-client', 'ghost', 'the client who pays for the bundle Group is not in the book'],
    ])
  })

  test('[BL18] tier periods that overlap, run backwards or have half a seat', () => {
    const prices = [price('starter', 1)]
    const overlapping = [on('starter', '2026-01-01'), on('starter', '2026-10-01')]
    expect(codes(book({ prices, periods: overlapping }))).toEqual([
      ['overlapping-periods', 'acme', 'tier periods overlap: 2026-01-01 to open and 2026-10-01 to open'],
    ])
    expect(codes(book({ prices, periods: [on('starter', '2026-10-02', '2026-10-01')] }))[0]?.[0]).toBe('bad-period')
    expect(codes(book({ prices, periods: [on('starter', '2026-10-02', null, { quantity: 0.5 })] }))).toEqual([
      ['bad-quantity', 'acme', 'quantity: expected a whole number of at least 0, got 0.5'],
    ])
  })

  test("[BL18] one client's mistake leaves the others' invoices alone", () => {
    const clients = [acme, { ...acme, id: 'bad', createdOn: 'yesterday' }]
    const periods = [on('starter', '2026-01-01'), { ...on('starter', '2026-01-01'), client: 'bad' }]
    const made = run(book({ clients, periods, prices: [price('starter', 7)] }))
    expect(made.invoices.map(({ client }) => client)).toEqual(['acme'])
    expect(made.notBillable).toMatchObject([
      { code: 'bad-period', client: 'bad', message: 'Acme Dental: expected a date, got "yesterday"' },
    ])
  })
})

describe('no run at all', () => {
  test.each<[string, Partial<BillingInput>, string, string]>([
    [
      'a period without days',
      { period: { from: '2026-10-01', to: '2026-10-01' } },
      'bad-period',
      'period: expected dates in order, got 2026-10-01 to 2026-10-01',
    ],
    [
      'a zone nobody knows',
      { timeZone: 'Mars/Olympus' },
      'unknown-time-zone',
      'timeZone: expected a name such as Europe/Berlin, got "Mars/Olympus"',
    ],
    ['a client twice', { clients: [acme, acme] }, 'duplicate-client', 'clients: acme is listed twice'],
    [
      'a policy of its own invention',
      { policy: { ...presets.standard, unit: 'week' as 'day' } },
      'bad-policy',
      'policy.unit: expected day, second, got "week"',
    ],
    [
      'seconds of even months',
      { policy: { ...presets.stripe, denominator: 'fixed30' } },
      'bad-policy',
      'policy.denominator: seconds are a part of the actual period only, got fixed30',
    ],
  ])('[BL18] %s', (_, parts, code, message) => {
    expect(invoiceRun(book(parts))).toMatchObject({ ok: false, error: { code, message } })
  })

  test('[BL18] a policy is taken with its choices and nothing else', () => {
    expect(checkPolicy({ ...presets.lago, note: 'mine' }, 'UTC')).toEqual({ ok: true, value: presets.lago })
    expect(checkPolicy(null, 'UTC')).toMatchObject({ ok: false, error: { code: 'bad-policy' } })
  })
})
