// Dates, times and counts as people read them; the exact form stands beside each relative one.

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exactFormats = new Map<string, Intl.DateTimeFormat>()
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** “3 days ago”; “just now” below a minute. */
export function relativeTime(at: number, now: number): string {
  const difference = at - now
  for (const [unit, ms] of units) {
    if (Math.abs(difference) >= ms) return relative.format(Math.trunc(difference / ms), unit)
  }
  return 'just now'
}

/** “19 Nov 2026, 14:03” on the clock of `timeZone`. */
export function exactTime(at: number, timeZone: string): string {
  let format = exactFormats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23', timeZone })
    exactFormats.set(timeZone, format)
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const month = monthNames[Number(parts.get('month')) - 1] ?? ''
  return `${Number(parts.get('day'))} ${month} ${parts.get('year')}, ${parts.get('hour')}:${parts.get('minute')}`
}

/** A calendar date as “1 Dec 2026”. */
export function dateWords(date: string): string {
  const [year, month, day] = date.split('-')
  return `${Number(day)} ${monthNames[Number(month) - 1] ?? month} ${year}`
}

/** “1 client”, “1,204 clients”. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}
