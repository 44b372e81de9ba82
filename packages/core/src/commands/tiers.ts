// The tier catalogue: adding tiers and changing what describes one.
import * as z from 'zod/mini'
import type { Appended } from '../book.ts'
import { fail, succeed } from '../result.ts'
import { Name, Rank, TierColour, TypicalUse } from '../schema/entries.ts'
import { createId, TierId } from '../schema/ids.ts'
import { checkInput, quote } from './check-input.ts'
import { type Command, type Described, entryOf, wasOf } from './draft.ts'

const trimmedName = z.pipe(z.string().check(z.trim()), Name)
const NewTier = z.strictObject({
  name: trimmedName,
  typicalUse: z.optional(TypicalUse),
  rank: z.optional(Rank),
  colour: z.optional(TierColour),
})

/** Adds a tier; without a rank it becomes the highest. */
export const addTier: Command<unknown, Appended & { id: string }> = ({ projection }, input) => {
  const checked = checkInput(NewTier, input)
  if (!checked.ok) return checked
  const { name, typicalUse, colour = 'teal' } = checked.value
  const tiers = projection.tiers()
  const rank = checked.value.rank ?? Math.min(1_000_000, (tiers.at(-1)?.rank ?? 0) + 100)
  if (isNameTaken(tiers, name))
    return fail('invalid-input', `name: expected a name no other tier has, got ${quote(name)}`, 'name', {
      says: 'name-taken',
      name,
    })
  const id = createId()
  const describe = describeTier(id, { name, typicalUse, rank, colour })
  const entry = entryOf({ kind: 'tier.added' as const, subject: id, name, typicalUse, rank, colour })
  return succeed({ describe, entries: [entry], value: (action) => ({ action, id }) })
}

const TierEdit = z.strictObject({
  tier: TierId,
  name: z.optional(trimmedName),
  typicalUse: z.optional(z.nullable(TypicalUse)),
  rank: z.optional(Rank),
  colour: z.optional(TierColour),
})

/** Changes a tier's name, place, colour or typical use; fields that already hold the value are left out. */
export const editTier: Command<unknown, Appended> = ({ projection }, input) => {
  const checked = checkInput(TierEdit, input)
  if (!checked.ok) return checked
  const { tier: id, ...wanted } = checked.value
  const tiers = projection.tiers()
  const tier = tiers.find((known) => known.id === id)
  if (!tier) return fail('unknown-tier', `tier: expected the id of a tier of this book, got ${quote(id)}`, 'tier')
  if (
    wanted.name !== undefined &&
    isNameTaken(
      tiers.filter((other) => other.id !== id),
      wanted.name,
    )
  ) {
    return fail('invalid-input', `name: expected a name no other tier has, got ${quote(wanted.name)}`, 'name', {
      says: 'name-taken',
      name: wanted.name,
    })
  }
  const changed = {
    name: wanted.name === tier.name ? undefined : wanted.name,
    typicalUse: wanted.typicalUse === tier.typicalUse ? undefined : wanted.typicalUse,
    rank: wanted.rank === tier.rank ? undefined : wanted.rank,
    colour: wanted.colour === tier.colour ? undefined : wanted.colour,
  }
  const describe = describeTier(id, changed)
  if (describe.length === 0)
    return fail('nothing-to-change', `${quote(tier.name)} already has these values`, undefined, {
      says: 'same-values',
      name: tier.name,
    })
  return succeed({
    describe,
    entries: [entryOf({ kind: 'tier.edited' as const, subject: id, ...changed, was: wasOf(changed, tier) })],
    value: (action) => ({ action }),
  })
}

function describeTier(id: string, fields: Readonly<Record<string, string | number | null | undefined>>): Described[] {
  return Object.entries(fields)
    .filter((field): field is [string, string | number | null] => field[1] !== undefined)
    .map(([field, value]) => ({ root: 'tiers', key: `${id}/${field}`, value }))
}

function isNameTaken(tiers: readonly { name: string }[], name: string): boolean {
  return tiers.some((tier) => tier.name.toLowerCase() === name.toLowerCase())
}
