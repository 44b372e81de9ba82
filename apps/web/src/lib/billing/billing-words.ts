// Why there is no run, in the language shown. The engine speaks English to developers and says what came and what was expected.
import type { BillingError } from '@tierbook/billing'
import { currentLanguage } from '#lib/i18n/locale.ts'
import { m } from '#lib/paraglide/messages.js'

const byCode: Readonly<Record<BillingError['code'], () => string>> = {
  'bad-period': m.invoices_problem_period,
  'bad-policy': m.invoices_problem_policy,
  'unknown-time-zone': m.invoices_problem_zone,
  'duplicate-client': m.invoices_problem_clients,
}

/** English keeps what the engine says after it, which is more exact. */
export function billingErrorWords({ code, message }: BillingError): string {
  return currentLanguage() === 'en' ? `${byCode[code]()} (${message})` : byCode[code]()
}
