// What a run gives: invoices with lines that say where their amount comes from, and what could not be billed.
import type { Interval } from './cycles.ts'
import type { Discount, PriceModel } from './input.ts'
import type { DateRange, PlainDate } from './plain-date.ts'
import type { Policy } from './policy.ts'
import type { PriceOrigin } from './price-book.ts'

/** One line of an invoice. Amounts are minor units; an adjustment may be negative. */
export interface Line {
  readonly kind: 'recurring' | 'usage' | 'setup' | 'adjustment'
  /** What is billed: `client`, `tier:<id>`, `usage:<unit>`, `bundle:<id>`, with `setup:` before it for setup fees. */
  readonly item: string
  /** What it is called: the tier's name, the unit, the bundle's name. */
  readonly title: string
  /** The days billed. */
  readonly from: PlainDate
  readonly to: PlainDate
  /** The billing cycle they lie in. */
  readonly cycle: DateRange
  readonly days: number
  readonly cycleDays: number
  /** Which part of the cycle was billed: `15/31`, or `1`. */
  readonly fraction: string
  /** A decimal text: seats, or units of usage. */
  readonly quantity: string
  readonly amount: number
  /** What it costs the MSP, where the price says so. */
  readonly cost: number | null
  readonly taxCode: string | null
  /** The log entry of the price; null for a net adjustment. */
  readonly price: string | null
  /** `sealed` where a seal is shown that no longer agrees with the book: it does not keep where its prices came from. */
  readonly origin: PriceOrigin | 'bundle' | 'adjustment' | 'sealed'
  /** Log entries of the assignments behind the tier. */
  readonly assignments: readonly string[]
  /** Log entries of the usage. */
  readonly usage: readonly string[]
  /** What an adjustment corrects. */
  readonly adjusts?: Adjustment
  /** What the amount was worked out from, where a price was; for who says it in words of their own. */
  readonly basis: LineBasis | null
  /** How the amount came about, in a sentence. */
  readonly explanation: string
}

/** The terms that an amount was worked out by. Not among the bytes that a run is known by: its price entry says the same. */
export interface LineBasis {
  readonly model: PriceModel
  readonly interval: Interval
  /** From when on the price holds. */
  readonly effectiveOn: PlainDate
  /** What uplifts made of it, as a factor: `26/25`, or `1`. */
  readonly uplift: string
  readonly discount: Discount | null
  /** Of usage: what was used in the whole cycle, a decimal text. */
  readonly inCycle: string | null
  /** Of usage: whether it is what is owed at least. */
  readonly isMinimum: boolean
}

/** What an adjustment corrects: items of a sealed period, with what was billed and what the book says now. */
export interface Adjustment {
  /** The sealed period. */
  readonly period: DateRange
  readonly parts: readonly AdjustedPart[]
}

/** One item and cycle whose amount is no longer what was billed; minor units. */
export interface AdjustedPart {
  readonly item: string
  readonly cycle: DateRange
  readonly billed: number
  readonly now: number
  /** Of what is corrected, where it has one. */
  readonly taxCode?: string
}

/** All that one client owes for a run in one currency. A negative total makes it a credit note. */
export interface Invoice {
  readonly client: string
  readonly clientName: string
  readonly currency: string
  readonly lines: readonly Line[]
  readonly total: number
}

/** Codes of what could not be billed; closed. */
export type NotBillableCode =
  | 'no-price'
  | 'unknown-currency'
  | 'unknown-client'
  | 'bad-price'
  | 'bad-period'
  | 'bad-quantity'
  | 'bad-usage'
  | 'negative-quantity'
  | 'overlapping-periods'
  | 'overlapping-usage'
  | 'too-large'
  | 'seal-conflict'

/** Something that should perhaps be on an invoice and is not. Nothing is left out without being listed here. */
export interface NotBillable {
  readonly code: NotBillableCode
  /** The client concerned, where there is one. */
  readonly client: string | null
  readonly item: string | null
  readonly range: DateRange | null
  /** Log entries concerned. */
  readonly entries: readonly string[]
  readonly message: string
}

/** All invoices of one period. */
export interface Run {
  readonly period: DateRange
  readonly policy: Policy
  /** The book's currency. */
  readonly currency: string
  /** Of the seal, where the run is a sealed one shown again: it stays what it was, whatever the book says by now. */
  readonly sealedHash?: string
  /** Sorted by client id, then currency. */
  readonly invoices: readonly Invoice[]
  readonly notBillable: readonly NotBillable[]
  /** Adjustments that the policy's `credit: 'none'` leaves out. */
  readonly waived: readonly { readonly client: string; readonly currency: string; readonly adjusts: Adjustment }[]
}

/** Lines of one client and currency before they become an invoice. */
export interface ClientLine {
  readonly client: string
  readonly currency: string
  readonly line: Line
}
