// The close: sealing, amber seals, adjustments, retractions, numbers, and what differs from the run before.
import { expect, test } from 'vitest'
import {
  checkSeals,
  compareRuns,
  invoiceNumbers,
  periodLabel,
  presets,
  runHash,
  sealRun,
  type BillingInput,
} from '../src/index.ts'
import { addMonths } from '../src/plain-date.ts'
import { acme, book, december, lines, november, on, price, run, sealed, short } from './sample.ts'

const prices = [price('starter', 31_000), price('enterprise', 62_000)]
const before = book({ prices })
const upgraded = { ...before, periods: [on('starter', '2026-01-01', '2026-10-22'), on('enterprise', '2026-10-22')] }

function differences(input: BillingInput) {
  const states = checkSeals(input)
  if (!states.ok) throw new Error(states.error.message)
  return states.value.map((state) => state.differences)
}

test('[BL15] a change back-dated into a sealed period turns the seal amber and proposes one adjustment, which says why', () => {
  const seal = sealed(before)
  expect(differences({ ...before, sealed: [seal] })).toEqual([[]])
  expect(differences({ ...upgraded, sealed: [seal] })).toMatchObject([[{ client: 'acme', currency: 'EUR' }]])
  const next = run({ ...upgraded, period: november, sealed: [seal] })
  expect(short(next)).toEqual(['tier:enterprise 2026-11-01..2026-12-01 62000', 'adjustment adjustment 10000'])
  expect(lines(next)[1]?.explanation).toBe(
    'Adjustment of 2026-10-01 to 2026-10-31, changed since it was sealed: tier:enterprise was billed 0.00 EUR and is now 200.00 EUR; ' +
      'tier:starter was billed 310.00 EUR and is now 210.00 EUR.',
  )
})

test('[BL15] a retraction takes the adjustment back: before the next seal it is gone, after it the other way round', () => {
  const first = sealed(before)
  expect(short(run({ ...before, period: november, sealed: [first] }))).toEqual([
    'tier:starter 2026-11-01..2026-12-01 31000',
  ])
  const second = sealed({ ...upgraded, period: november, sealed: [first] })
  expect(differences({ ...upgraded, sealed: [first, second] })).toEqual([[], []])
  const third = run({ ...before, period: december, sealed: [first, second] })
  expect(short(third)).toEqual([
    'tier:starter 2026-12-01..2027-01-01 31000',
    'adjustment adjustment -10000', // October
    'adjustment adjustment -31000', // November, sealed on enterprise at 620.00 and now 310.00
  ])
})

test('[BL16] what is no longer owed is given back whole and no further, or not at all where the policy says so', () => {
  const seal = sealed(before)
  const gone = { ...before, periods: [], period: november, sealed: [seal] }
  expect(short(run(gone))).toEqual(['adjustment tier:starter -31000'])
  const strict = run({ ...gone, policy: { ...presets.standard, credit: 'none' } })
  expect(strict.invoices).toEqual([])
  expect(strict.waived).toMatchObject([{ client: 'acme', adjusts: { parts: [{ billed: 31_000, now: 0 }] } }])
  expect(differences(gone)).toHaveLength(1)
  expect(differences(gone)[0]).toHaveLength(1)
  expect(differences({ ...gone, policy: { ...presets.standard, credit: 'none' } })).toEqual([[]])
})

test('[BL15] each seal is judged by the policy it was made with', () => {
  const policy = { ...presets.standard, denominator: 'fixed30' } as const
  const seal = sealed({ ...upgraded, policy })
  expect(short(run(upgraded))).not.toEqual(short(run({ ...upgraded, policy })))
  expect(differences({ ...upgraded, policy: presets.standard, sealed: [seal] })).toEqual([[]])
})

test('[BL15] a run does not adjust itself or what comes after it', () => {
  const [first, second] = [sealed(before), sealed({ ...before, period: november })]
  expect(short(run({ ...upgraded, sealed: [first, second] }))).toEqual([
    'tier:starter 2026-10-01..2026-10-22 21000',
    'tier:enterprise 2026-10-22..2026-11-01 20000',
  ])
})

test('[BL14] the hash covers who is billed what and why, not names, titles and sentences', () => {
  const hash = runHash(run(before))
  expect(hash).toMatch(/^[\w-]{43}$/)
  const renamed = {
    ...before,
    clients: [{ ...acme, name: 'Acme Dental Group' }],
    tiers: [{ id: 'starter', name: 'Basic', rank: 1 }],
  }
  expect(runHash(run(renamed))).toBe(hash)
  expect(sealRun(run(renamed), { prefix: '' })).toEqual(sealed(before))
  expect(runHash(run({ ...before, policy: presets.lago }))).not.toBe(hash)
  expect(runHash(run({ ...before, prices: [price('starter', 31_001)] }))).not.toBe(hash)
})

test('[BL14] the canonical bytes stay what they are: this hash was made by the first release', () => {
  const fixed = book({
    prices: [{ ...price('starter', 31_000), entry: 'p' }],
    periods: [{ ...on('starter', '2026-01-01'), entries: ['a'] }],
  })
  expect(runHash(run(fixed))).toBe('m54CSW6K-EwJw1iViJAeThv3C-rAUPF_Z_tWvwXH5dw')
})

test('[BL13] numbers are counted without gaps within a period, and two periods never share one', () => {
  const clients = ['c', 'a', 'b'].map((id) => ({ ...acme, id }))
  const periods = clients.map(({ id }) => ({ ...on('starter', '2026-01-01'), client: id }))
  const inOctober = run(book({ clients, periods, prices }))
  const numbers = sealRun(inOctober, { prefix: 'INV-' }).invoices.map(({ number, client }) => [number, client])
  expect(numbers).toEqual([
    ['INV-2026-10-0001', 'a'],
    ['INV-2026-10-0002', 'b'],
    ['INV-2026-10-0003', 'c'],
  ])
  const inNovember = run(book({ clients, periods, prices, period: november }))
  expect(invoiceNumbers(inNovember, { prefix: 'INV-' })).not.toContain(numbers[0]![0])
  const half = run(
    book({ prices: [price('starter', 1, { timing: 'advance' })], period: { from: '2026-10-01', to: '2026-10-16' } }),
  )
  expect(invoiceNumbers(half, { prefix: '' })).toEqual(['20261001-20261016-0001'])
})

test('[BL13] a period is named by its month wherever the calendar says that it is one, else by both its days', () => {
  for (const year of ['0099', '1999', '2024', '9998'])
    for (let month = 1; month <= 12; month++) {
      const from = `${year}-${String(month).padStart(2, '0')}-01`
      expect(periodLabel({ from, to: addMonths(from, 1) })).toBe(from.slice(0, 7))
    }
  const others: (readonly [string, string, string])[] = [
    ['2026-10-01', '2026-10-31', '20261001-20261031'],
    ['2026-10-01', '2026-12-01', '20261001-20261201'],
    ['2026-10-02', '2026-11-02', '20261002-20261102'],
    ['2026-12-01', '2026-01-01', '20261201-20260101'],
  ]
  for (const [from, to, label] of others) expect(periodLabel({ from, to })).toBe(label)
})

test('[BL13] two devices that seal the same book for the same period make the same seal', () => {
  expect(sealed({ ...before, periods: [...before.periods].reverse() })).toEqual(sealed(before))
})

test('[BL17] a run is compared with the one before by client and item', () => {
  const clients = [acme, { ...acme, id: 'new', name: 'New' }]
  const after = run({
    ...upgraded,
    clients,
    periods: [...upgraded.periods, { ...on('starter', '2026-11-01'), client: 'new' }],
    period: november,
  })
  expect(compareRuns(sealed(before), after)).toMatchObject([
    {
      client: 'acme',
      before: 31_000,
      after: 62_000,
      items: [
        { item: 'tier:enterprise', before: 0, after: 62_000 },
        { item: 'tier:starter', before: 31_000, after: 0 },
      ],
    },
    { client: 'new', before: 0, after: 31_000 },
  ])
  expect(compareRuns(sealed(before), run({ ...before, period: november }))).toEqual([])
})
