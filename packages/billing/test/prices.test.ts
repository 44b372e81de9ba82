// Which price holds, and what it makes of a month: overrides, new and existing clients, discounts, uplifts, setup fees, bundles, usage.
import { describe, expect, test } from 'vitest'
import type { BillingInput, Price, PriceModel, Run } from '../src/index.ts'
import { acme, book, lines, november, october, on, price, run, short, usagePrice } from './sample.ts'

describe('which price holds', () => {
  test("[BL6] the client's own price comes before that of the tier, that before the flat rate for everybody", () => {
    const flat: Price = price('any', 1_000, { item: { kind: 'client' } })
    const tier = price('starter', 2_000)
    const ownTier = price('starter', 3_000, { client: 'acme' })
    const ownFlat = price('any', 4_000, { item: { kind: 'client' }, client: 'acme' })
    const chosen = [[flat], [flat, tier], [flat, tier, ownTier], [flat, tier, ownTier, ownFlat]].map((prices) =>
      lines(run(book({ prices }))).map(({ amount, origin }) => [amount, origin]),
    )
    expect(chosen).toEqual([[[1_000, 'book']], [[2_000, 'tier']], [[3_000, 'client']], [[4_000, 'client']]])
  })

  test('[BL6] an override that ends gives way to what is below it from that day on', () => {
    const prices = [
      price('starter', 31_000),
      price('starter', 62_000, { client: 'acme', entry: 'own' }),
      price('starter', 0, { client: 'acme', effectiveOn: '2026-10-11', model: { type: 'none' } }),
    ]
    expect(short(run(book({ prices })))).toEqual([
      'tier:starter 2026-10-01..2026-10-11 20000',
      'tier:starter 2026-10-11..2026-11-01 21000',
    ])
  })

  test('[BL6] a price for new clients only leaves the others where they were, until the day it says', () => {
    const prices = (existingFrom: string | null) => [
      price('starter', 31_000),
      price('starter', 62_000, { effectiveOn: '2026-06-01', existingFrom }),
    ]
    const clients = [acme, { id: 'new', name: 'New', createdOn: '2026-07-01' }]
    const periods = [on('starter', '2026-01-01'), { ...on('starter', '2026-07-01'), client: 'new' }]
    const amounts = (existingFrom: string | null) =>
      run(book({ clients, periods, prices: prices(existingFrom) })).invoices.map(({ total }) => total)
    expect(amounts(null)).toEqual([31_000, 62_000])
    expect(amounts('2026-10-16')).toEqual([15_000 + 32_000, 62_000])
  })

  test('[BL6] a newer price is not followed by an older one, however late that was to reach the clients of then', () => {
    const prices = [
      price('starter', 31_000),
      price('starter', 62_000, { effectiveOn: '2026-06-01', existingFrom: '2026-10-16' }),
      price('starter', 93_000, { effectiveOn: '2026-09-01' }),
    ]
    expect(short(run(book({ prices })))).toEqual(['tier:starter 2026-10-01..2026-11-01 93000'])
    const august = { from: '2026-08-01', to: '2026-09-01' }
    expect(short(run(book({ prices, period: august })))).toEqual(['tier:starter 2026-08-01..2026-09-01 31000'])
  })

  test('[BL17] a discount that comes off each seat is explained as such', () => {
    const seats = [on('starter', '2026-01-01', null, { quantity: 10 })]
    const prices = [price('starter', 1_000, { discount: { amount: 500, until: null } })]
    expect(lines(run(book({ prices, periods: seats })))[0]).toMatchObject({
      amount: 5_000,
      explanation:
        'Starter, 2026-10-01 to 2026-10-31: 10 × (10.00 EUR a month less 5.00 EUR) = 50.00 EUR; the price of the tier from 2010-01-01.',
    })
  })

  test('[BL6] of two prices from one date the one recorded later holds', () => {
    const prices = [price('starter', 1_000), price('starter', 2_000)]
    expect(lines(run(book({ prices })))).toMatchObject([{ amount: 2_000, price: prices[1]!.entry }])
  })

  test('[BL6] a client is billed in its own currency, and only by prices in that currency', () => {
    const prices = [price('starter', 5_000), price('starter', 7_500_000, { currency: 'KWD' })]
    const inKwd = run(book({ prices, clients: [{ ...acme, currency: 'KWD' }] }))
    expect(inKwd.invoices).toMatchObject([{ currency: 'KWD', total: 7_500_000 }])
    const inYen = run(book({ prices, clients: [{ ...acme, currency: 'JPY' }] }))
    expect(inYen.invoices).toEqual([])
    expect(inYen.notBillable).toMatchObject([
      { code: 'no-price', client: 'acme', message: 'no price in JPY for Acme Dental on Starter' },
    ])
  })
})

describe('what changes an amount', () => {
  test('[BL22] a discount by percentage or amount ends on its date and never makes a price negative', () => {
    const discounted = (discount: Price['discount']) =>
      short(run(book({ prices: [price('starter', 31_000, discount ? { discount } : {})] })))
    expect(discounted({ percent: 10, until: null })).toEqual(['tier:starter 2026-10-01..2026-11-01 27900'])
    expect(discounted({ percent: '12.5', until: '2026-10-11' })).toEqual([
      'tier:starter 2026-10-01..2026-10-11 8750',
      'tier:starter 2026-10-11..2026-11-01 21000',
    ])
    expect(discounted({ amount: 40_000, until: null })).toEqual(['tier:starter 2026-10-01..2026-11-01 0'])
  })

  test('[BL22] an uplift of some clients leaves the others, and what a seat costs goes by the seats', () => {
    const clients = [acme, { ...acme, id: 'other' }]
    const periods = clients.map(({ id }) => ({ ...on('starter', '2026-01-01', null, { quantity: 3 }), client: id }))
    const uplifts = [{ entry: 'rise', percent: 10, effectiveOn: '2026-02-01', clients: ['other'] }]
    const made = run(book({ clients, periods, prices: [price('starter', 10_000, { cost: '40.5' })], uplifts }))
    expect(lines(made).map(({ amount, cost }) => [amount, cost])).toEqual([
      [30_000, 122],
      [33_000, 122],
    ])
  })

  test('[BL22] uplifts multiply prices set before them, for the clients and tiers they name', () => {
    const rise = { entry: 'rise', percent: '10', effectiveOn: '2026-10-01' }
    const again = { entry: 'again', percent: '10', effectiveOn: '2026-10-01', clients: ['acme'] }
    const other = { entry: 'other', percent: '50', effectiveOn: '2026-10-01', tiers: ['enterprise'] }
    const uplifted = run(book({ prices: [price('starter', 10_000)], uplifts: [rise, again, other] }))
    expect(lines(uplifted)).toMatchObject([{ amount: 12_100 }])
    expect(lines(uplifted)[0]?.explanation).toContain('× 121/100 by uplifts')
    const later = price('starter', 10_000, { effectiveOn: '2026-10-01' })
    expect(lines(run(book({ prices: [later], uplifts: [rise] })))).toMatchObject([{ amount: 10_000 }])
  })

  test('[BL22] a setup fee is owed once, in the run of the day on which the client first has the item', () => {
    const prices = [price('starter', 1_000), price('professional', 2_000, { setupFee: 50_000 })]
    const periods = [
      on('starter', '2026-01-01', '2026-10-16'),
      on('professional', '2026-10-16', '2026-10-20'),
      on('starter', '2026-10-20', '2026-11-02'),
      on('professional', '2026-11-02'),
    ]
    const setups = (period: typeof october) =>
      lines(run(book({ prices, periods, period }))).filter(({ kind }) => kind === 'setup')
    expect(setups(october)).toMatchObject([{ item: 'setup:tier:professional', amount: 50_000, from: '2026-10-16' }])
    expect(setups(november)).toEqual([])
  })

  test('[BL22] cost goes along with the days, and tax codes through', () => {
    const prices = [price('starter', 31_000, { cost: 12_400, taxCode: '20% (VAT on Income)' })]
    const periods = [on('starter', '2026-10-22')]
    expect(lines(run(book({ prices, periods })))).toMatchObject([
      { amount: 10_000, cost: 4_000, taxCode: '20% (VAT on Income)' },
    ])
  })

  test('[BL17] the sentence of a line names days, price, fraction and where the price came from', () => {
    const prices = [price('starter', 31_000, { client: 'acme', effectiveOn: '2026-01-01' })]
    const [line] = lines(run(book({ prices, periods: [on('starter', '2026-10-22')] })))
    expect(line?.explanation).toBe(
      "Starter, 2026-10-22 to 2026-10-31 (10 of 31 days): 310.00 EUR a month × 10/31 = 100.00 EUR; the client's own price from 2026-01-01.",
    )
    expect(line?.assignments).toEqual(['assigned-starter-2026-10-22'])
  })
})

describe('usage', () => {
  const count = (quantity: number | string, from = '2026-10-01', to = '2026-11-01', entry = `u-${from}`) => ({
    entry,
    client: 'acme',
    unit: 'components',
    from,
    to,
    quantity,
  })
  const bill = (model: PriceModel, ...usage: ReturnType<typeof count>[]) =>
    lines(run(book({ prices: [price('starter', 0), usagePrice('components', model)], usage }))).filter(
      ({ kind }) => kind === 'usage',
    )

  const steps = [
    { upTo: 100, rate: 100 },
    { upTo: 200, rate: 50 },
    { upTo: null, rate: 10 },
  ]
  test.each([
    ['per unit', { type: 'perUnit', rate: '0.6' }, 120, 72],
    ['included units', { type: 'perUnit', rate: 60, included: 20 }, 120, 6_000],
    ['less than included', { type: 'perUnit', rate: 60, included: 200 }, 120, 0],
    ['graduated, at the end of a step', { type: 'graduated', steps }, 200, 15_000],
    ['graduated, one above', { type: 'graduated', steps }, 201, 15_010],
    [
      'graduated with fees of steps',
      {
        type: 'graduated',
        steps: [
          { upTo: 1, rate: 1, flat: 7 },
          { upTo: null, rate: 1, flat: 70 },
        ],
      },
      2,
      79,
    ],
    ['volume, at the end of a step', { type: 'volume', steps }, 200, 10_000],
    ['volume, one above', { type: 'volume', steps }, 201, 2_010],
    ['packages begun', { type: 'package', size: 50, amount: 900 }, 101, 2_700],
    ['no package', { type: 'package', size: 50, amount: 900 }, 0, 0],
    ['a minimum', { type: 'perUnit', rate: 1, minimum: 5_000 }, 3, 5_000],
    ['above a minimum', { type: 'perUnit', rate: 1_000, minimum: 5_000 }, 6, 6_000],
  ] as const)('[BL11] %s', (_, model, quantity, amount) => {
    expect(bill(model, count(quantity))).toMatchObject([{ amount, quantity: String(quantity) }])
  })

  test('[BL10] several counts of a cycle are summed, or their largest or last one taken, exactly', () => {
    const weeks = [
      count('0.1', '2026-10-01', '2026-10-08'),
      count('0.2', '2026-10-08', '2026-10-15'),
      count('0.1', '2026-10-15', '2026-11-01'),
    ]
    const quantity = (aggregate: 'sum' | 'max' | 'last') =>
      bill({ type: 'perUnit', rate: 100, aggregate }, ...weeks).map((line) => [line.quantity, line.amount])
    expect(quantity('sum')).toEqual([['0.4', 40]])
    expect(quantity('max')).toEqual([['0.2', 20]])
    expect(quantity('last')).toEqual([['0.1', 10]])
  })

  test('[BL10] a count belongs to the cycle of its last day, and is billed where that cycle ends', () => {
    const across = count(7, '2026-09-25', '2026-10-02')
    expect(bill({ type: 'perUnit', rate: 100 }, across)).toMatchObject([{ amount: 700, usage: [across.entry] }])
    const quarterly = [usagePrice('components', { type: 'perUnit', rate: 100 }, { interval: 'quarter' })]
    const inOctober = run(book({ prices: [price('starter', 0), ...quarterly], usage: [across] }))
    expect(lines(inOctober).filter(({ kind }) => kind === 'usage')).toEqual([])
    const inDecember = run(
      book({
        prices: [price('starter', 0), ...quarterly],
        usage: [across],
        period: { from: '2026-12-01', to: '2027-01-01' },
      }),
    )
    expect(lines(inDecember).filter(({ kind }) => kind === 'usage')).toMatchObject([{ amount: 700 }])
  })

  test('[BL11] a minimum is owed without any usage, for the part of the cycle in service', () => {
    const prices = [price('starter', 0), usagePrice('components', { type: 'perUnit', rate: 1, minimum: 3_100 })]
    expect(lines(run(book({ prices }))).filter(({ kind }) => kind === 'usage')).toMatchObject([{ amount: 3_100 }])
    const partly = run(book({ prices, periods: [on('starter', '2026-10-22')] }))
    expect(lines(partly).filter(({ kind }) => kind === 'usage')).toMatchObject([{ amount: 1_000 }])
  })

  test('[BL11] where the price changes within a cycle, each minimum is owed for the days on which it held', () => {
    const minimum = (rate: number, effectiveOn: string) =>
      usagePrice('components', { type: 'perUnit', rate, minimum: 3_100 }, { effectiveOn })
    const prices = [price('starter', 0), minimum(10, '2020-01-01'), minimum(20, '2026-10-11')]
    const counted = (made: Run) => lines(made).filter(({ kind }) => kind === 'usage')
    expect(counted(run(book({ prices }))).map(({ amount }) => amount)).toEqual([1_000, 2_100])
    const usage = [{ ...count(200), to: '2026-10-06' }]
    // 20.00 of 31.00 was used: the two share what is missing by their minimums.
    expect(counted(run(book({ prices, usage }))).map(({ amount }) => amount)).toEqual([2_355, 745])
  })

  test('[BL11] a move to a tier with a usage price of its own owes no second minimum for the same days', () => {
    const forTier = (tier: string) =>
      usagePrice(
        'components',
        { type: 'perUnit', rate: 1, minimum: 3_100 },
        { item: { kind: 'usage', unit: 'components', tier } },
      )
    const prices = [price('starter', 0), price('professional', 0), forTier('starter'), forTier('professional')]
    const periods = [on('starter', '2026-01-01', '2026-10-11'), on('professional', '2026-10-11')]
    const made = run(book({ prices, periods }))
    expect(lines(made).flatMap(({ kind, amount }) => (kind === 'usage' ? [amount] : []))).toEqual([1_000, 2_100])
  })

  test('[BL10] an uplift within a cycle raises what was counted after it, and a discount that ends leaves the rest at full price', () => {
    const usage = [
      { ...count(10), to: '2026-10-16' },
      { ...count(10), entry: 'u2', from: '2026-10-16' },
    ]
    const terms = usagePrice('components', { type: 'perUnit', rate: 100 })
    const uplifts = [{ entry: 'rise', percent: 50, effectiveOn: '2026-10-16' }]
    const raised = run(book({ prices: [price('starter', 0), terms], usage, uplifts }))
    expect(lines(raised).flatMap(({ kind, amount }) => (kind === 'usage' ? [amount] : []))).toEqual([1_000, 1_500])
    const discounted = { ...terms, discount: { percent: 20, until: '2026-10-16' } }
    const less = run(book({ prices: [price('starter', 0), discounted], usage }))
    expect(lines(less).flatMap(({ kind, amount }) => (kind === 'usage' ? [amount] : []))).toEqual([800, 1_000])
  })

  test('[BL11] free units, steps and packages are those of a cycle, whatever holds in it one after the other', () => {
    const free = (effectiveOn: string) =>
      usagePrice('components', { type: 'perUnit', rate: 31, included: 31 }, { effectiveOn })
    const prices = [price('starter', 0), free('2020-01-01'), free('2026-10-11')]
    const usage = [
      { ...count(20), to: '2026-10-11' },
      { ...count(20), entry: 'u2', from: '2026-10-11' },
    ]
    const amounts = (made: Run) => lines(made).flatMap(({ kind, amount }) => (kind === 'usage' ? [amount] : []))
    expect(amounts(run(book({ prices, usage })))).toEqual([140, 140]) // 9 of 40 units at 0.31
    // Who starts within the cycle has all of them.
    const started = run(book({ prices, usage: [usage[1]!], periods: [on('starter', '2026-10-21')] }))
    expect(amounts(started)).toEqual([0])
  })

  test('[BL11] of the largest or last record each terms bill their days', () => {
    const seats = usagePrice('components', { type: 'perUnit', rate: 100, aggregate: 'max' })
    const usage = [
      { ...count(50), to: '2026-10-16' },
      { ...count(50), entry: 'u2', from: '2026-10-16' },
    ]
    const uplifts = [{ entry: 'rise', percent: 10, effectiveOn: '2026-10-16' }]
    const billed = lines(run(book({ prices: [price('starter', 0), seats], usage, uplifts }))).filter(
      ({ kind }) => kind === 'usage',
    )
    expect(billed.map(({ amount, fraction }) => [amount, fraction])).toEqual([
      [2_419, '15/31'],
      [2_839, '16/31'],
    ])
    expect(billed[1]?.explanation).toBe(
      'components, 2026-10-16 to 2026-10-31: 50 used in the cycle, at 1.00 EUR each × 11/10 by uplifts × 16/31 = 28.39 EUR; the price for every client from 2010-01-01.',
    )
  })

  test('[BL22] an uplift raises a minimum too', () => {
    const terms = usagePrice('components', { type: 'perUnit', rate: 1, minimum: 1_000 })
    const uplifts = [{ entry: 'rise', percent: 10, effectiveOn: '2026-10-01' }]
    expect(lines(run(book({ prices: [price('starter', 0), terms], uplifts }))).at(-1)).toMatchObject({ amount: 1_100 })
  })

  test('[BL22] the setup fee of usage is owed once, with the first that is billed', () => {
    const terms = usagePrice('components', { type: 'perUnit', rate: 10 }, { setupFee: 5_000 })
    const input = book({
      prices: [price('starter', 0), terms],
      usage: [count(10), { ...count(20), ...november, entry: 'u2' }],
    })
    const billed = (given: BillingInput) => lines(run(given)).map(({ kind, item, amount }) => [kind, item, amount])
    expect(billed(input).slice(1)).toEqual([
      ['usage', 'usage:components', 100],
      ['setup', 'setup:usage:components', 5_000],
    ])
    expect(billed({ ...input, period: november }).slice(1)).toEqual([['usage', 'usage:components', 200]])
  })

  test('[BL6] usage can have a price for a tier', () => {
    const prices = [
      price('starter', 0),
      usagePrice('components', { type: 'perUnit', rate: 10 }),
      usagePrice(
        'components',
        { type: 'perUnit', rate: 7 },
        { item: { kind: 'usage', unit: 'components', tier: 'starter' } },
      ),
    ]
    expect(lines(run(book({ prices, usage: [count(10)] })))).toMatchObject([
      { amount: 0 },
      { amount: 70, origin: 'tier' },
    ])
  })
})

describe('bundles', () => {
  const clients = [acme, { id: 'branch', name: 'Acme Branch', createdOn: '2020-01-01' }]
  const periods = [on('starter', '2026-01-01'), { ...on('professional', '2026-01-01'), client: 'branch' }]
  const item = {
    kind: 'bundle',
    bundle: 'b1',
    name: 'Acme group',
    payer: 'acme',
    members: ['acme', 'branch'],
    includes: ['base'],
  } as const
  const prices = [
    price('starter', 31_000),
    price('professional', 62_000),
    price('b1', 77_500, { item, effectiveOn: '2026-10-11' }),
  ]

  test('[BL12] members pay by themselves until the bundle begins, then the payer pays for all', () => {
    const made = run(book({ clients, periods, prices }))
    expect(made.invoices.map(({ client, total }) => [client, total])).toEqual([
      ['acme', 10_000 + 52_500],
      ['branch', 20_000],
    ])
    expect(short(made)).toContain('bundle:b1 2026-10-11..2026-11-01 52500')
  })

  test('[BL12] a bundle that is priced anew in another currency is billed once', () => {
    const inDollars = price('b1', 93_000, { item, currency: 'USD', effectiveOn: '2026-10-21' })
    const made = run(book({ clients, periods, prices: [...prices, inDollars] }))
    expect(short(made).filter((line) => line.startsWith('bundle'))).toEqual([
      'bundle:b1 2026-10-11..2026-10-21 25000',
      'bundle:b1 2026-10-21..2026-11-01 33000',
    ])
    expect(made.invoices.map(({ client, currency }) => [client, currency])).toEqual([
      ['acme', 'EUR'],
      ['acme', 'USD'],
      ['branch', 'EUR'],
    ])
  })

  test('[BL12] [BL22] a bundle’s discount and uplift are those of its days', () => {
    const paid = price('b1', 31_000, { item, discount: { percent: 50, until: '2026-10-11' } })
    const uplifts = [{ entry: 'rise', percent: 10, effectiveOn: '2026-10-21' }]
    expect(short(run(book({ clients, periods, prices: [paid], uplifts })))).toEqual([
      'bundle:b1 2026-10-01..2026-10-11 5000',
      'bundle:b1 2026-10-11..2026-10-21 10000',
      'bundle:b1 2026-10-21..2026-11-01 12100',
    ])
  })

  test('[BL12] whoever pays for a bundle need not be served', () => {
    const holding = { id: 'holding', name: 'Holding', createdOn: '2020-01-01' }
    const paid = price('b1', 77_500, { item: { ...item, payer: 'holding' } })
    const made = run(book({ clients: [...clients, holding], periods, prices: [paid] }))
    expect(made.invoices.map(({ client, total }) => [client, total])).toEqual([['holding', 77_500]])
    expect(made.notBillable).toEqual([])
  })

  test('[BL12] a bundle costs nothing on days on which no member is served', () => {
    const ended = periods.map((period) => ({ ...period, to: '2026-10-21' }))
    expect(short(run(book({ clients, periods: ended, prices })))).toContain('bundle:b1 2026-10-11..2026-10-21 25000')
  })

  test('[BL12] usage that a bundle includes is not billed by itself, other usage is', () => {
    const included = { ...item, includes: ['base', 'usage:components'] }
    const usage = ['components', 'stacks'].map((unit) => ({
      entry: unit,
      client: 'branch',
      unit,
      ...october,
      quantity: 2,
    }))
    const all = [
      ...prices,
      price('b1', 1, { item: included, effectiveOn: '2026-10-12' }),
      usagePrice('components', { type: 'perUnit', rate: 5 }),
      usagePrice('stacks', { type: 'perUnit', rate: 5 }),
    ]
    const counted = lines(run(book({ clients, periods, prices: all, usage }))).filter(({ kind }) => kind === 'usage')
    expect(counted.map(({ item: what }) => what)).toEqual(['usage:stacks'])
  })
})
