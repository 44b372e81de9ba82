import { expect, test } from 'vitest'
import { dateWords, exactTime, numberWords, relativeTime } from './words.ts'

const now = Date.UTC(2026, 10, 22, 12)

test('relative times round down to the largest whole unit', () => {
  expect(relativeTime(now - 30_000, now)).toBe('just now')
  expect(relativeTime(now - 90_000, now)).toBe('1 minute ago')
  expect(relativeTime(now - 86_400_000, now)).toBe('yesterday')
  expect(relativeTime(now - 20 * 86_400_000, now)).toBe('2 weeks ago')
  expect(relativeTime(now - 400 * 86_400_000, now)).toBe('last year')
})

test('exact times are on the clock of the zone that is asked for', () => {
  expect(exactTime(now, 'UTC')).toBe('22 Nov 2026, 12:00')
  expect(exactTime(now, 'Pacific/Kiritimati')).toBe('23 Nov 2026, 02:00')
  expect(exactTime(now, 'America/New_York')).toBe('22 Nov 2026, 07:00')
})

test('calendar dates do not move with any zone', () => {
  expect(dateWords('2024-02-29')).toBe('29 Feb 2024')
  expect(dateWords('2026-09-01')).toBe('1 Sept 2026')
})

test('numbers are grouped', () => {
  expect([numberWords(1), numberWords(1204)]).toEqual(['1', '1,204'])
})
