// The tier catalogue: built-in tiers, those the MSP added, and what it changed about either.
import { textLimits, TierColour } from '../schema/entries.ts'
import { builtInTiers, type Tier, type TierColourName } from '../schema/built-in-tiers.ts'
import { TierId } from '../schema/ids.ts'
import type { FieldReader } from './said-fields.ts'

/** All tiers in tier order; `added` are the ids that a `tier.added` entry names. Values that don't fit are passed over. */
export function readTiers(read: FieldReader, added: ReadonlyMap<string, Tier>): readonly Tier[] {
  const base = [...builtInTiers, ...[...added.values()].filter((tier) => TierId.safeParse(tier.id).success)]
  return base.map((tier) => describe(tier, read)).sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
}

function describe(tier: Tier, read: FieldReader): Tier {
  const field = (name: string) => read(`${tier.id}/${name}`)
  const name = field('name')
  const typicalUse = field('typicalUse')
  const rank = field('rank')
  const colour = field('colour')
  return {
    ...tier,
    name: isText(name, textLimits.name) ? name : tier.name,
    typicalUse: typicalUse === null ? null : isText(typicalUse, textLimits.typicalUse) ? typicalUse : tier.typicalUse,
    rank: typeof rank === 'number' && Number.isSafeInteger(rank) ? rank : tier.rank,
    colour: isColour(colour) ? colour : tier.colour,
  }
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= max
}

function isColour(value: unknown): value is TierColourName {
  return TierColour.safeParse(value).success
}
