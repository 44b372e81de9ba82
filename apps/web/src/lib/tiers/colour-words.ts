// What the colours of tiers are called.
import type { TierColourName } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'

export const colourWords: Readonly<Record<TierColourName, () => string>> = {
  slate: m.tiers_slate,
  sky: m.tiers_sky,
  violet: m.tiers_violet,
  emerald: m.tiers_emerald,
  amber: m.tiers_amber,
  rose: m.tiers_rose,
  teal: m.tiers_teal,
  indigo: m.tiers_indigo,
}
