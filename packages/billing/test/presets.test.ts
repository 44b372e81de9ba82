// Each preset against worked examples that the system's own documentation or tests give, to the cent.
import { describe, expect, test } from 'vitest'
import { presets, type BillingInput } from '../src/index.ts'
import { book, lines, on, price, run, sealed, short, usagePrice } from './sample.ts'

const usd = { currency: 'USD' }
const advance = { currency: 'USD', timing: 'advance' } as const
const month = (label: string) => {
  const [year = 0, number = 0] = label.split('-').map(Number)
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
  return { from: `${label}-01`, to: `${next}-01` }
}

/** What the run after a change made in a sealed period adjusts. */
function afterSeal(before: BillingInput, after: Partial<BillingInput>, next: BillingInput['period']): string[] {
  const changed = { ...before, ...after, period: next, sealed: [sealed(before)] }
  return short(run(changed)).filter((line) => line.startsWith('adjustment'))
}

describe('stripe', () => {
  const prices = [price('starter', 1_000, advance), price('professional', 2_000, advance)]
  const april = book({
    policy: presets.stripe,
    currency: 'USD',
    prices,
    periods: [on('starter', '2026-04-01')],
    period: month('2026-04'),
  })

  // https://docs.stripe.com/billing/subscriptions/prorations: from a 10 USD to a 20 USD plan halfway through the period: -5 and +10 USD.
  test('[BL23] an upgrade halfway credits half of the old price and charges half of the new', () => {
    const periods = [on('starter', '2026-04-01', '2026-04-16'), on('professional', '2026-04-16')]
    expect(afterSeal(april, { periods }, month('2026-05'))).toEqual([
      'adjustment tier:professional 1000',
      'adjustment tier:starter -500',
    ])
  })

  // https://docs.rs/async-stripe-billing (UpdateSubscription): billed $250 on June 1: $200 for the renewal plus $50 for half of the difference; here in a month whose half is a whole day.
  test('[BL23] the next invoice has the renewal and the prorating adjustment', () => {
    const dearer = [price('starter', 10_000, advance), price('professional', 20_000, advance)]
    const before = { ...april, prices: dearer }
    const periods = [on('starter', '2026-04-01', '2026-04-16'), on('professional', '2026-04-16')]
    const may = run({ ...before, periods, period: month('2026-05'), sealed: [sealed(before)] })
    expect(may.invoices.map(({ total }) => total)).toEqual([25_000])
  })

  // https://stripe.com/docs/subscriptions/billing-cycle: an anchor of January 31 bills on February 28 (29 in a leap year), March 31, April 30.
  test('[BL23] an anchor on the 31st bills on the last day of shorter months', () => {
    const cycles = (year: number) =>
      ['01', '02', '03', '04'].map((number) => {
        const input = book({
          policy: presets.stripe,
          clients: [{ id: 'acme', name: 'Acme', createdOn: `${year}-01-31` }],
          prices: [price('starter', 1_000, { timing: 'advance', cycle: 'anniversary' })],
          periods: [on('starter', `${year}-01-31`)],
          period: month(`${year}-${number}`),
        })
        return lines(run(input)).map(({ cycle }) => cycle.from)
      })
    expect(cycles(2026)).toEqual([['2026-01-31'], ['2026-02-28'], ['2026-03-31'], ['2026-04-30']])
    expect(cycles(2028)).toEqual([['2028-01-31'], ['2028-02-29'], ['2028-03-31'], ['2028-04-30']])
  })

  test('[BL23] counts seconds: the hour that a clock change takes is missing from the month', () => {
    const input = book({
      policy: presets.stripe,
      timeZone: 'America/New_York',
      prices: [price('starter', 74_300)], // March 2026 has 743 hours there
      periods: [on('starter', '2026-03-01', '2026-03-09')], // 8 days, the last of them 23 hours
      period: month('2026-03'),
    })
    expect(lines(run(input))[0]).toMatchObject({ amount: 19_100, fraction: '191/743' })
    expect(lines(run({ ...input, policy: presets.standard }))[0]).toMatchObject({ amount: 19_174, fraction: '8/31' })
  })
})

describe('killbill', () => {
  // https://github.com/killbill/killbill beatrix/.../integration/TestSubscription.java, testForcePolicy
  test('[BL23] from a year at 2399.95 to months at 249.95 after ten days: -2334.20 and 169.32', () => {
    const prices = [
      price('shotgun-annual', 239_995, { ...advance, interval: 'year', cycle: 'anniversary' }),
      price('shotgun-monthly', 24_995, { ...advance, cycle: 'anniversary' }),
    ]
    const clients = [{ id: 'acme', name: 'Acme', createdOn: '2012-05-01' }]
    const may = book({
      policy: presets.killbill,
      currency: 'USD',
      clients,
      prices,
      periods: [on('shotgun-annual', '2012-05-01')],
      period: month('2012-05'),
    })
    expect(short(run(may))).toEqual(['tier:shotgun-annual 2012-05-01..2013-05-01 239995'])
    const periods = [on('shotgun-annual', '2012-05-01', '2012-05-11'), on('shotgun-monthly', '2012-05-11')]
    expect(afterSeal(may, { periods }, month('2012-06'))).toEqual([
      'adjustment tier:shotgun-annual -233420',
      'adjustment tier:shotgun-monthly 16932',
    ])
  })

  // The same file, testChangeOfPlan
  test('[BL23] from a year at 2399.95 to a year at 5999.95 after ten days: -2334.20 and 5835.57', () => {
    const yearly = { ...advance, interval: 'year', cycle: 'anniversary' } as const
    const prices = [price('shotgun', 239_995, yearly), price('assault-rifle', 599_995, yearly)]
    const clients = [{ id: 'acme', name: 'Acme', createdOn: '2012-05-01' }]
    const may = book({
      policy: presets.killbill,
      currency: 'USD',
      clients,
      prices,
      periods: [on('shotgun', '2012-05-01')],
      period: month('2012-05'),
    })
    const periods = [on('shotgun', '2012-05-01', '2012-05-11'), on('assault-rifle', '2012-05-11')]
    expect(afterSeal(may, { periods }, month('2012-06'))).toEqual([
      'adjustment tier:assault-rifle 583557',
      'adjustment tier:shotgun -233420',
    ])
  })

  // The same file, testCreateSubscriptionWithAddOns: a bill day on the 31st, service from 1 October: 399.95 and 999.95 for 30 of 31 days.
  test('[BL23] add-ons from the day after the bill day: 387.05 and 967.69', () => {
    const clients = [{ id: 'acme', name: 'Acme', createdOn: '2015-08-31', anchor: '2015-08-31' }]
    const amounts = [39_995, 99_995].map((amount) => {
      const prices = [price('scope', amount, { ...advance, cycle: 'anniversary' })]
      const input = book({
        policy: presets.killbill,
        currency: 'USD',
        clients,
        prices,
        periods: [on('scope', '2015-10-01')],
        period: month('2015-10'),
      })
      return lines(run(input)).map((line) => line.amount)
    })
    expect(amounts).toEqual([
      [38_705, 39_995],
      [96_769, 99_995],
    ])
  })

  // https://github.com/killbill/killbill beatrix/.../integration, BLOCK_5_3 and BLOCK_4_27: 29.95 from 27 April, stopped on 3 May: -23.96, then from the start: -5.99.
  test('[BL23] a stop after six of thirty days gives 23.96 back, a stop from the start the other 5.99', () => {
    const clients = [{ id: 'acme', name: 'Acme', createdOn: '2019-04-27' }]
    const prices = [price('blowdart', 2_995, { ...advance, cycle: 'anniversary' })]
    const april = book({
      policy: presets.killbill,
      currency: 'USD',
      clients,
      prices,
      periods: [on('blowdart', '2019-04-27')],
      period: month('2019-04'),
    })
    const first = sealed(april)
    const may = {
      ...april,
      period: month('2019-05'),
      periods: [on('blowdart', '2019-04-27', '2019-05-03')],
      sealed: [first],
    }
    expect(short(run(may))).toEqual(['adjustment tier:blowdart -2396'])
    const june = { ...may, period: month('2019-06'), periods: [], sealed: [first, sealed(may)] }
    expect(short(run(june))).toEqual(['adjustment tier:blowdart -599'])
  })

  // https://github.com/killbill/killbill invoice/.../proRations/inAdvance/monthly/TestDoubleProRation.java: bill day 15, service 1 January to 27 February 2011.
  test('[BL23] parts at both ends: 14/31, 1, 12/28', () => {
    const clients = [{ id: 'acme', name: 'Acme', createdOn: '2011-01-01', anchor: '2010-12-15' }]
    const prices = [price('monthly', 100_000, { ...advance, cycle: 'anniversary' })]
    const input = book({
      policy: presets.killbill,
      currency: 'USD',
      clients,
      prices,
      periods: [on('monthly', '2011-01-01', '2011-02-27')],
    })
    const fractions = ['2011-01', '2011-02'].map((label) =>
      lines(run({ ...input, period: month(label) })).map((line) => `${line.days}/${line.cycleDays}`),
    )
    expect(fractions).toEqual([['14/31', '31/31'], ['12/28']])
  })
})

describe('lago', () => {
  const prices = [price('a', 10_000), price('b', 20_000)]
  const tiers = [
    { id: 'a', name: 'Plan A', rank: 1 },
    { id: 'b', name: 'Plan B', rank: 2 },
  ]
  const january = book({
    policy: presets.lago,
    tiers,
    prices,
    period: month('2026-01'),
    periods: [on('a', '2026-01-01', '2026-01-15'), on('b', '2026-01-15')],
  })

  // https://getlago.com/docs/guide/subscriptions/upgrades-downgrades: €100 a month in arrears, upgraded to €200 on 15 January: €45.16 for 14/31 of plan A.
  test('[BL23] an upgrade in arrears: 45.16 for the old plan, the rest of the month on the new one', () => {
    expect(short(run(january))).toEqual(['tier:a 2026-01-01..2026-01-15 4516', 'tier:b 2026-01-15..2026-02-01 10968'])
  })

  // The same page: a downgrade is applied at the end of the current billing period.
  test('[BL23] a downgrade waits for the end of the period', () => {
    const periods = [on('b', '2026-01-01', '2026-01-15'), on('a', '2026-01-15')]
    expect(short(run({ ...january, periods }))).toEqual(['tier:b 2026-01-01..2026-02-01 20000'])
    expect(short(run({ ...january, periods, period: month('2026-02') }))).toEqual([
      'tier:a 2026-02-01..2026-03-01 10000',
    ])
  })

  // The same page: "equals or exceeds" the daily fee of the old plan is an upgrade, so a month at 100 to a year at 1,200 is one, at 1,100 it is none.
  test('[BL23] what is an upgrade is judged by the fee for the same time', () => {
    const change = (yearly: number) => {
      const both = [price('a', 10_000), price('b', yearly, { interval: 'year', timing: 'advance' })]
      return lines(run({ ...january, prices: both })).find(({ item }) => item === 'tier:a')?.to
    }
    expect(change(120_000)).toBe('2026-01-15')
    expect(change(110_000)).toBe('2026-02-01')
  })

  // https://github.com/getlago/lago-api fees/subscription_service.rb: the day of a plain termination stays billed.
  test('[BL23] the day on which service ends is billed', () => {
    const periods = [on('a', '2026-01-01', '2026-01-15')]
    expect(lines(run({ ...january, periods }))[0]).toMatchObject({ days: 15, amount: 4_839 })
  })

  // https://getlago.com/docs/guide/plans/charges/charge-models: standard, package and volume, each with its example.
  test.each([
    ['standard: 1,000 calls at $0.05 are $50', { type: 'perUnit', rate: 5 }, 1_000, 5_000],
    [
      'package: 201 units, 100 free, $5 for each 100 begun, are $10',
      { type: 'package', size: 100, amount: 500, included: 100 },
      201,
      1_000,
    ],
    [
      'volume: 65,000 calls at $0.0006 and $10 are $49',
      {
        type: 'volume',
        steps: [
          { upTo: 10_000, rate: '0.10', flat: 1_000 },
          { upTo: 50_000, rate: '0.08', flat: 1_000 },
          { upTo: 100_000, rate: '0.06', flat: 1_000 },
          { upTo: null, rate: '0.04', flat: 1_000 },
        ],
      },
      65_000,
      4_900,
    ],
  ] as const)('[BL11] [BL23] %s', (_, model, quantity, amount) => {
    const usage = [{ entry: 'u1', client: 'acme', unit: 'calls', ...month('2026-01'), quantity }]
    const input = { ...january, periods: [], prices: [usagePrice('calls', model, usd)], usage, currency: 'USD' }
    expect(lines(run(input))).toMatchObject([{ amount }])
  })
})

describe('connectwise', () => {
  // https://idsync.atlassian.net/wiki/spaces/ISK/pages/349077552/FAQ+-+Billing+Connectors: two licences at 22.00 billed in advance, two more from
  // 15 March 2019: April bills two at 22.00 and two at 34.06, which is a month and 17/31 of one.
  test('[BL23] two more licences in mid-month: 2 × 22.00 + 2 × 34.06 in April', () => {
    const prices = [price('office', 2_200, advance)]
    const march = book({
      policy: presets.connectwise,
      currency: 'USD',
      prices,
      periods: [on('office', '2019-03-01', null, { quantity: 2 })],
      period: month('2019-03'),
    })
    expect(run(march).invoices[0]?.total).toBe(4_400)
    const periods = [
      on('office', '2019-03-01', '2019-03-15', { quantity: 2 }),
      on('office', '2019-03-15', null, { quantity: 4 }),
    ]
    const april = run({ ...march, periods, period: month('2019-04'), sealed: [sealed(march)] })
    expect(april.invoices[0]?.total).toBe(2 * 2_200 + 2 * 3_406)
  })
})

describe('flexprice', () => {
  // https://github.com/flexprice/flexprice internal/domain/proration/calculator_test.go; its periods include their last day: 17 of 31 are left on 15 March.
  const march = month('2024-03')
  const tiers = [
    { id: 'old', name: 'Old', rank: 1 },
    { id: 'new', name: 'New', rank: 2 },
  ]
  const start = (amounts: Record<string, number>, quantity = 1) =>
    book({
      policy: presets.flexprice,
      currency: 'USD',
      tiers,
      prices: Object.entries(amounts).map(([tier, amount]) => price(tier, amount, advance)),
      periods: [on('old', '2024-03-01', null, { quantity })],
      period: march,
    })
  const change = (from: number, to: number) => [
    on('old', '2024-03-01', '2024-03-15', { quantity: from }),
    on('new', '2024-03-15', null, { quantity: to }),
  ]

  test('[BL23] basic_upgrade_immediate: -5.48 and 10.97', () => {
    expect(afterSeal(start({ old: 1_000, new: 2_000 }), { periods: change(1, 1) }, month('2024-04'))).toEqual([
      'adjustment tier:new 1097',
      'adjustment tier:old -548',
    ])
  })

  test('[BL23] downgrade_with_credit_cap: -54.84 and 16.45', () => {
    expect(afterSeal(start({ old: 5_000, new: 3_000 }, 2), { periods: change(2, 1) }, month('2024-04'))).toEqual([
      'adjustment tier:new 1645',
      'adjustment tier:old -5484',
    ])
  })

  test('[BL23] quantity_change_increase: 27.42 in all', () => {
    const periods = [
      on('old', '2024-03-01', '2024-03-15', { quantity: 5 }),
      on('old', '2024-03-15', null, { quantity: 10 }),
    ]
    expect(afterSeal(start({ old: 1_000 }, 5), { periods }, month('2024-04'))).toEqual(['adjustment tier:old 2742'])
  })

  test('[BL23] add_item_no_credit: 13.71', () => {
    const input = start({ new: 2_500 })
    expect(short(run({ ...input, periods: [on('new', '2024-03-15')] }))).toEqual([
      'tier:new 2024-03-15..2024-04-01 1371',
    ])
  })

  test('[BL23] remove_item_with_credit: -21.94', () => {
    const periods = [on('old', '2024-03-01', '2024-03-15')]
    expect(afterSeal(start({ old: 4_000 }), { periods }, month('2024-04'))).toEqual(['adjustment tier:old -2194'])
  })

  // https://docs.flexprice.io/docs/product-catalogue/plans/billing-models/tiered: 65,000 calls in volume mode at $0.0006 are $39.
  test('[BL11] [BL23] volume: 65,000 calls at $0.0006 are $39', () => {
    const model = {
      type: 'volume',
      steps: [
        { upTo: 50_000, rate: '0.08' },
        { upTo: 100_000, rate: '0.06' },
        { upTo: null, rate: '0.04' },
      ],
    } as const
    const usage = [{ entry: 'u1', client: 'acme', unit: 'calls', ...march, quantity: 65_000 }]
    const input = { ...start({}), periods: [], prices: [usagePrice('calls', model, usd)], usage }
    expect(lines(run(input))).toMatchObject([{ amount: 3_900 }])
  })
})
