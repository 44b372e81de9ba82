import { expect, test } from 'vitest'
import { barTicks, placeOnBar, segmentRange, tierSegments } from './tier-segments.ts'

const period = (from: string, tier: string | null, entry: string | null) => ({ from, to: null, tier, entry })

test('the bar goes from the first day to some weeks after the last known change', () => {
  expect(segmentRange({ createdOn: '2024-01-01', today: '2026-11-22', periods: [] })).toEqual({
    from: '2024-01-01',
    to: '2027-01-21',
  })
  const periods = [period('1900-01-01', null, null), period('2027-01-01', 'a', 'x'), period('2027-03-01', 'b', 'y')]
  expect(segmentRange({ createdOn: '2027-01-01', today: '2026-11-22', periods })).toEqual({
    from: '2026-11-22',
    to: '2027-04-30',
  })
})

test('the bar begins with the first change that counts, also where the client was created later', () => {
  const options = { createdOn: '2024-03-01', today: '2026-11-22' }
  const before = period('1900-01-01', null, null)
  const assigned = [before, period('2020-01-01', 'enterprise', 'x'), period('2024-03-01', 'starter', 'y')]
  expect(segmentRange({ ...options, periods: assigned }).from).toBe('2020-01-01')
  expect(segmentRange({ ...options, periods: [before, period('2019-01-01', null, 'x')] }).from).toBe('2019-01-01')
})

test('the part that reaches the end of the bar is open', () => {
  const range = { from: '2024-01-01', to: '2026-01-01' }
  const periods = [
    { ...period('2024-01-01', 'starter', 'a'), to: '2025-01-01' },
    { ...period('2025-01-01', 'enterprise', 'b'), to: '2026-01-01' },
  ]
  expect(tierSegments(periods, range, '2025-06-01').map(({ to }) => to)).toEqual(['2025-01-01', null])
})

test('shares follow the days exactly, and the whole is one', () => {
  const range = { from: '2024-01-01', to: '2026-01-01' }
  const periods = [
    { from: '2024-01-01', to: '2025-01-01', tier: 'starter', entry: 'a' },
    { from: '2025-01-01', to: '2025-01-02', tier: 'professional', entry: 'b' },
    { from: '2025-01-02', to: null, tier: 'enterprise', entry: 'c' },
  ]
  const segments = tierSegments(periods, range, '2025-01-01')
  expect(segments.map(({ share }) => Math.round(share * 731))).toEqual([366, 1, 364])
  expect(segments.map(({ isFuture }) => isFuture)).toEqual([false, false, true])
  expect(placeOnBar('2025-01-01', range)).toBeCloseTo(366 / 731)
})

test('a long bar is marked by years, a short one by quarters, and never by too many', () => {
  expect(barTicks({ from: '2024-03-01', to: '2025-02-01' }, 8)).toEqual([
    '2024-04-01',
    '2024-07-01',
    '2024-10-01',
    '2025-01-01',
  ])
  expect(barTicks({ from: '2020-05-01', to: '2024-02-01' }, 8)).toEqual([
    '2021-01-01',
    '2022-01-01',
    '2023-01-01',
    '2024-01-01',
  ])
  expect(barTicks({ from: '1990-05-01', to: '2026-02-01' }, 8).length).toBeLessThanOrEqual(8)
})
