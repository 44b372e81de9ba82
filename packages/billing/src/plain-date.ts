// Dates are plain `YYYY-MM-DD` texts, compared as texts; whatever adds or counts goes through Temporal, never through `Date` (BL2).
import { Temporal } from 'temporal-polyfill'

/** A calendar date `YYYY-MM-DD` without a time zone. */
export type PlainDate = string

/** A range of dates that includes `from` and excludes `to`. */
export interface DateRange {
  readonly from: PlainDate
  readonly to: PlainDate
}

/** What a calendar date is made of. */
export interface DateParts {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly daysInMonth: number
  /** Days since 1970-01-01. */
  readonly epochDay: number
}

const shape = /^\d{4}-\d{2}-\d{2}$/
const partsByDate = new Map<PlainDate, DateParts | null>()
const most = 50_000 // dates kept: a century of days and the typing errors between them

/** The parts of `date`, null where it is no day of the calendar. Remembered, because a run asks for the same days over and over. */
export function dateParts(date: PlainDate): DateParts | null {
  const known = partsByDate.get(date)
  if (known !== undefined) return known
  if (partsByDate.size >= most) partsByDate.clear()
  const parts = shape.test(date) ? readParts(date) : null
  partsByDate.set(date, parts)
  return parts
}

/** Whether `value` is a day of the calendar as `YYYY-MM-DD`. */
export function isPlainDate(value: unknown): value is PlainDate {
  return typeof value === 'string' && dateParts(value) !== null
}

/** Whether `range` has at least one day. */
export function isDateRange(range: DateRange): boolean {
  return isPlainDate(range.from) && isPlainDate(range.to) && range.from < range.to
}

/** `date` moved by `days`. The day before and the day after are asked for all the time, and remembered. */
export function addDays(date: PlainDate, days: number): PlainDate {
  const kept = days === -1 ? dayBefore : days === 1 ? dayAfter : null
  const found = kept?.get(date)
  if (found !== undefined) return found
  const moved = Temporal.PlainDate.from(date).add({ days }).toString()
  if (kept && kept.size >= most) kept.clear()
  kept?.set(date, moved)
  return moved
}

const dayBefore = new Map<PlainDate, PlainDate>()
const dayAfter = new Map<PlainDate, PlainDate>()

/** `date` moved by `months`; a day that the month lacks becomes its last (31 January and a month: 28 or 29 February). */
export function addMonths(date: PlainDate, months: number): PlainDate {
  return Temporal.PlainDate.from(date).add({ months }).toString()
}

/** Days from `from` to `to`. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  return known(to).epochDay - known(from).epochDay
}

/** The moment a day begins in `timeZone`, in epoch seconds; not every day begins at 00:00. */
export function startOfDaySeconds(date: PlainDate, timeZone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds / 1_000
}

/** Whether the runtime knows `timeZone` as an IANA name. */
export function isTimeZone(timeZone: string): boolean {
  try {
    Temporal.PlainDate.from('2026-01-01').toZonedDateTime(timeZone)
    return true
  } catch {
    return false
  }
}

/** The parts of a date that has been checked. */
export function known(date: PlainDate): DateParts {
  const parts = dateParts(date)
  if (!parts) throw new Error(`expected a calendar date YYYY-MM-DD, got ${JSON.stringify(date)}`)
  return parts
}

/** The later of two dates. */
export function later(a: PlainDate, b: PlainDate): PlainDate {
  return a > b ? a : b
}

/** The earlier of two dates; null is never. */
export function earlier(a: PlainDate | null, b: PlainDate): PlainDate {
  return a !== null && a < b ? a : b
}

function readParts(date: PlainDate): DateParts | null {
  try {
    const plain = Temporal.PlainDate.from(date, { overflow: 'reject' })
    const epochDay = Temporal.PlainDate.from('1970-01-01').until(plain, { largestUnit: 'days' }).days
    return { year: plain.year, month: plain.month, day: plain.day, daysInMonth: plain.daysInMonth, epochDay }
  } catch {
    return null
  }
}
