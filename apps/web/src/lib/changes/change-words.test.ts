import type { UndoneUnit } from '@tierbook/core'
import { expect, test } from 'vitest'
import { detailOf, kindOf } from './change-words.ts'

const names = {
  tier: (id: string) => (id === 'starter' ? { name: 'Basis' } : null),
  client: (id: string) => (id === 'acme' ? { name: 'Acme Dental' } : undefined),
}
const detail = (kind: string, fields: Record<string, unknown>, subject = 'acme') =>
  detailOf({ kind, fields, subject }, names)

test('known kinds have a name, others are said to be of a newer version', () => {
  expect(kindOf({ kind: 'tier.assigned', newer: false })).toBe('Tier assigned')
  expect(kindOf({ kind: 'moon.landed', newer: true })).toBe('Made by a newer version (moon.landed)')
})

test('fields are said in words', () => {
  expect(detail('client.edited', { name: 'Acme', createdOn: '2024-02-29', externalRef: null, note: 'changed' })).toBe(
    'name “Acme” · created 29 Feb 2024 · external id cleared · note changed',
  )
  expect(detail('import.applied', { rows: 1200, source: 'clients.csv' })).toBe('1,200 rows from clients.csv')
  expect(detail('tier.assigned', {})).toBeNull()
  expect(detail('tier.edited', { typicalUse: 'Small shops', colour: 'sky' }, 'starter')).toBe(
    'Basis · typical use “Small shops” · colour sky',
  )
})

test('entries about money say how much of what, for whom, with numbers as people here write them', () => {
  const usage = { unit: 'Backup GB', quantity: '2589.5', from: '2026-09-01', to: '2026-10-01' }
  expect(detail('usage.recorded', usage)).toBe('2,589.5 Backup GB, Sept 2026')
  expect(detail('usage.recorded', { ...usage, to: '2026-09-16' })).toBe(
    '2,589.5 Backup GB, from 1 Sept 2026 to 15 Sept 2026',
  )
  const run = { from: '2026-09-01', to: '2026-10-01', part: 0 }
  expect([1, 3].map((of) => detail('run.sealed', { ...run, of }))).toEqual(['Sept 2026', 'Sept 2026, part 1 of 3'])
  const price = { currency: 'GBP', interval: 'month', model: { type: 'flat', amount: 19_900 } }
  expect(detail('price.set', { ...price, item: { kind: 'tier', tier: 'starter' } })).toBe('Basis: £199.00 / month')
  expect(
    detail('price.set', {
      ...price,
      client: 'acme',
      item: { kind: 'usage', unit: 'Device' },
      model: { type: 'perUnit', rate: '250' },
      discount: { percent: '10', until: null },
    }),
  ).toBe('Acme Dental · Device: £2.50 a unit / month · 10 % off')
  expect(detail('price.set', { ...price, item: { kind: 'client' }, model: { type: 'none' } })).toBe(
    'Flat rate, whatever the tier: ended',
  )
  expect(
    detail('price.set', { uplift: { percent: '5', tiers: ['starter'], clients: ['acme'], effectiveOn: '2027-01-01' } }),
  ).toBe('Acme Dental · Prices of Basis: 5 % · effective 1 Jan 2027')
})

test('what undid something names it, and a view that was taken away is named', () => {
  const undone = (undoes: Partial<UndoneUnit>) =>
    detailOf(
      {
        ...{ kind: 'action.undone', subject: 'x', fields: {} },
        undoes: { kind: '', subject: '', fields: {}, clientName: null, isBatch: false, ...undoes },
      },
      names,
    )
  const price = { item: { kind: 'tier', tier: 'starter' }, currency: 'GBP', interval: 'month' }
  expect(undone({ kind: 'price.set', fields: { ...price, model: { type: 'flat', amount: 19_900 } } })).toBe(
    'Price set · Basis: £199.00 / month',
  )
  expect(undone({ kind: 'tier.edited', subject: 'starter', fields: { colour: 'sky' } })).toBe(
    'Tier edited · Basis · colour sky',
  )
  expect(undone({ kind: 'tier.assigned', clientName: 'Acme', fields: { tier: 'starter' }, isBatch: true })).toBe(
    'Tier assigned · Acme · Basis and more',
  )
  expect(undone({ kind: 'import.applied', fields: { rows: 2, source: 'a.csv' }, isBatch: true })).toBe(
    'Import applied · 2 rows from a.csv',
  )
  expect(detail('view.saved', { name: null, was: { name: 'Mine' } })).toBe('“Mine” removed')
})
