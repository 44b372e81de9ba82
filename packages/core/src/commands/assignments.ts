// Putting a client on a tier from a date on, ending its service and resuming it.
import * as z from 'zod/mini'
import type { Appended } from '../book.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import type { ClientState } from '../projection/client-state.ts'
import { stepOn } from '../projection/timeline.ts'
import { fail, type Result, succeed } from '../result.ts'
import { Reason } from '../schema/entries.ts'
import { Id, TierId } from '../schema/ids.ts'
import { PlainDate } from '../schema/plain-date.ts'
import { checkInput, quote } from './check-input.ts'
import { type Command, entryOf } from './draft.ts'

const ServiceChange = z.strictObject({ client: Id, effectiveOn: z.optional(PlainDate), reason: z.optional(Reason) })
const Assignment = z.extend(ServiceChange, { tier: TierId })

type AppendedEntry = Appended & { entry: string }
const appendedEntry = (action: string): AppendedEntry => ({ action, entry: `${action}/0` })

/** Puts a client on a tier from `effectiveOn` (today) on. */
export const assignTier: Command<unknown, AppendedEntry> = ({ projection }, input) => {
  const checked = checkInput(Assignment, input)
  if (!checked.ok) return checked
  const { client, tier, reason } = checked.value
  const effectiveOn = checked.value.effectiveOn ?? projection.today()
  const state = stateOfClient(projection, client)
  if (!state.ok) return state
  if (!projection.tiers().some((known) => known.id === tier)) {
    return fail('unknown-tier', `tier: expected the id of a tier of this book, got ${quote(tier)}`, 'tier')
  }
  const seen = state.value.seenOn(effectiveOn)
  if (seen.status === 'ended') {
    const since = stepOn(state.value.facts().steps, effectiveOn)?.on
    return fail('client-ended', `effectiveOn: the service has ended on ${since}; resume it first`, 'effectiveOn', {
      says: 'ended-since',
      on: since ?? effectiveOn,
    })
  }
  // Saying again what already holds would only add noise, unless it settles a contested client.
  if (seen.tier === tier && !seen.contested) {
    return fail('nothing-to-change', `tier: the client is already on ${quote(tier)} on ${effectiveOn}`, 'tier', {
      says: 'already-on-tier',
      tier,
      on: effectiveOn,
    })
  }
  const entry = entryOf({
    kind: 'tier.assigned' as const,
    subject: client,
    tier,
    effectiveOn,
    after: [...seen.headIds()],
    reason,
  })
  return succeed({ describe: [], entries: [entry], value: appendedEntry })
}

/** Ends a client's service: the first day without it is `effectiveOn` (today). */
export const endClient: Command<unknown, AppendedEntry> = (context, input) =>
  changeService(context, input, 'client.ended')

/** Resumes an ended client on its last tier from `effectiveOn` (today) on. */
export const resumeClient: Command<unknown, AppendedEntry> = (context, input) =>
  changeService(context, input, 'client.resumed')

function changeService(
  { projection }: Parameters<Command<unknown, AppendedEntry>>[0],
  input: unknown,
  kind: 'client.ended' | 'client.resumed',
) {
  const checked = checkInput(ServiceChange, input)
  if (!checked.ok) return checked
  const { client, reason } = checked.value
  const effectiveOn = checked.value.effectiveOn ?? projection.today()
  const state = stateOfClient(projection, client)
  if (!state.ok) return state
  const facts = state.value.facts()
  const step = stepOn(facts.steps, effectiveOn)
  const isEnded = step?.ended === true
  if (kind === 'client.ended' && isEnded)
    return fail('client-ended', `effectiveOn: the service has already ended on ${step.on}`, 'effectiveOn', {
      says: 'ended-since',
      on: step.on,
    })
  if (kind === 'client.resumed' && !isEnded)
    return fail('client-not-ended', `effectiveOn: the client is in service on ${effectiveOn}`, 'effectiveOn', {
      says: 'in-service',
      on: effectiveOn,
    })
  const entry = entryOf({ kind, subject: client, effectiveOn, after: [...facts.headIds], reason })
  return succeed({ describe: [], entries: [entry], value: appendedEntry })
}

function stateOfClient(projection: BookProjection, client: string): Result<ClientState> {
  const state = projection.client(client)
  if (!state?.isAdded)
    return fail('unknown-client', `client: expected the id of a client of this book, got ${quote(client)}`, 'client')
  return succeed(state)
}
