// What a person should look at before a file is handed over, in the language shown.
import type { ExportFlag } from '@tierbook/billing'
import { m } from '#lib/paraglide/messages.js'
import { formatLocale } from '#lib/i18n/locale.ts'

/** One sentence. */
export function flagWords({ code, number, about }: ExportFlag): string {
  const [of, what] = [number ?? '', about ?? '']
  switch (code) {
    case 'formula':
      return m.invoices_flag_formula({ number: of, text: what })
    case 'negative-total':
      return m.invoices_flag_credit({ number: of, total: moneyOf(what) })
    case 'long-number':
      return m.invoices_flag_number({ number: of })
    case 'long-description':
      return m.invoices_flag_description({ number: of })
    case 'no-tax-code':
      return m.invoices_flag_tax({ number: of })
    case 'mixed-currencies':
      return m.invoices_flag_currencies({ currencies: what })
  }
}

/** “-487,35 €” of the engine's `-487.35 EUR`. */
function moneyOf(about: string): string {
  const [amount = '', currency = ''] = about.split(' ')
  const format = new Intl.NumberFormat(formatLocale(), { style: 'currency', currency })
  return format.format(amount as Intl.StringNumericLiteral)
}
