// Calendar dates are plain `YYYY-MM-DD` strings: a `Date` would drag a time zone into the invoice.
import * as z from 'zod/mini'
import { fillUnits } from './text-units.ts'

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const dash = 45
const minuteMs = 60_000

/** Whether `text` names a day of the calendar between 1900-01-01 and 2999-12-31. */
export function isPlainDate(text: unknown): text is PlainDate {
  return typeof text === 'string' && text.length === 10 && dayAt(fillUnits(text), 0) > 0
}

/** The {@link dayNumber} of the date whose ten units begin at `from`; 0 where there is none. */
export function dayAt(units: Uint8Array, from: number): number {
  if (units[from + 4] !== dash || units[from + 7] !== dash) return 0
  const year = digits(units, from, from + 4)
  const month = digits(units, from + 5, from + 7)
  const day = digits(units, from + 8, from + 10)
  if (!(year >= 1900 && year < 3000 && month >= 1 && month <= 12 && day >= 1)) return 0
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = month === 2 && isLeap ? 29 : (daysInMonth[month - 1] ?? 0)
  return day <= days ? year * 10_000 + month * 100 + day : 0
}

/** Days met so far by their number, one shared text for each; a book has a few thousand. */
const knownDays = new Map<number, PlainDate>()

/** A date as a number that sorts as dates do: 20261122 for 2026-11-22. */
export function dayNumber(date: PlainDate): number {
  return dayAt(fillUnits(date), 0)
}

/** The date of a {@link dayNumber}. */
export function dateOfDay(day: number): PlainDate {
  const known = knownDays.get(day)
  if (known !== undefined) return known
  const text = String(day).padStart(8, '0')
  const date = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
  knownDays.set(day, date)
  return date
}

/** The number that the units `[from, to)` spell, NaN where one is no digit. Every entry of a log has a date, so no regular expression. */
function digits(units: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let place = from; place < to; place++) {
    const digit = (units[place] ?? 0) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** A calendar date `YYYY-MM-DD` without a time zone; dates compare as strings. */
export type PlainDate = string

/** Schema of {@link PlainDate}. */
export const PlainDate = z
  .string()
  .check(z.refine((text) => isPlainDate(text), { error: 'expected a calendar date YYYY-MM-DD' }))

const formatters = new Map<string, Intl.DateTimeFormat>()

/** The calendar date that a wall clock in `timeZone` shows at `epochMs`. */
export function dateInZone(epochMs: number, timeZone: string): PlainDate {
  let formatter = formatters.get(timeZone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
    formatters.set(timeZone, formatter)
  }
  const parts = formatter.formatToParts(epochMs)
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`
}

/** The last moment of a day in `timeZone`, epoch ms. Works where a day has no midnight, or is left out altogether. */
export function endOfDay(date: PlainDate, timeZone: string): number {
  // No zone is more than 15 hours from UTC; dates only go forwards.
  const utc = Date.parse(`${date}T00:00:00Z`)
  let [on, later] = [utc - 900 * minuteMs, utc + (1_440 + 900) * minuteMs]
  while (later - on > 1) {
    const middle = Math.floor((on + later) / 2)
    if (dateInZone(middle, timeZone) <= date) on = middle
    else later = middle
  }
  return on
}

/** Whether the runtime knows `timeZone` as an IANA name. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}
