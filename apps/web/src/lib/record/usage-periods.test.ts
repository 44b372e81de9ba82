import { expect, test } from 'vitest'
import { periodWords } from '#lib/ui/billing-words.ts'
import { quantityWords, usageByUnit } from './usage-periods.ts'

const used = (from: string, to: string, quantity: string, about: { client?: string; unit?: string } = {}) => ({
  ...{ entry: `${from} ${quantity}`, client: 'c', unit: 'Device', from, to, quantity },
  ...about,
})

test('units come by name with their latest periods first, each against the largest that is shown', () => {
  const units = usageByUnit(
    [
      used('2026-08-01', '2026-09-01', '10'),
      used('2026-09-01', '2026-10-01', '40'),
      used('2026-09-01', '2026-10-01', '7', { client: 'other' }),
      used('2026-09-01', '2026-10-01', '2.5', { unit: 'Backup' }),
    ],
    'c',
  )
  expect(units.map(({ unit, periods }) => [unit, periods.map(({ from, share }) => [from, share])])).toEqual([
    ['Backup', [['2026-09-01', 1]]],
    [
      'Device',
      [
        ['2026-09-01', 1],
        ['2026-08-01', 0.25],
      ],
    ],
  ])
})

test('a later quantity for the same days takes the place of the former, and nothing used draws no bar', () => {
  const again = [used('2026-09-01', '2026-10-01', '40'), used('2026-09-01', '2026-10-01', '0')]
  expect(usageByUnit(again, 'c')[0]?.periods).toEqual([
    { from: '2026-09-01', to: '2026-10-01', quantity: '0', share: 0 },
  ])
})

test('whole months are named, other periods by their first and last day', () => {
  expect(periodWords({ from: '2026-12-01', to: '2027-01-01' })).toBe('Dec 2026')
  expect(periodWords({ from: '2026-12-03', to: '2026-12-04' })).toBe('3 Dec 2026')
  expect(periodWords({ from: '2026-12-03', to: '2026-12-11' })).toContain('10 Dec 2026')
})

test('quantities keep every digit', () => {
  expect(quantityWords('12345678901234567.125')).toBe('12,345,678,901,234,567.125')
})
