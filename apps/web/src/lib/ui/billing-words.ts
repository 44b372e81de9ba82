// Words of money pages: decimals, and the last day before a date. Apart from other words, which the first page loads.
import { formatLocale } from '#lib/i18n/locale.ts'
import { m } from '#lib/paraglide/messages.js'
import { dateWords } from './words.ts'

/** The calendar date before another: `2026-02-28` before `2026-03-01`. */
export function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
}

/** “Oct 2026” for a whole month, else its first and last day. */
export function periodWords({ from, to }: { readonly from: string; readonly to: string }): string {
  const start = new Date(`${from}T00:00:00Z`)
  const monthEnd = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1)).toISOString().slice(0, 10)
  if (from.endsWith('-01') && to === monthEnd) return formats().months.format(start)
  const last = dayBefore(to)
  return last <= from ? dateWords(from) : m.record_span({ from: dateWords(from), to: dateWords(last) })
}

/** “17.5” of a decimal text, with all its decimals. */
export function decimalWords(decimal: string | number): string {
  return formats().decimals.format(String(decimal) as Intl.StringNumericLiteral)
}

let made: {
  readonly locale: string
  readonly decimals: Intl.NumberFormat
  readonly months: Intl.DateTimeFormat
} | null = null

/** Making a format takes longer than formatting a page with it. */
function formats() {
  const locale = formatLocale()
  if (made?.locale !== locale) {
    made = {
      locale,
      decimals: new Intl.NumberFormat(locale, { maximumFractionDigits: 12 }),
      months: new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }),
    }
  }
  return made
}
