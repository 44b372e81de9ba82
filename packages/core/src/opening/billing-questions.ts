// What an open book answers for billing, all from the log.
import type { Book } from '../book.ts'
import type { BillingReading } from '../projection/billing-facts.ts'
import { billingInput } from '../projection/billing-input.ts'
import type { BookProjection } from '../projection/book-projection.ts'

/** What a book answers for billing. */
export type BillingQuestions = Pick<Book, (typeof billingQuestionNames)[number]>

/** Names of {@link BillingQuestions}. */
export const billingQuestionNames = [
  'prices',
  'uplifts',
  'usage',
  'seals',
  'exports',
  'billingInput',
  'readBilling',
] as const

/** Answers from what the log says by then. */
export function createBillingQuestions(
  projection: BookProjection,
  { facts, prepare }: BillingReading,
): BillingQuestions {
  return {
    prices: () => facts().prices,
    uplifts: () => facts().uplifts,
    usage: () => facts().usage,
    seals: () => facts().seals,
    exports: () => facts().exports,
    billingInput: (period, options) => billingInput(projection, facts(), period, options),
    readBilling: prepare,
  }
}
