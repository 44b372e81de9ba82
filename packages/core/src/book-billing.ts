// What an open book writes and answers for billing.
import type { Appended } from './book.ts'
import type { Said, SealFacts } from './projection/billing-facts.ts'
import type { BillingInput, SealedRunFacts } from './projection/billing-input.ts'
import type { Result } from './result.ts'
import type { PriceFields, UpliftFields, UsageFields } from './schema/billing-entries.ts'
import type { PlainDate } from './schema/plain-date.ts'

/** The billing half of a book. */
export interface BookBilling {
  /** Sets a price from a date on; see `Price` of @tierbook/billing for what the fields mean. */
  setPrice(price: PriceFields): Promise<Result<Appended & { entry: string }>>
  /** Lets all prices set before a date rise by a percentage from then on. */
  upliftPrices(uplift: UpliftFields): Promise<Result<Appended & { entry: string }>>
  /** Records how much clients used; at most 200 records. The same again changes nothing, another quantity corrects. */
  recordUsage(
    records: readonly (UsageFields & { readonly client: string })[],
  ): Promise<Result<Appended & { written: number }>>
  /** Seals a period: `sealed` is what `sealRun` of @tierbook/billing gave, `prefix` what its numbers begin with. */
  sealRun(seal: { readonly sealed: SealedRunFacts; readonly prefix: string }): Promise<Result<Appended>>

  /** Prices that were not taken back, in log order. */
  prices(): readonly Said<PriceFields>[]
  uplifts(): readonly Said<UpliftFields>[]
  usage(): readonly Said<UsageFields & { readonly client: string }>[]
  /** Sealed periods in log order, those that do not count included; `run` is what `checkSeals` reads. */
  seals(): readonly (SealFacts & { readonly run: SealedRunFacts })[]
  /** Everything that an invoice run of a period is made from, short of the policy. */
  billingInput(period: { readonly from: PlainDate; readonly to: PlainDate }): BillingInput
}
