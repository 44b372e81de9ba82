// Sealed runs put together from their parts, and which of them counts where two people sealed the same days.
import type { LoggedAction } from '../log/logged-action.ts'
import type { SealedPart } from '../schema/billing-entries.ts'
import { type SealedRunFacts, toSealedRun } from './sealed-run.ts'

/** A sealed run; `superseded` where another seal of days it covers holds, `incomplete` where parts are missing. */
export interface SealFacts {
  readonly from: string
  readonly to: string
  readonly hash: string
  readonly prefix: string
  readonly policy: SealedPart['policy']
  readonly invoices: SealedPart['invoices']
  readonly state: 'sealed' | 'superseded' | 'incomplete'
  /** Parts that are not here: on their way from another device, or never written because that was cut off. */
  readonly missing: number
  /** Who sealed it first, and when by their device's clock. */
  readonly by: string
  readonly at: number
  readonly action: string
  /** Every action of it that is here, this one included. */
  readonly actions: readonly string[]
  /** The run as `checkSeals` of @tierbook/billing reads it. */
  readonly run: SealedRunFacts
}

/** A part of a seal, where it stands in the log. */
export interface LoggedPart {
  readonly value: Record<string, unknown>
  readonly logged: LoggedAction
}

interface SealGroup {
  readonly first: SealedPart
  readonly logged: LoggedAction
  readonly parts: Map<number, SealedPart>
  readonly actions: string[]
  /** By part, when the server first had it, epoch ms; infinite where it has not, or there is none. */
  readonly receivedAt: Map<number, number>
}

/** Gives the seals in log order. `before` are those of the last time: what is the same stays the same object. */
export function toSeals(
  entries: readonly LoggedPart[],
  {
    before,
    receivedAt,
  }: { readonly before: readonly SealFacts[]; readonly receivedAt: (row: number) => number | null },
): SealFacts[] {
  const groups = groupParts(entries, receivedAt)
  const holding = whichHold(groups)
  return groups.map((group): SealFacts => {
    const { first, logged, parts, actions } = group
    const { from, to, hash, prefix, policy } = first
    const inOrder = [...parts.values()].sort((a, b) => a.part - b.part)
    const invoices = inOrder.flatMap((part) => part.invoices)
    const state = parts.size !== first.of ? 'incomplete' : holding.has(group) ? 'sealed' : 'superseded'
    const same = before.find((one) => one.action === logged.id && one.state === state)
    if (same?.invoices.length === invoices.length && same.actions.length === actions.length) return same
    let run: SealedRunFacts | undefined
    return {
      ...{ from, to, hash, prefix, policy, invoices, state },
      missing: first.of - parts.size,
      by: logged.by,
      at: logged.at,
      action: logged.id,
      actions,
      // Ten thousand invoices by name are made for who asks for them.
      get run() {
        return (run ??= toSealedRun(first, invoices))
      },
    }
  })
}

/**
 * Of seals that share days the one that the server had first holds, and where it has neither, or both came at once, the first in log order:
 * numbers that the server has confirmed are never taken by somebody who was offline for longer.
 */
function whichHold(groups: readonly SealGroup[]): ReadonlySet<SealGroup> {
  const whole = groups.filter(({ parts, first }) => parts.size === first.of)
  const holding = new Set<SealGroup>()
  // The sort is stable: log order stays among equals.
  for (const group of whole.sort((a, b) => (fullAt(a) === fullAt(b) ? 0 : fullAt(a) - fullAt(b)))) {
    const { from, to } = group.first
    const isTaken = [...holding].some(({ first }) => first.from < to && from < first.to)
    if (!isTaken) holding.add(group)
  }
  return holding
}

/** When the server had all of it; infinite where it has not. */
function fullAt({ receivedAt }: SealGroup): number {
  return Math.max(...receivedAt.values())
}

function emptyGroup(first: SealedPart, logged: LoggedAction): SealGroup {
  return { first, logged, parts: new Map(), actions: [], receivedAt: new Map() }
}

function groupParts(entries: readonly LoggedPart[], receivedAt: (row: number) => number | null): SealGroup[] {
  const groups = new Map<string, SealGroup>()
  for (const { value, logged } of entries) {
    const part = value as SealedPart
    const received = receivedAt(logged.row) ?? Number.POSITIVE_INFINITY
    // Parts of one seal agree in all of this; another prefix would cut the run at other places.
    const key = `${part.from} ${part.to} ${part.hash} ${part.of} ${part.prefix}`
    const group = groups.get(key) ?? emptyGroup(part, logged)
    groups.set(key, group)
    // The same part from another device changes nothing, but may have been there earlier.
    group.parts.set(part.part, group.parts.get(part.part) ?? part)
    group.receivedAt.set(part.part, Math.min(group.receivedAt.get(part.part) ?? received, received))
    group.actions.push(logged.id)
  }
  return [...groups.values()]
}
