// What a person should look at before a file is handed over, in the language shown.
import type { ExportFlag } from '@tierbook/billing'
import { m } from '#lib/paraglide/messages.js'

/** One sentence. */
export function flagWords({ code, number, about }: ExportFlag): string {
  const [of, what] = [number ?? '', about ?? '']
  switch (code) {
    case 'formula':
      return m.invoices_flag_formula({ number: of, text: what })
    case 'negative-total':
      return m.invoices_flag_credit({ number: of, total: what })
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
