// Everything that an invoice run of @tierbook/billing is made from, as plain data.
import type { Tier } from '../schema/built-in-tiers.ts'
import type { PlainDate } from '../schema/plain-date.ts'
import type { OtherRef } from '../schema/other-refs.ts'
import type { PriceFields, UpliftFields, UsageFields } from '../schema/billing-entries.ts'
import type { BillingFacts, Said } from './billing-facts.ts'
import type { BookProjection } from './book-projection.ts'
import type { SealedRunFacts } from './sealed-run.ts'
import { idOfEvent } from './tier-event.ts'

/** The input of `invoiceRun`, short of the policy. */
export interface BillingInput {
  readonly period: { readonly from: PlainDate; readonly to: PlainDate }
  readonly timeZone: string
  readonly currency: string
  readonly tiers: readonly Pick<Tier, 'id' | 'name' | 'rank'>[]
  readonly clients: readonly {
    readonly id: string
    readonly name: string
    readonly createdOn: PlainDate
    readonly externalRef: string | null
    /** Absent where it has none. */
    readonly otherRefs?: readonly OtherRef[]
  }[]
  readonly periods: readonly {
    readonly client: string
    readonly tier: string
    readonly from: PlainDate
    readonly to: PlainDate | null
    readonly entries: readonly string[]
  }[]
  readonly prices: readonly Said<PriceFields>[]
  readonly uplifts: readonly Said<UpliftFields>[]
  readonly usage: readonly Said<UsageFields & { readonly client: string }>[]
  /** Seals that count. */
  readonly sealed: readonly SealedRunFacts[]
}

/** Gathers what the book says, for one period; of some clients only where `clients` names them. */
export function billingInput(
  projection: BookProjection,
  facts: BillingFacts,
  period: BillingInput['period'],
  { clients }: { readonly clients?: readonly string[] } = {},
): BillingInput {
  const { timeZone, currency } = projection.settings()
  const rows = clients ? clients.flatMap((id) => projection.rows.get(id) ?? []) : [...projection.rows.values()]
  return {
    period,
    timeZone,
    currency,
    tiers: projection.tiers().map(({ id, name, rank }) => ({ id, name, rank })),
    clients: rows.map(({ id, name, createdOn, externalRef, otherRefs }) => ({
      ...{ id, name, createdOn, externalRef },
      ...(otherRefs ? { otherRefs } : {}),
    })),
    periods: rows.flatMap(({ id }) => servedPeriods(projection, id)),
    prices: facts.prices,
    uplifts: facts.uplifts,
    usage: facts.usage,
    get sealed() {
      return facts.seals.filter(({ state }) => state === 'sealed').map(({ run }) => run)
    },
  }
}

function servedPeriods(projection: BookProjection, client: string): BillingInput['periods'][number][] {
  const steps = projection.client(client)?.facts().steps ?? []
  return steps.flatMap((step, index) =>
    step.tier === null
      ? []
      : [
          {
            client,
            tier: step.tier,
            from: step.on,
            to: steps[index + 1]?.on ?? null,
            entries: [idOfEvent(step.cause)],
          },
        ],
  )
}
