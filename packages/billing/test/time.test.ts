// Cycles, policies and days: month ends, leap years, clock changes, zones far from Greenwich, currencies with 0 and 3 decimals.
import { describe, expect, test } from 'vitest'
import { currencyDigits, decimalToMinor, formatMoney, minorToDecimal, presets, type Policy } from '../src/index.ts'
import { cycleAt, cyclesIn } from '../src/cycles.ts'
import { createMeasure } from '../src/measure.ts'
import { isPlainDate, startOfDaySeconds } from '../src/plain-date.ts'
import { roundToInteger } from '../src/rational.ts'
import { acme, book, december, lines, november, october, on, price, run, short } from './sample.ts'

describe('cycles', () => {
  test('[BL5] calendar months, quarters and years', () => {
    const at = (interval: 'month' | 'quarter' | 'year') => cycleAt({ interval, anchor: null }, '2026-11-22')
    expect([at('month'), at('quarter'), at('year')]).toEqual([
      { from: '2026-11-01', to: '2026-12-01' },
      { from: '2026-10-01', to: '2027-01-01' },
      { from: '2026-01-01', to: '2027-01-01' },
    ])
  })

  test('[BL5] a month anchored on the 31st falls on the last day of shorter ones and comes back', () => {
    const starts = cyclesIn({ interval: 'month', anchor: '2026-01-31' }, { from: '2026-01-31', to: '2026-06-01' }).map(
      ({ from }) => from,
    )
    expect(starts).toEqual(['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'])
  })

  test('[BL5] a year anchored on 29 February begins on the 28th in common years', () => {
    const starts = cyclesIn({ interval: 'year', anchor: '2024-02-29' }, { from: '2024-03-01', to: '2029-01-01' }).map(
      ({ from }) => from,
    )
    expect(starts).toEqual(['2024-02-29', '2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'])
  })

  test('[BL5] days before the anchor lie in cycles too', () => {
    expect(cycleAt({ interval: 'quarter', anchor: '2026-05-31' }, '2026-02-27')).toEqual({
      from: '2025-11-30',
      to: '2026-02-28',
    })
  })

  test('[BL9] in arrears a cycle is billed in the run in which it ends, in advance in that in which it begins', () => {
    const bill = (timing: 'advance' | 'arrears', period: typeof october) =>
      short(run(book({ period, prices: [price('starter', 30_000, { interval: 'quarter', timing })] })))
    expect([bill('arrears', october), bill('arrears', december)]).toEqual([
      [],
      ['tier:starter 2026-10-01..2027-01-01 30000'],
    ])
    expect([bill('advance', october), bill('advance', december)]).toEqual([
      ['tier:starter 2026-10-01..2027-01-01 30000'],
      [],
    ])
  })

  test('[BL9] in advance, what begins in the middle of a long cycle is due in the run of that day', () => {
    const prices = [price('starter', 36_500, { interval: 'year', timing: 'advance' })]
    const periods = [on('starter', '2026-11-22')]
    expect(short(run(book({ period: november, prices, periods })))).toEqual([
      'tier:starter 2026-11-22..2027-01-01 4000',
    ])
    const policy: Policy = { ...presets.standard, start: 'full' }
    expect(short(run(book({ period: november, prices, periods, policy })))).toEqual([
      'tier:starter 2026-01-01..2027-01-01 36500',
    ])
  })
})

describe('policies', () => {
  const prices = [price('starter', 31_000), price('professional', 62_000)]
  const up = [on('starter', '2026-01-01', '2026-10-16'), on('professional', '2026-10-16')]
  const down = [on('professional', '2026-01-01', '2026-10-16'), on('starter', '2026-10-16')]
  const bill = (periods: typeof up, policy: Partial<Policy>, period = october) =>
    short(run(book({ prices, periods, policy: { ...presets.standard, ...policy }, period })))

  test('[BL8] the day of a change belongs to the new tier, or to the old one', () => {
    expect(bill(up, {})).toEqual([
      'tier:starter 2026-10-01..2026-10-16 15000',
      'tier:professional 2026-10-16..2026-11-01 32000',
    ])
    expect(bill(up, { changeDay: 'old' })).toEqual([
      'tier:starter 2026-10-01..2026-10-17 16000',
      'tier:professional 2026-10-17..2026-11-01 30000',
    ])
  })

  test('[BL8] an upgrade or downgrade can wait for the end of the cycle, or take it over whole', () => {
    expect(bill(up, { upgrade: 'term' })).toEqual(['tier:starter 2026-10-01..2026-11-01 31000'])
    expect(bill(up, { upgrade: 'term' }, november)).toEqual(['tier:professional 2026-11-01..2026-12-01 62000'])
    expect(bill(up, { upgrade: 'whole' })).toEqual(['tier:professional 2026-10-01..2026-11-01 62000'])
    expect(bill(down, { downgrade: 'whole' })).toEqual(['tier:starter 2026-10-01..2026-11-01 31000'])
    expect(bill(down, { upgrade: 'whole' })).toEqual([
      'tier:professional 2026-10-01..2026-10-16 30000',
      'tier:starter 2026-10-16..2026-11-01 16000',
    ])
  })

  test('[BL8] a change that waits is overtaken by a later one', () => {
    const there = [
      on('professional', '2026-01-01', '2026-10-10'),
      on('starter', '2026-10-10', '2026-10-20'),
      on('professional', '2026-10-20'),
    ]
    expect(bill(there, { downgrade: 'term' })).toEqual(['tier:professional 2026-10-01..2026-11-01 62000'])
  })

  test('[BL8] starts and ends are billed in part or in full, and the last day free or billed', () => {
    const short = [on('starter', '2026-10-11', '2026-10-21')]
    expect(bill(short, {})).toEqual(['tier:starter 2026-10-11..2026-10-21 10000'])
    expect(bill(short, { start: 'full' })).toEqual(['tier:starter 2026-10-01..2026-10-21 20000'])
    expect(bill(short, { end: 'full' })).toEqual(['tier:starter 2026-10-11..2026-11-01 21000'])
    expect(bill(short, { endDay: 'billed' })).toEqual(['tier:starter 2026-10-11..2026-10-22 11000'])
  })

  test('[BL8] service that ends and resumes is billed on both sides of the gap, and never twice', () => {
    const gap = [on('starter', '2026-01-01', '2026-10-11'), on('starter', '2026-10-21')]
    expect(bill(gap, {})).toEqual([
      'tier:starter 2026-10-01..2026-10-11 10000',
      'tier:starter 2026-10-21..2026-11-01 11000',
    ])
    expect(bill(gap, { end: 'full', start: 'full' })).toEqual(['tier:starter 2026-10-01..2026-11-01 31000'])
  })

  test('[BL4] months of 30 days, and months of equal weight', () => {
    const part = (policy: Partial<Policy>, range: readonly [string, string], cycle: readonly [string, string]) =>
      createMeasure({ ...presets.standard, ...policy }, 'UTC')(
        { from: range[0], to: range[1] },
        { from: cycle[0], to: cycle[1] },
      ).text
    const february: [string, string] = ['2026-02-01', '2026-03-01']
    const year: [string, string] = ['2026-01-01', '2027-01-01']
    expect(part({ denominator: 'fixed30' }, ['2026-02-16', '2026-03-01'], february)).toBe('1/2')
    const whole = ['2026-10-01', '2026-11-01'] as const
    expect(part({ denominator: 'fixed30' }, ['2026-10-30', '2026-10-31'], whole)).toBe('1/30')
    expect(part({ denominator: 'fixed30' }, ['2026-10-31', '2026-11-01'], whole)).toBe('0')
    expect(part({ denominator: 'fixed30' }, ['2026-10-01', '2026-10-31'], whole)).toBe('1')
    expect(part({ denominator: 'fixed30' }, ['2026-02-28', '2026-03-01'], february)).toBe('1/10')
    expect(part({}, ['2026-02-15', '2026-03-01'], february)).toBe('1/2')
    expect(part({ denominator: 'monthFraction' }, ['2026-02-01', '2026-03-01'], year)).toBe('1/12')
    expect(part({ denominator: 'monthFraction' }, ['2026-02-15', '2026-03-16'], year)).toBe('61/744') // 1/2 and 15/31 of a month
    expect(part({}, ['2028-01-01', '2028-03-01'], ['2028-01-01', '2029-01-01'])).toBe('10/61') // 60 of 366 days
  })
})

describe('days and money', () => {
  test('[BL2] dates are days of the calendar and nothing else', () => {
    for (const date of ['2026-02-28', '2028-02-29']) expect(isPlainDate(date), date).toBe(true)
    for (const date of ['2026-02-29', '2026-13-01', '2026-1-1', '2026-10-01T00:00', '', null])
      expect(isPlainDate(date), String(date)).toBe(false)
  })

  test('[BL2] a day begins where its zone says, also where there is no midnight', () => {
    expect(startOfDaySeconds('2026-11-01', 'Pacific/Chatham')).toBe(Date.UTC(2026, 9, 31, 10, 15) / 1_000) // +13:45
    expect(startOfDaySeconds('2018-11-04', 'America/Sao_Paulo')).toBe(Date.UTC(2018, 10, 4, 3) / 1_000) // begins at 01:00
  })

  test('[BL3] a run is the same in every zone, where days are counted', () => {
    const input = book({ prices: [price('starter', 10_000)], periods: [on('starter', '2026-10-25')] })
    const amounts = ['UTC', 'Pacific/Chatham', 'America/New_York'].map(
      (timeZone) => lines(run({ ...input, timeZone }))[0]?.amount,
    )
    expect(new Set(amounts)).toEqual(new Set([2_258]))
  })

  test('[BL1] amounts are whole minor units of the currency, of 0, 2, 3 or 4 decimals', () => {
    expect(['JPY', 'EUR', 'KWD', 'CLF', 'XXX'].map(currencyDigits)).toEqual([0, 2, 3, 4, null])
    expect([minorToDecimal(-5, 'KWD'), minorToDecimal(1_000, 'JPY'), minorToDecimal(7, 'EUR')]).toEqual([
      '-0.005',
      '1000',
      '0.07',
    ])
    expect(['12.5', '12.345', '-1', '1,5', ''].map((text) => decimalToMinor(text, 'EUR'))).toEqual([
      1_250,
      null,
      -100,
      null,
      null,
    ])
    expect(formatMoney(123_456, 'KWD', 'en')).toMatch(/KWD.123\.456/)
    const clients = [{ ...acme, currency: 'JPY' }]
    const yen = run(
      book({ clients, prices: [price('starter', 1_000, { currency: 'JPY' })], periods: [on('starter', '2026-10-22')] }),
    )
    expect(lines(yen)).toMatchObject([{ amount: 323 }])
    expect(lines(yen)[0]?.explanation).toContain('= 323 JPY')
  })

  test('[BL1] a half is rounded away from zero, or to the even neighbour', () => {
    const half = (num: bigint, how: 'halfUp' | 'halfEven') => roundToInteger({ num, den: 2n }, how)
    expect([half(1n, 'halfUp'), half(3n, 'halfUp'), half(-1n, 'halfUp'), half(-3n, 'halfUp')]).toEqual([1, 2, -1, -2])
    expect([half(1n, 'halfEven'), half(3n, 'halfEven'), half(-1n, 'halfEven'), half(5n, 'halfEven')]).toEqual([
      0, 2, 0, 2,
    ])
    expect(() => roundToInteger({ num: 10n ** 20n, den: 1n }, 'halfUp')).toThrow('too large')
  })
})
