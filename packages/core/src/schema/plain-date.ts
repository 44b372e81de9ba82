// Calendar dates are plain `YYYY-MM-DD` strings: a `Date` would drag a time zone into the invoice.
import * as z from 'zod/mini'

const datePattern = /^(19|2\d)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether `text` names a day of the calendar between 1900-01-01 and 2999-12-31. */
export function isPlainDate(text: unknown): text is PlainDate {
  if (typeof text !== 'string' || !datePattern.test(text)) return false
  const year = Number(text.slice(0, 4))
  const month = Number(text.slice(5, 7))
  const day = Number(text.slice(8, 10))
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= (month === 2 && isLeap ? 29 : (daysInMonth[month - 1] ?? 0))
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

/** Whether the runtime knows `timeZone` as an IANA name. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}
