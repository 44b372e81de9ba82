// Dates, times and counts as people in this locale read them; the exact form stands beside each relative one.
import { formatLocale } from '#lib/i18n/locale.ts'
import { m } from '#lib/paraglide/messages.js'

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]
const formats = new Map<string, unknown>()

/** “3 days ago”; “just now” below a minute. */
export function relativeTime(at: number, now: number): string {
  const difference = at - now
  for (const [unit, ms] of units) {
    if (Math.abs(difference) >= ms) {
      const format = cached('relative', (locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }))
      return format.format(Math.trunc(difference / ms), unit)
    }
  }
  return m.ui_just_now()
}

/** “19 Nov 2026, 14:03” on the clock of `timeZone`. */
export function exactTime(at: number, timeZone: string): string {
  const format = cached(
    timeZone,
    (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }),
  )
  return format.format(at)
}

/** A calendar date as “1 Dec 2026”. */
export function dateWords(date: string): string {
  const format = cached('date', (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }))
  return format.format(Date.parse(`${date}T00:00:00Z`))
}

/** “Apr” of a calendar date. */
export function monthWords(date: string): string {
  const format = cached('month', (locale) => new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' }))
  return format.format(Date.parse(`${date}T00:00:00Z`))
}

/** “1,204”. */
export function numberWords(count: number): string {
  return cached('number', (locale) => new Intl.NumberFormat(locale)).format(count)
}

/** “12 MB” of a number of bytes. */
export function sizeWords(bytes: number): string {
  const [unit, size] =
    bytes >= 1e9
      ? (['gigabyte', 1e9] as const)
      : bytes >= 1e6
        ? (['megabyte', 1e6] as const)
        : (['kilobyte', 1e3] as const)
  const format = cached(
    unit,
    (locale) => new Intl.NumberFormat(locale, { style: 'unit', unit, maximumSignificantDigits: 2 }),
  )
  return format.format(bytes / size)
}

/** Making a formatter takes longer than formatting a page of dates. */
function cached<T>(kind: string, make: (locale: string) => T): T {
  const locale = formatLocale()
  const key = `${locale} ${kind}`
  let format = formats.get(key) as T | undefined
  if (format === undefined) formats.set(key, (format = make(locale)))
  return format
}
