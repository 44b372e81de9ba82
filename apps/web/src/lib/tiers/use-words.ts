// Whom a tier is for. What the built-in tiers say of themselves is part of the code, and so it is said in the language shown.
import { builtInTiers, type Tier } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'

const builtInWords: Readonly<Record<string, () => string>> = {
  starter: m.tiers_use_starter,
  professional: m.tiers_use_professional,
  enterprise: m.tiers_use_enterprise,
}

/** What somebody wrote about it, or our own words; empty where there are none. */
export function useWords(tier: Pick<Tier, 'id' | 'typicalUse'>): string {
  const isOurs = builtInTiers.some(({ id, typicalUse }) => id === tier.id && typicalUse === tier.typicalUse)
  return (isOurs ? builtInWords[tier.id]?.() : null) ?? tier.typicalUse ?? ''
}
