// The tier catalogue: built-in tiers, those the MSP added, and what it changed about either. Entries that do not fit their schema are in no log that is read.
import { builtInTiers, type Tier } from '../schema/built-in-tiers.ts'
import type { FieldReader } from './said-fields.ts'

const fields = ['name', 'typicalUse', 'rank', 'colour'] as const
const unsaid = { name: '', typicalUse: null, rank: 0, colour: 'slate', builtIn: false } as const

/** All tiers in tier order; `added` are the ids that a `tier.added` entry names. */
export function readTiers(read: FieldReader, added: Iterable<string>): readonly Tier[] {
  const base = new Map([...added].map((id): [string, Tier] => [id, { id, ...unsaid }]))
  for (const tier of builtInTiers) base.set(tier.id, tier)
  return [...base.values()]
    .map((tier) => describe(tier, read))
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
}

function describe(tier: Tier, read: FieldReader): Tier {
  const said = fields.map((field) => [field, read(`${tier.id}/${field}`)] as const)
  return { ...tier, ...Object.fromEntries(said.filter(([, value]) => value !== undefined)) }
}
