// Prices, uplifts, usage and dated tier changes in one batch: an import, or a plan that was tried out first. Wholly or not at all.
import canonicalize from 'canonicalize'
import * as z from 'zod/mini'
import type { BillingOutcome, BillingOutcomes } from '../book-billing.ts'
import type { BillingFacts } from '../projection/billing-facts.ts'
import { fail, type Result, succeed } from '../result.ts'
import type { PriceFields } from '../schema/billing-entries.ts'
import type { KnownEntry } from '../schema/entries.ts'
import { textLimits } from '../schema/entries.ts'
import { createId } from '../schema/ids.ts'
import { checkInput } from './check-input.ts'
import { cutSteps } from './cut-steps.ts'
import { type CommandContext, type Draft, entryOf } from './draft.ts'
import { type PriceEntry, priceEntry, priceName, upliftEntry } from './prices.ts'
import { planTierChanges } from './tier-changes.ts'
import type { Step } from './undo.ts'
import { createUsageSteps } from './usage.ts'

const items = z.optional(z.array(z.unknown()).check(z.maxLength(100_000)))
const BillingChange = z.strictObject({
  source: z.optional(z.string()),
  prices: items,
  uplifts: items,
  usage: items,
  tierChanges: items,
})

const lists = ['prices', 'uplifts', 'usage', 'tierChanges'] as const

/** What a change would do, and the steps that do it: those of a later round build on the entries of the one before. */
export interface BillingPlan {
  readonly source: string | undefined
  readonly outcomes: BillingOutcomes
  readonly rounds: readonly (readonly Step[])[]
}

/** Decides for each item what it does; writes nothing. */
export function planBilling(context: CommandContext, facts: BillingFacts, input: unknown): Result<BillingPlan> {
  const checked = checkInput(BillingChange, input)
  if (!checked.ok) return checked
  const { source, prices = [], uplifts = [], usage = [], tierChanges = [] } = checked.value
  const steps: Step[] = []
  const take = (entries: readonly KnownEntry[]) => steps.push({ entries, describe: [] })
  const dayOf = (price: PriceFields) => `${price.effectiveOn} ${priceName(price)}`
  const standing = new Map(facts.prices.map(({ entry: _, ...price }) => [dayOf(price), canonicalize(price)]))
  const upliftTexts = new Set(facts.uplifts.map(({ entry: _, ...uplift }) => canonicalize(uplift)))
  const outcomes = {
    prices: prices.map((price) => {
      const entry = priceEntry(context, price)
      if (!entry.ok) return { error: entry.error }
      const { kind: _kind, subject: _subject, ...fields } = entry.value as PriceEntry & PriceFields
      const [key, text] = [dayOf(fields), canonicalize(fields)]
      const before = standing.get(key)
      if (before === text) return { does: 'nothing' as const }
      standing.set(key, text)
      take([entry.value])
      return { does: before === undefined ? ('add' as const) : ('change' as const) }
    }),
    uplifts: uplifts.map((uplift) => {
      const entry = upliftEntry(context, uplift)
      if (!entry.ok) return { error: entry.error }
      if (upliftTexts.has(canonicalize((entry.value as { uplift: object }).uplift))) return { does: 'nothing' as const }
      take([entry.value])
      return { does: 'add' as const }
    }),
    usage: usage.map(usageOutcome(context, facts, take)),
    tierChanges: [] as readonly BillingOutcome[],
  }
  const changes = planTierChanges(context, tierChanges)
  outcomes.tierChanges = changes.outcomes.map((one) => (one.ok ? { does: one.value } : { error: one.error }))
  const later: Step[][] = []
  for (const entries of changes.entries) {
    for (const [round, entry] of entries.entries()) {
      const step: Step = { entries: [entry], describe: [] }
      if (round === 0) steps.push(step)
      else (later[round - 1] ??= []).push(step)
    }
  }
  return succeed({ source, outcomes, rounds: [steps, ...later] })
}

/** Drafts of a plan without faults, in order. `after` of a tier entry is filled in when its turn comes. */
export function draftBilling(
  plan: BillingPlan,
): Result<{ batch: string; written: number; drafts: readonly Draft<string>[] }> {
  for (const list of lists) {
    for (const [index, outcome] of plan.outcomes[list].entries()) {
      if (!('error' in outcome)) continue
      const { code, message, field, because } = outcome.error
      const place = `${list}.${index}`
      return fail(code, `${place}.${message}`, field === undefined ? place : `${place}.${field}`, because)
    }
  }
  const written = lists
    .flatMap((list) => plan.outcomes[list])
    .filter((one) => 'does' in one && one.does !== 'nothing').length
  if (written === 0) return fail('nothing-to-change', 'the book says all of it already')
  const batch = createId()
  const source = plan.source?.trim().slice(0, textLimits.name).toWellFormed() || undefined
  const head = entryOf({ kind: 'import.applied' as const, subject: batch, rows: written, source })
  const [first = [], ...later] = plan.rounds
  const cuts = [[...(source ? [{ entries: [head], describe: [] }] : []), ...first], ...later]
    .filter((steps) => steps.length > 0)
    .flatMap((steps) => cutSteps(steps, { batch }))
  return succeed({ batch, written, drafts: cuts.map((cut) => ({ ...cut, batch: { id: batch, of: cuts.length } })) })
}

/** The drafts with the heads that their entries build on by now (TL4); `idOf` gives the id that the action of the draft at a place will have. */
export function nameHeads(
  { projection }: CommandContext,
  drafts: readonly Draft<string>[],
  idOf: (place: number) => string,
): readonly Draft<string>[] {
  /** What earlier drafts leave as the only head of a client. */
  const heads = new Map<string, string>()
  return drafts.map((draft, place) => {
    const entries = draft.entries.map((entry) => {
      if (!('after' in entry)) return entry
      const head = heads.get(entry.subject)
      const after = head ? [head] : [...(projection.client(entry.subject)?.facts().headIds ?? entry.after)]
      return { ...entry, after }
    })
    for (const [index, entry] of entries.entries())
      if ('after' in entry) heads.set(entry.subject, `${idOf(place)}/${index}`)
    return { ...draft, entries }
  })
}

function usageOutcome(context: CommandContext, facts: BillingFacts, take: (entries: readonly KnownEntry[]) => void) {
  const decide = createUsageSteps(context, facts)
  return (record: unknown): BillingOutcome => {
    const step = decide(record)
    if (!step.ok) return { error: step.error }
    if (step.value.does !== 'nothing') take(step.value.entries)
    return { does: step.value.does }
  }
}
