import { expect, test } from 'vitest'
import { fromKnown, toKnown } from './known-moment.ts'

test('[TL5] a day stands for itself, a minute for its last moment in the zone of the book', () => {
  expect(toKnown({ date: '2026-03-03', time: '' }, 'Europe/Berlin')).toBe('2026-03-03')
  expect(toKnown({ date: '2026-03-03', time: '14:30' }, 'Europe/Berlin')).toBe('2026-03-03T13:30:59.999Z')
  expect(toKnown({ date: '2026-07-03', time: '14:30' }, 'Europe/Berlin')).toBe('2026-07-03T12:30:59.999Z')
  expect(toKnown({ date: '2026-03-03', time: '00:10' }, 'Pacific/Kiritimati')).toBe('2026-03-02T10:10:59.999Z')
  expect(toKnown({ date: '', time: '14:30' }, 'UTC')).toBeNull()
  // As it is while a year is typed.
  expect(toKnown({ date: '20260-03-03', time: '14:30' }, 'UTC')).toBeNull()
})

test('[TL5] a minute that comes twice is the second one, a minute that is left out the one behind the gap', () => {
  expect(toKnown({ date: '2026-10-25', time: '02:30' }, 'Europe/Berlin')).toBe('2026-10-25T01:30:59.999Z')
  expect(toKnown({ date: '2026-03-29', time: '02:30' }, 'Europe/Berlin')).toBe('2026-03-29T01:30:59.999Z')
})

test('[TL5] fields show what was chosen', () => {
  for (const timeZone of ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Kiritimati'])
    for (const moment of [
      { date: '2026-03-03', time: '' },
      { date: '2026-03-03', time: '00:00' },
      { date: '2024-02-29', time: '23:59' },
    ])
      expect(fromKnown(toKnown(moment, timeZone), timeZone)).toEqual(moment)
  expect(fromKnown(null, 'UTC')).toEqual({ date: '', time: '' })
})
