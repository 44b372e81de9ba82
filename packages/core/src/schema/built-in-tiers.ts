// The tiers every book has: defined in code under fixed ids, so that nothing needs to be seeded; `tier.edited` overrides their fields.

/** A service tier as shown. */
export interface Tier {
  readonly id: string
  readonly name: string
  /** Whom the tier is typically for. */
  readonly typicalUse: string | null
  /** Position in tier order, lowest first. */
  readonly rank: number
  readonly colour: TierColourName
  readonly builtIn: boolean
}

/** Badge colours; each has a light and a dark shade in the app. */
export type TierColourName = 'slate' | 'sky' | 'violet' | 'emerald' | 'amber' | 'rose' | 'teal' | 'indigo'

/** Starter, Professional, Enterprise. */
export const builtInTiers: readonly Tier[] = [
  {
    id: 'starter',
    name: 'Starter',
    typicalUse: 'Small businesses, basic monitoring',
    rank: 100,
    colour: 'slate',
    builtIn: true,
  },
  {
    id: 'professional',
    name: 'Professional',
    typicalUse: 'Growing businesses, advanced monitoring',
    rank: 200,
    colour: 'sky',
    builtIn: true,
  },
  {
    id: 'enterprise',
    name: 'Enterprise',
    typicalUse: 'Large organisations, full feature access',
    rank: 300,
    colour: 'violet',
    builtIn: true,
  },
]
