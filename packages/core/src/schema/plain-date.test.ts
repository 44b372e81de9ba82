// The days of zones that are not as one thinks.
import { expect, test } from 'vitest'
import { dateInZone, endOfDay } from './plain-date.ts'

test.each([
  ['2026-11-22', 'UTC', '2026-11-22T23:59:59.999Z'],
  ['2026-03-29', 'Europe/Berlin', '2026-03-29T21:59:59.999Z'], // 23 hours
  ['2026-10-25', 'Europe/Berlin', '2026-10-25T22:59:59.999Z'], // 25 hours
  ['2026-11-22', 'Pacific/Kiritimati', '2026-11-22T09:59:59.999Z'],
  ['2026-11-22', 'Pacific/Chatham', '2026-11-22T10:14:59.999Z'],
  ['2026-09-05', 'America/Santiago', '2026-09-06T03:59:59.999Z'], // the next day begins at one
  ['2011-12-29', 'Pacific/Apia', '2011-12-30T09:59:59.999Z'], // the next day is left out
])('[TL5] %s ends in %s at %s', (date, zone, end) => {
  const last = endOfDay(date, zone)
  expect(new Date(last).toISOString()).toBe(end)
  expect(dateInZone(last, zone)).toBe(date)
  expect(dateInZone(last + 1, zone) > date).toBe(true)
})
