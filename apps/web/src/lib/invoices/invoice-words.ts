// Invoices in words: periods, money, and how a line came about, in the language shown.
import { formatMoney, type DateRange, type Line } from '@tierbook/billing'
import { formatLocale } from '#lib/i18n/locale.ts'
import { dateWords } from '#lib/ui/words.ts'
import { m } from '#lib/paraglide/messages.js'
import { basisWords } from './basis-words.ts'

/** Money as people here write it. */
export function money(amount: number, currency: string): string {
  return formatMoney(amount, currency, formatLocale())
}

/** A calendar month by its name: “October 2026”. */
export function monthWords(month: string): string {
  const format = new Intl.DateTimeFormat(formatLocale(), { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return format.format(Date.parse(`${month}-01T00:00:00Z`))
}

/** A range with its last day named. */
export function rangeWords({ from, to }: DateRange): string {
  const last = daysAfter(to, -1)
  return from >= last ? dateWords(from) : `${dateWords(from)} – ${dateWords(last)}`
}

/** A date moved by days; of UTC days, which all have 24 hours. */
export function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

const originWords = {
  client: m.invoices_origin_client,
  tier: m.invoices_origin_tier,
  book: m.invoices_origin_book,
  bundle: m.invoices_origin_bundle,
  adjustment: m.invoices_origin_adjustment,
  sealed: m.invoices_origin_sealed,
}

/** What a line is for. */
export function lineTitle(line: Line, itemName: (item: string) => string): string {
  if (line.adjusts) return m.invoices_adjusts({ period: rangeWords(line.adjusts.period) })
  return itemName(line.item)
}

function originSince({ origin, basis }: Line): string {
  const words = originWords[origin]()
  return basis ? m.record_prices_since({ origin: words, date: dateWords(basis.effectiveOn) }) : words
}

/** How a line's amount came about: days, part of the cycle, whose price, or what was billed and what it is now. */
export function lineDetail(line: Line, currency: string, itemName: (item: string) => string): string {
  if (line.adjusts) {
    const parts = line.adjusts.parts.map(
      ({ item, billed, now }) =>
        `${itemName(item)}: ${m.invoices_billed_now({ billed: money(billed, currency), now: money(now, currency) })}`,
    )
    return parts.join(' · ')
  }
  const parts = [
    line.days > 0 ? rangeWords(line) : dateWords(line.from),
    line.fraction === '1' || line.kind !== 'recurring'
      ? ''
      : m.invoices_days_of({ days: line.days, of: line.cycleDays }),
    ...(line.basis ? basisWords(line, line.basis, currency) : []),
    originSince(line),
  ]
  return parts.filter(Boolean).join(' · ')
}
