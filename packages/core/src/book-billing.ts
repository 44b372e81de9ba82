// What an open book writes and answers for billing.
import type { Appended } from './book.ts'
import type { ExportFacts, Said } from './projection/billing-facts.ts'
import type { SealFacts } from './projection/seal-facts.ts'
import type { BillingInput } from './projection/billing-input.ts'
import type { SealedRunFacts } from './projection/sealed-run.ts'
import type { CommandError, Result } from './result.ts'
import type { ExportFields, PriceFields, UpliftFields, UsageFields } from './schema/billing-entries.ts'
import type { PlainDate } from './schema/plain-date.ts'

/** One dated change of a client's tier or service. */
export interface TierChange {
  readonly client: string
  readonly to: { readonly tier: string } | 'end'
  /** Past, today or future. */
  readonly effectiveOn: PlainDate
  readonly reason?: string
}

/** What can be said in one batch. */
export interface BillingChange {
  /** The file or script that it comes from, for the log. @default none */
  readonly source?: string
  readonly prices?: readonly PriceFields[]
  readonly uplifts?: readonly UpliftFields[]
  readonly usage?: readonly (UsageFields & { readonly client: string })[]
  readonly tierChanges?: readonly TierChange[]
}

/** What one item would do: `change` where it takes the place of what was said for the same days, `nothing` where the book says it already. */
export type BillingOutcome = { readonly does: 'add' | 'change' | 'nothing' } | { readonly error: CommandError }

/** Outcomes of each list, in the order given. */
export interface BillingOutcomes {
  readonly prices: readonly BillingOutcome[]
  readonly uplifts: readonly BillingOutcome[]
  readonly usage: readonly BillingOutcome[]
  readonly tierChanges: readonly BillingOutcome[]
}

/** The billing half of a book. */
export interface BookBilling {
  /** Sets a price from a date on; see `Price` of @tierbook/billing for what the fields mean. */
  setPrice(price: PriceFields): Promise<Result<Appended & { entry: string }>>
  /** Lets all prices set before a date rise by a percentage from then on. */
  upliftPrices(uplift: UpliftFields): Promise<Result<Appended & { entry: string }>>
  /** Records how much clients used; at most 100,000 records, all or none. The same again changes nothing, another quantity corrects. */
  recordUsage(
    records: readonly (UsageFields & { readonly client: string })[],
  ): Promise<Result<Appended & { written: number }>>
  /** Says for each item what {@link BookBilling.applyBilling} would do; changes nothing. */
  previewBilling(change: BillingChange): Promise<Result<BillingOutcomes>>
  /**
   * Writes prices, uplifts, usage and dated tier changes as one batch, which is undone as one. Wholly or not at all: the first item that
   * cannot be written is named by list and place (`usage.3.client`). The same again gives `nothing-to-change`.
   */
  applyBilling(change: BillingChange): Promise<Result<{ readonly batch: string; readonly written: number }>>
  /** Seals a period: `sealed` is what `sealRun` of @tierbook/billing gave, `prefix` what its numbers begin with. */
  sealRun(seal: { readonly sealed: SealedRunFacts; readonly prefix: string }): Promise<Result<Appended>>
  /** Notes that a period's invoices were made into files; see {@link BookBilling.exports}. It changes nothing and stands in the way of no undo. */
  noteExport(exported: ExportFields): Promise<Result<Appended>>

  /**
   * Reads what the log says about money, some milliseconds at a time, so that a page stays free: the questions below then answer at once.
   * Without it the first of them reads all of it, which for years of usage and seals takes longer than a frame.
   *
   * @example await book.readBilling(); show(book.seals())
   */
  readBilling(): Promise<void>
  /** Prices that were not taken back, in log order. The same array until the log says otherwise, as are the others. */
  prices(): readonly Said<PriceFields>[]
  uplifts(): readonly Said<UpliftFields>[]
  usage(): readonly Said<UsageFields & { readonly client: string }>[]
  /** Sealed periods in log order, those that do not count included. The array stays the same one until a seal comes. */
  seals(): readonly SealFacts[]
  /** Exports that were noted, in log order. */
  exports(): readonly ExportFacts[]
  /**
   * Everything that an invoice run of a period is made from, short of the policy. With `clients`, only these and their periods are
   * gathered: who keeps an input in step asks for those that a change names. Lists of prices, usage and seals stay the same arrays, and
   * their items the same objects, as long as the log says the same.
   *
   * @example book.billingInput({ from: '2026-10-01', to: '2026-11-01' }, { clients: [client] }).periods
   */
  billingInput(
    period: { readonly from: PlainDate; readonly to: PlainDate },
    options?: {
      /** @default all of the book */
      readonly clients?: readonly string[]
    },
  ): BillingInput
}
