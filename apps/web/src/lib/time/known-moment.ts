// A moment on the clock of the book's zone: up to which what was recorded counts.
import { isPlainDate } from '@tierbook/core'
import {
  type CalendarDate,
  parseAbsolute,
  parseDate,
  parseTime,
  toCalendarDateTime,
  toZoned,
} from '@internationalized/date'

/** A day, and a time of it (`14:30`) or none for its end, both as the book's zone counts them. */
export interface KnownMoment {
  readonly date: string
  readonly time: string
}

/**
 * What the overview's address holds: the day itself, or the last moment of a minute in UTC. Of a minute that comes twice when clocks are set back the
 * second is meant, and one that is left out is the one behind the gap.
 *
 * @example toKnown({ date: '2026-03-03', time: '14:30' }, 'Europe/Berlin') // '2026-03-03T13:30:59.999Z'
 */
export function toKnown({ date, time }: KnownMoment, timeZone: string): string | null {
  if (!isPlainDate(date)) return null
  if (time === '') return date
  const day: CalendarDate = parseDate(date)
  const minute = toZoned(toCalendarDateTime(day, parseTime(time)), timeZone, 'later')
    .toDate()
    .getTime()
  return new Date(minute + 59_999).toISOString()
}

/** The other way round, for the fields that show it. */
export function fromKnown(known: string | null, timeZone: string): KnownMoment {
  if (known === null) return { date: '', time: '' }
  if (known.length === 10) return { date: known, time: '' }
  const [date = '', time = ''] = parseAbsolute(new Date(known).toISOString(), timeZone).toString().split('T')
  return { date, time: time.slice(0, 5) }
}
