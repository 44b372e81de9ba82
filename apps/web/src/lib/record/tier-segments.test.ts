import { expect, test } from 'vitest'
import { segmentRange, tierSegments } from './tier-segments.ts'

test('the bar goes from the first day to some weeks after the last known change', () => {
  expect(segmentRange({ createdOn: '2024-01-01', today: '2026-11-22', scheduledOn: null })).toEqual({
    from: '2024-01-01',
    to: '2027-01-21',
  })
  expect(segmentRange({ createdOn: '2027-01-01', today: '2026-11-22', scheduledOn: '2027-03-01' })).toEqual({
    from: '2026-11-22',
    to: '2027-04-30',
  })
})

test('shares follow the days, a single day stays visible, and the whole is one', () => {
  const range = { from: '2024-01-01', to: '2026-01-01' }
  const periods = [
    { from: '2024-01-01', to: '2025-01-01', tier: 'starter', entry: 'a' },
    { from: '2025-01-01', to: '2025-01-02', tier: 'professional', entry: 'b' },
    { from: '2025-01-02', to: null, tier: 'enterprise', entry: 'c' },
  ]
  const segments = tierSegments(periods, range, '2025-01-01')
  expect(segments.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  expect(segments[1]?.share).toBeGreaterThan(0.015)
  expect(segments.map(({ isFuture }) => isFuture)).toEqual([false, false, true])
})
