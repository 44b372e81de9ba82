// What is wrong with an amount that cannot be read: which of the usual slips it is, with an example that the currency takes.
import { currencyDigits } from '@tierbook/billing'
import { formatLocale } from '#lib/i18n/locale.ts'
import { m } from '#lib/paraglide/messages.js'

/** As `1,500`, `1.234,50` and `1 500` have them; what begins with 0 has decimals. */
const withThousands = /^[1-9]\d{0,2}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d+)?$/
const withDecimals = /^\d+[.,](\d+)$/

/**
 * Says why `text` is no amount. Rates have decimals beyond those of their currency: `isRate`.
 *
 * @example amountFault('1500.50', { currency: 'JPY' }) // 'Amounts in JPY have no decimals: …'
 */
export function amountFault(
  text: string,
  { currency, isRate = false }: { currency: string; isRate?: boolean },
): string {
  const digits = currencyDigits(currency) ?? 2
  const trimmed = text.trim()
  const example = exampleOf(isRate ? Math.max(2, digits) : digits)
  if (withThousands.test(trimmed)) return m.prices_no_thousands({ example: exampleOf(0), text })
  const decimals = withDecimals.exec(trimmed)?.[1]?.length ?? 0
  if (!isRate && decimals > digits)
    return digits === 0
      ? m.prices_no_decimals({ currency, example, text })
      : m.prices_too_many_decimals({ currency, digits, example, text })
  return m.prices_not_an_amount({ example, text })
}

/**
 * Whether `text` reads as thousands where the reader writes numbers so, though it could have three decimals: `1,500` in English, `1.500` in
 * German. Taking it for 1.5 would bill a thousandth, so it is asked for again.
 */
export function readsAsThousands(text: string): boolean {
  const parts = new Intl.NumberFormat(formatLocale()).formatToParts(1_000_000)
  const sign = parts.find(({ type }) => type === 'group')?.value
  const trimmed = text.trim()
  return sign !== undefined && withThousands.test(trimmed) && trimmed.replaceAll(sign, '').length < trimmed.length
}

function exampleOf(digits: number): string {
  if (digits === 0) return '1500'
  return new Intl.NumberFormat(formatLocale(), { minimumFractionDigits: digits, useGrouping: false }).format(12.5)
}
