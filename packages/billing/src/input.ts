// What a run is made from: plain data, as `book.billingInput()` of @tierbook/core gives it.
import type { Interval } from './cycles.ts'
import type { DateRange, PlainDate } from './plain-date.ts'
import type { Policy } from './policy.ts'
import type { Decimal } from './rational.ts'
import type { SealedRun } from './seal.ts'

/** Everything an invoice run depends on; there is no clock behind it. */
export interface BillingInput {
  /** What the run covers: cycles billed in arrears that end in it, and those billed in advance that begin in it. */
  readonly period: DateRange
  readonly clients: readonly BillingClient[]
  readonly tiers: readonly BillingTier[]
  /** Which client was on which tier; of all time, or at least as far back as the longest billing interval. */
  readonly periods: readonly TierPeriod[]
  /** The price book. Of two prices for the same and from the same date the later in this list holds. */
  readonly prices: readonly Price[]
  readonly uplifts?: readonly Uplift[] | undefined
  readonly usage?: readonly Usage[] | undefined
  readonly policy: Policy
  /** The book's time zone (IANA); matters where the policy counts seconds. */
  readonly timeZone: string
  /** The book's currency (ISO 4217), for clients that have none of their own. */
  readonly currency: string
  /** Runs that were sealed: what the book says of them now, and what was billed, differ by the adjustments. */
  readonly sealed?: readonly SealedRun[] | undefined
}

export interface BillingClient {
  readonly id: string
  readonly name: string
  readonly createdOn: PlainDate
  /** The client's key in the MSP's other systems. */
  readonly externalRef?: string | null | undefined
  /** What systems with a name call it. */
  readonly otherRefs?: readonly { readonly system: string; readonly id: string }[] | undefined
  readonly currency?: string | undefined
  /** The day from which cycles of `cycle: 'anniversary'` count. @default createdOn */
  readonly anchor?: PlainDate | undefined
}

export interface BillingTier {
  readonly id: string
  readonly name: string
  /** Position in tier order, lowest first. */
  readonly rank: number
}

/** A client was on a tier from a date until another (null: it still is), with how many seats. */
export interface TierPeriod {
  readonly client: string
  readonly tier: string
  readonly from: PlainDate
  readonly to: PlainDate | null
  /** Seats or sites that a price multiplies by. @default 1 */
  readonly quantity?: number | undefined
  /** Ids of the log entries that say so. */
  readonly entries: readonly string[]
}

/** What a price is for. */
export type PriceItem =
  | { readonly kind: 'client' }
  | { readonly kind: 'tier'; readonly tier: string }
  | { readonly kind: 'usage'; readonly unit: string; readonly tier?: string | undefined }
  | {
      readonly kind: 'bundle'
      readonly bundle: string
      readonly name: string
      /** The client whose invoice has the bundle's price. */
      readonly payer: string
      readonly members: readonly string[]
      /** What members do not pay by themselves: `base` (flat and tier prices) and `usage:<unit>`. */
      readonly includes: readonly string[]
    }

/** One step of a graduated or volume price; `upTo` null has no end. `rate` for each unit, `flat` once where the step is reached. */
export interface PriceStep {
  readonly upTo: number | null
  /** Minor units for one unit; may have decimals: `"0.06"`. */
  readonly rate: Decimal
  /** Minor units. */
  readonly flat?: number | undefined
}

/** How a quantity of usage becomes an amount. */
export type UsageModel =
  | { readonly type: 'perUnit'; readonly rate: Decimal }
  | { readonly type: 'graduated'; readonly steps: readonly PriceStep[] }
  | { readonly type: 'volume'; readonly steps: readonly PriceStep[] }
  | { readonly type: 'package'; readonly size: number; readonly amount: number }

/** How a price works: an amount in minor units for a cycle, usage, or `none`, which ends the price and lets the next below it hold again. */
export type PriceModel =
  | { readonly type: 'flat'; readonly amount: number }
  | (UsageModel & {
      /** Units of each cycle that are free; prices that hold in one cycle one after the other share them by their days. */
      readonly included?: number | undefined
      /** Minor units charged at least for a whole cycle of service. */
      readonly minimum?: number | undefined
      /** What several records of one cycle amount to. @default 'sum' */
      readonly aggregate?: 'sum' | 'max' | 'last' | undefined
    })
  | { readonly type: 'none' }

/** One entry of the price book. */
export interface Price {
  /** Id of the log entry. */
  readonly entry: string
  readonly item: PriceItem
  /** Whom the price is for, if it overrides that of everybody. */
  readonly client?: string | undefined
  readonly effectiveOn: PlainDate
  /** From when on it also holds for clients that were there before `effectiveOn`; null: for new clients only. @default effectiveOn */
  readonly existingFrom?: PlainDate | null | undefined
  readonly currency: string
  readonly interval: Interval
  readonly timing: 'advance' | 'arrears'
  readonly cycle: 'calendar' | 'anniversary'
  readonly model: PriceModel
  /** Minor units, once, when a client first has this item; of usage when the first of it is billed. */
  readonly setupFee?: number | undefined
  readonly discount?: Discount | undefined
  /** Passed through to the ledger; we compute no tax. */
  readonly taxCode?: string | undefined
  /** What it costs the MSP for one cycle, or one unit of usage, in minor units. */
  readonly cost?: Decimal | undefined
}

/** Taken off a price until a date (excluded; null: for good): a percentage, or an amount in minor units off each cycle of each seat. */
export type Discount = { readonly until: PlainDate | null } & (
  { readonly percent: Decimal } | { readonly amount: number }
)

/** All prices set before `effectiveOn` go up (or down) by a percentage from then on. */
export interface Uplift {
  readonly entry: string
  readonly percent: Decimal
  readonly effectiveOn: PlainDate
  /** Which clients; all where it is missing. */
  readonly clients?: readonly string[] | undefined
  /** Which tiers; all where it is missing. */
  readonly tiers?: readonly string[] | undefined
}

/** How much of a unit a client used in a range of dates. */
export interface Usage {
  readonly entry: string
  readonly client: string
  readonly unit: string
  readonly from: PlainDate
  readonly to: PlainDate
  readonly quantity: Decimal
}
