import type { ClientRow } from '@tierbook/core'
import { expect, test } from 'vitest'
import {
  type ClientFilter,
  countFilters,
  fitsFilter,
  noFilter,
  readClientFilter,
  writeClientFilter,
} from './client-filter.ts'

const now = Date.UTC(2026, 10, 22, 12)
const day = 86_400_000
const row: ClientRow = {
  id: 'c'.repeat(22),
  name: 'Acme',
  tier: 'starter',
  status: 'active',
  createdOn: '2024-03-01',
  lastActivity: now - 40 * day,
  externalRef: null,
  note: null,
  scheduled: null,
  contested: false,
}
const fits = (filter: Partial<ClientFilter>, change: Partial<ClientRow> = {}) =>
  fitsFilter({ ...noFilter, ...filter }, now)({ ...row, ...change })

test('filters add up, alternatives within one do not', () => {
  expect(fits({})).toBe(true)
  expect(fits({ tiers: ['starter', 'enterprise'] })).toBe(true)
  expect(fits({ tiers: ['enterprise'] })).toBe(false)
  expect(fits({ tiers: ['starter'], contested: true })).toBe(false)
  expect(fits({ tiers: ['starter'], contested: true }, { contested: true })).toBe(true)
  expect(fits({ statuses: ['ended', 'upcoming'] })).toBe(false)
  expect(fits({ scheduled: true }, { scheduled: { entry: 'e', effectiveOn: '2027-01-01', tier: null } })).toBe(true)
  expect(fits({ note: true }, { note: 'Invoice to head office' })).toBe(true)
})

test('inactive counts whole days, and a client that was never seen is inactive', () => {
  expect(fits({ idleDays: 40 })).toBe(true)
  expect(fits({ idleDays: 41 })).toBe(false)
  expect(fits({ idleDays: 41 }, { lastActivity: null })).toBe(true)
})

test('created between includes both days', () => {
  expect(fits({ from: '2024-03-01', to: '2024-03-01' })).toBe(true)
  expect(fits({ from: '2024-03-02' })).toBe(false)
  expect(fits({ to: '2024-02-29' })).toBe(false)
})

test('a filter survives the way through the address, and nonsense in it is left out', () => {
  const filter: ClientFilter = {
    tiers: ['starter', 'x'.repeat(22)],
    statuses: ['active', 'ended'],
    contested: true,
    scheduled: true,
    idleDays: 30,
    from: '2024-02-29',
    to: '2026-12-31',
    note: true,
  }
  const params = new URLSearchParams('q=acme&contested=7')
  writeClientFilter(filter, params)
  expect(readClientFilter(params)).toEqual(filter)
  expect(params.get('q')).toBe('acme')
  expect(countFilters(filter)).toBe(7)
  writeClientFilter(noFilter, params)
  expect(params.toString()).toBe('q=acme')
  expect(readClientFilter(new URLSearchParams('status=asleep&idle=-3&from=2026-02-30&tier=,'))).toEqual(noFilter)
})
