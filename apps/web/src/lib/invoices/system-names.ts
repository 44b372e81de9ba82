// What the systems behind the presets call themselves.
import type { PresetName } from '@tierbook/billing'

/** Names of products: the same in every language. */
export const systemNames: Readonly<Record<PresetName, string>> = {
  standard: 'Tierbook',
  stripe: 'Stripe',
  killbill: 'Kill Bill',
  lago: 'Lago',
  connectwise: 'ConnectWise',
  flexprice: 'Flexprice',
}
