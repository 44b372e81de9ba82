// Words of money pages: decimals, and the last day before a date. Apart from other words, which the first page loads.
import { formatLocale } from '#lib/i18n/locale.ts'

/** The calendar date before another: `2026-02-28` before `2026-03-01`. */
export function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
}

/** “17.5” of a decimal text, with all its decimals. */
export function decimalWords(decimal: string | number): string {
  return new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 12 }).format(
    String(decimal) as Intl.StringNumericLiteral,
  )
}
