import { expect, test } from 'vitest'
import { filterToQuery, filterToSearch, readFilter } from './change-filter.ts'

test('a filter survives the way through the address', () => {
  const filter = { client: 'c'.repeat(22), kind: 'tier.assigned', from: '2026-10-01', to: '2026-10-31' }
  expect(readFilter(new URLSearchParams(filterToSearch(filter)))).toEqual(filter)
  expect(filterToSearch({})).toBe('')
})

test('dates that are none are left out', () => {
  expect(readFilter(new URLSearchParams('?from=2026-02-30&to=soon&actor=x'))).toEqual({ actor: 'x' })
})

test('the last day counts, across the end of a month and a year', () => {
  expect(filterToQuery({ to: '2026-12-31' })).toEqual({ to: '2027-01-01' })
  expect(filterToQuery({ from: '2028-02-01', to: '2028-02-28' })).toEqual({ from: '2028-02-01', to: '2028-02-29' })
})
