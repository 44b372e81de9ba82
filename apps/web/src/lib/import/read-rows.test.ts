// Rows of prices, usage and history as people write them.
import { createId, type ClientRow } from '@tierbook/core'
import { expect, test } from 'vitest'
import { createLookUp } from './look-up.ts'
import { historyReader } from './read-history.ts'
import { priceReader, readSteps } from './read-price-row.ts'
import { readPeriod, usageReader } from './read-usage.ts'

const [acme, bolt, other] = [createId(), createId(), createId()]
const book = {
  clients: () =>
    [
      { id: acme, name: 'Acme', externalRef: 'A-1' },
      { id: bolt, name: 'Bolt', externalRef: null },
      { id: other, name: 'bolt', externalRef: 'B-2' },
    ] as ClientRow[],
  tiers: () => [{ id: 'starter', name: 'Starter' }] as never,
  prices: () => [{ item: { kind: 'usage', unit: 'Backup GB' } }] as never,
  usage: () => [{ unit: 'Seats' }] as never,
  settings: () => ({ name: '', timeZone: 'UTC', currency: 'GBP', created: true }),
  today: () => '2026-11-22',
}
const lookUp = createLookUp(book)

test('months, quarters and years are periods, and so are a first and a last day', () => {
  expect(['2026-02', '2026-12', '2026-Q4', '2024', '2026-13', 'October'].map(readPeriod)).toEqual([
    { from: '2026-02-01', to: '2026-03-01' },
    { from: '2026-12-01', to: '2027-01-01' },
    { from: '2026-10-01', to: '2027-01-01' },
    { from: '2024-01-01', to: '2025-01-01' },
    null,
    null,
  ])
  const usage = usageReader(lookUp, null)
  const days = { from: '2026-10-01', to: '2026-10-31' }
  expect(usage.read({ client: 'x', externalRef: 'A-1', unit: 'GB', quantity: '1,5', ...days })).toMatchObject({
    item: { client: acme, from: '2026-10-01', to: '2026-11-01', quantity: '1.5' },
  })
})

test('every fault of a usage row is said, with what was expected and what came', () => {
  const read = usageReader(lookUp, null).read({ client: 'Bolt', unit: '', quantity: '-3', period: 'soon' })
  expect(read).toEqual({
    faults: [
      'Expected a name that one client has, got “bolt”, which several have. Add an external id.',
      'Expected the name of a unit, got nothing.',
      'Expected a period such as 2026-10, 2026-Q4 or 2026, or a first and a last day, got “soon”.',
      'Expected a quantity such as 12 or 0.5, got “-3”.',
    ],
  })
})

test('history names tiers or ends', () => {
  const history = historyReader(book, lookUp)
  const row = { client: 'Acme', effectiveOn: '2025-01-01' }
  expect(history.read({ ...row, tier: 'STARTER', reason: 'deal' })).toMatchObject({
    item: { client: acme, to: { tier: 'starter' }, effectiveOn: '2025-01-01', reason: 'deal' },
  })
  expect(history.read({ ...row, tier: 'Ended' })).toMatchObject({ item: { to: 'end' } })
  expect(history.read({ client: 'Nobody', tier: 'Gold', effectiveOn: '2025-02-30' })).toMatchObject({
    faults: [
      'Expected a client of this book, got “Nobody”. Import clients first.',
      'Expected one of Starter, ended, got “Gold”.',
      'Expected a date YYYY-MM-DD, got “2025-02-30”.',
    ],
  })
})

test('a price row says for what, how much, how often, and its terms', () => {
  const prices = priceReader(book, lookUp)
  expect(
    prices.read({
      for: 'Starter',
      amount: '310,50',
      effectiveOn: '2026-01-01',
      interval: 'quarterly',
      client: 'Acme',
      timing: 'in advance',
      discount: '10 %',
      discountUntil: '2026-07-01',
      existingFrom: 'new only',
      setupFee: '99',
      cost: '120.255',
    }),
  ).toMatchObject({
    item: {
      item: { kind: 'tier', tier: 'starter' },
      client: acme,
      currency: 'GBP',
      interval: 'quarter',
      timing: 'advance',
      existingFrom: null,
      model: { type: 'flat', amount: 31_050 },
      discount: { percent: '10', until: '2026-07-01' },
      setupFee: 9_900,
      cost: '12025.5',
    },
  })
  expect(prices.read({ for: 'Stacks', steps: '10: 0.50; 100: 0.40+5; 0.30', discount: '5 GBP' })).toMatchObject({
    item: {
      item: { kind: 'usage', unit: 'Stacks' },
      effectiveOn: '2026-11-01',
      model: {
        type: 'graduated',
        steps: [
          { upTo: 10, rate: '50' },
          { upTo: 100, rate: '40', flat: 500 },
          { upTo: null, rate: '30' },
        ],
      },
      discount: { amount: 500 },
    },
  })
  expect(prices.read({ for: 'flat', amount: '1.234', currency: 'JPY', interval: 'weekly' })).toMatchObject({
    faults: [expect.stringContaining('got “weekly”'), expect.stringContaining('got “1.234”')] as string[],
  })
})

test('a name that no tier and no known unit has is a fault, unless the row says that it is a unit', () => {
  const prices = priceReader(book, lookUp)
  expect(prices.read({ for: 'Stater', amount: '310' })).toEqual({
    faults: [
      'Expected Starter, “flat” or a unit that the book knows, got “Stater”. For a new unit write “unit” in a column “Kind”.',
    ],
  })
  expect(prices.read({ for: 'Stater', kind: 'tier', amount: '310' })).toHaveProperty('faults')
  expect(prices.read({ for: 'Phones', kind: 'fruit', amount: '1' })).toEqual({
    faults: ['Expected tier, flat, unit or bundle, got “fruit”.'],
  })
  const unitOf = (row: Record<string, string>) => {
    const read = prices.read({ amount: '1', ...row })
    return 'item' in read && read.item.item
  }
  expect(unitOf({ for: 'Phones', kind: 'unit' })).toEqual({ kind: 'usage', unit: 'Phones' })
  expect(unitOf({ for: 'seats' })).toEqual({ kind: 'usage', unit: 'Seats' })
  expect(unitOf({ for: 'BACKUP GB' })).toEqual({ kind: 'usage', unit: 'Backup GB' })
})

test('a bundle names who pays and its members; rows of one name are one bundle', () => {
  const prices = priceReader(book, lookUp)
  const row = { for: 'Group', kind: 'bundle', amount: '900', client: 'Acme', members: 'Acme; B-2' }
  const read = prices.read({ ...row, includes: 'base; Backup GB' })
  expect(read).toMatchObject({
    item: {
      item: {
        kind: 'bundle',
        name: 'Group',
        payer: acme,
        members: [acme, other],
        includes: ['base', 'usage:Backup GB'],
      },
      model: { type: 'flat', amount: 90_000 },
    },
  })
  expect(read).not.toHaveProperty('item.client')
  const later = prices.read({ ...row, amount: '950', effectiveOn: '2027-01-01' })
  const idOf = (one: typeof read) => 'item' in one && one.item.item.kind === 'bundle' && one.item.item.bundle
  expect(idOf(later)).toBe(idOf(read))
  expect(prices.read({ for: 'Group', kind: 'bundle', amount: '1', members: 'Nobody' })).toMatchObject({
    faults: [expect.any(String), 'Expected a client of this book, got “Nobody”. Import clients first.'] as string[],
  })
})

test('steps that fall, or that are none, are refused', () => {
  expect(readSteps('ten: 5')).toBeNull()
  const prices = priceReader(book, lookUp)
  expect(prices.read({ for: 'Stacks', steps: '10: 0.50; 5: 0.40; 0.30' })).toMatchObject({
    faults: ['Expected a whole number of at least 11, got “5”.'],
  })
  expect(prices.read({ for: 'Stacks', steps: '10: 0.50; 20: 0.40' })).toMatchObject({
    faults: ['The last step has no end: leave this empty.'],
  })
})
