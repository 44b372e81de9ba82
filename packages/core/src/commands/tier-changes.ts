// Many dated changes of tiers at once, several of one client included: history that another system kept, or a plan for the time to come.
import * as z from 'zod/mini'
import { stepOn, type TierFact, timelineOf } from '../projection/timeline.ts'
import { fail, type Result, succeed } from '../result.ts'
import { type KnownEntry, Reason } from '../schema/entries.ts'
import { Id, TierId } from '../schema/ids.ts'
import { PlainDate } from '../schema/plain-date.ts'
import { checkInput, quote } from './check-input.ts'
import { type CommandContext, entryOf } from './draft.ts'

const TierChange = z.strictObject({
  client: Id,
  to: z.union([z.strictObject({ tier: TierId }), z.literal('end')]),
  effectiveOn: PlainDate,
  reason: z.optional(Reason),
})
type TierChange = z.infer<typeof TierChange>

/** What each change would do, in the order given, and the entries of each client in the order in which they have to be said. */
export interface TierChangesPlan {
  readonly outcomes: readonly Result<'add' | 'change' | 'nothing'>[]
  readonly entries: readonly (readonly KnownEntry[])[]
}

/**
 * Decides changes by date, each in sight of those before it. A tier for a client whose service has ended by then resumes it. What already
 * holds is not said again.
 */
export function planTierChanges(context: CommandContext, inputs: readonly unknown[]): TierChangesPlan {
  const outcomes: Result<'add' | 'change' | 'nothing'>[] = []
  const byClient = new Map<string, { index: number; change: TierChange }[]>()
  for (const [index, input] of inputs.entries()) {
    const checked = checkChange(context, input)
    outcomes.push(checked.ok ? succeed('nothing') : checked)
    if (!checked.ok) continue
    const list = byClient.get(checked.value.client) ?? []
    list.push({ index, change: checked.value })
    byClient.set(checked.value.client, list)
  }
  const entries: KnownEntry[][] = []
  for (const [client, changes] of byClient) {
    changes.sort((a, b) =>
      a.change.effectiveOn < b.change.effectiveOn ? -1 : a.change.effectiveOn > b.change.effectiveOn ? 1 : 0,
    )
    const said = planClient(context, client, changes, outcomes)
    if (said.length > 0) entries.push(said)
  }
  return { outcomes, entries }
}

function planClient(
  { projection }: CommandContext,
  client: string,
  changes: readonly { index: number; change: TierChange }[],
  outcomes: Result<'add' | 'change' | 'nothing'>[],
): KnownEntry[] {
  const state = projection.client(client)
  const standing: TierFact[] = [...(state?.standing ?? [])]
  const after = [...(state?.facts().headIds ?? [])]
  const entries: KnownEntry[] = []
  let before: TierChange | undefined
  for (const { index, change } of changes) {
    const { to, effectiveOn, reason } = change
    if (before?.effectiveOn === effectiveOn && JSON.stringify(before.to) !== JSON.stringify(to)) {
      const message = `effectiveOn: expected one change of a client on a day, got another on ${effectiveOn}`
      outcomes[index] = fail('invalid-input', message, 'effectiveOn', { says: 'two-on-a-day', on: effectiveOn })
      continue
    }
    before = change
    const step = stepOn(timelineOf(standing), effectiveOn)
    const holds = to === 'end' ? step?.ended === true : step?.ended === false && step.tier === to.tier
    if (holds) continue
    outcomes[index] = succeed(standing.some(({ on }) => on === effectiveOn) ? 'change' : 'add')
    const said = { subject: client, effectiveOn, after, reason }
    if (to === 'end') entries.push(entryOf({ kind: 'client.ended' as const, ...said }))
    else {
      if (step?.ended) entries.push(entryOf({ kind: 'client.resumed' as const, ...said }))
      entries.push(entryOf({ kind: 'tier.assigned' as const, ...said, tier: to.tier }))
      if (step?.ended) standing.push({ kind: 'client.resumed', tier: undefined, on: effectiveOn })
    }
    standing.push(
      to === 'end'
        ? { kind: 'client.ended', tier: undefined, on: effectiveOn }
        : { kind: 'tier.assigned', tier: to.tier, on: effectiveOn },
    )
  }
  return entries
}

function checkChange({ projection }: CommandContext, input: unknown): Result<TierChange> {
  const checked = checkInput(TierChange, input)
  if (!checked.ok) return checked
  const { client, to } = checked.value
  if (!projection.client(client)?.isAdded)
    return fail('unknown-client', `client: expected the id of a client of this book, got ${quote(client)}`, 'client')
  if (to !== 'end' && !projection.tiers().some(({ id }) => id === to.tier))
    return fail('unknown-tier', `to.tier: expected the id of a tier of this book, got ${quote(to.tier)}`, 'to.tier')
  return checked
}
