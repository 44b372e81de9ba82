// Everything that an invoice run of @tierbook/billing is made from, as plain data.
import type { Tier } from '../schema/built-in-tiers.ts'
import type { PlainDate } from '../schema/plain-date.ts'
import type { PriceFields, SealedPart, UpliftFields, UsageFields } from '../schema/billing-entries.ts'
import type { BillingFacts, Said, SealFacts } from './billing-facts.ts'
import type { BookProjection } from './book-projection.ts'
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
    readonly currency?: string
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

/** A seal as `checkSeals` of @tierbook/billing reads it. */
export interface SealedRunFacts {
  readonly period: { readonly from: PlainDate; readonly to: PlainDate }
  readonly policy: SealedPart['policy']
  readonly hash: string
  readonly invoices: readonly {
    readonly number: string
    readonly client: string
    readonly currency: string
    readonly total: number
    readonly lines: readonly SealedLineFacts[]
  }[]
}

/** A billed line. */
export interface SealedLineFacts {
  readonly item: string
  readonly cycle: { readonly from: PlainDate; readonly to: PlainDate }
  readonly from: PlainDate
  readonly to: PlainDate
  readonly quantity: string
  readonly amount: number
  readonly price: string | null
  readonly adjusts?: { readonly from: PlainDate; readonly to: PlainDate }
}

/** Gathers what the book says, for one period. A client's currency is that of its latest own price, else the book's. */
export function billingInput(
  projection: BookProjection,
  facts: BillingFacts,
  period: { readonly from: PlainDate; readonly to: PlainDate },
): BillingInput {
  const { timeZone, currency } = projection.settings()
  const ownCurrency = new Map<string, string>()
  for (const price of facts.prices) if (price.client !== undefined) ownCurrency.set(price.client, price.currency)
  const rows = [...projection.rows.values()]
  return {
    period,
    timeZone,
    currency,
    tiers: projection.tiers().map(({ id, name, rank }) => ({ id, name, rank })),
    clients: rows.map(({ id, name, createdOn, externalRef }) => {
      const own = ownCurrency.get(id)
      return { id, name, createdOn, externalRef, ...(own === undefined ? {} : { currency: own }) }
    }),
    periods: rows.flatMap(({ id }) => servedPeriods(projection, id)),
    prices: facts.prices,
    uplifts: facts.uplifts,
    usage: facts.usage,
    sealed: facts.seals.filter(({ state }) => state === 'sealed').map(toSealedRun),
  }
}

/** A seal with its lines by name. */
export function toSealedRun({ from, to, policy, hash, invoices }: SealFacts): SealedRunFacts {
  return {
    period: { from, to },
    policy,
    hash,
    invoices: invoices.map(({ number, client, currency, total, lines }) => ({
      number,
      client,
      currency,
      total,
      lines: lines.map(([item, cycleFrom, cycleTo, lineFrom, lineTo, quantity, amount, price, ...adjusted]) => {
        const [adjustsFrom, adjustsTo] = adjusted as readonly (string | undefined)[]
        return {
          item,
          cycle: { from: cycleFrom, to: cycleTo },
          from: lineFrom,
          to: lineTo,
          quantity,
          amount,
          price,
          ...(adjustsFrom !== undefined && adjustsTo !== undefined
            ? { adjusts: { from: adjustsFrom, to: adjustsTo } }
            : {}),
        }
      }),
    })),
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
