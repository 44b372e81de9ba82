// The billing half of an open book: prices, usage and seals, written through the one queue and read from the log.
import type { Book } from '../book.ts'
import type { CommandContext } from '../commands/draft.ts'
import { setPrice, upliftPrices } from '../commands/prices.ts'
import { cutSeal, sealPart } from '../commands/seal-run.ts'
import { recordUsage } from '../commands/usage.ts'
import { createBillingFacts } from '../projection/billing-facts.ts'
import { billingInput, toSealedRun } from '../projection/billing-input.ts'
import { succeed } from '../result.ts'
import type { CommandQueue } from './command-queue.ts'

/** What a book writes for billing. */
export type BillingCommands = Pick<Book, (typeof billingCommandNames)[number]>

/** Names of {@link BillingCommands}. */
export const billingCommandNames = ['setPrice', 'upliftPrices', 'recordUsage', 'sealRun'] as const

/** What a book answers for billing. */
export type BillingQuestions = Pick<Book, (typeof billingQuestionNames)[number]>

/** Names of {@link BillingQuestions}. */
export const billingQuestionNames = ['prices', 'uplifts', 'usage', 'seals', 'billingInput'] as const

/** Both halves for one document. */
export type Billing = BillingCommands & BillingQuestions

/** Makes them. */
export function createBilling(context: CommandContext, queue: CommandQueue): Billing {
  const facts = createBillingFacts(context.projection)
  const usage = recordUsage(facts)
  return {
    setPrice: (price) => queue.run('setPrice', () => setPrice(context, price)),
    upliftPrices: (uplift) => queue.run('upliftPrices', () => upliftPrices(context, uplift)),
    recordUsage: (records) => queue.run('recordUsage', () => usage(context, records)),
    async sealRun({ sealed, prefix }) {
      const parts = cutSeal(context.book, facts(), prefix, sealed)
      if (!parts.ok) return parts
      let action = ''
      for (const [place, part] of parts.value.entries()) {
        const written = await queue.run('sealRun', () => {
          // Asked again when its turn comes: another command may have sealed the period meanwhile.
          const still = place === 0 ? cutSeal(context.book, facts(), prefix, sealed) : parts
          return still.ok ? sealPart(part)(context, undefined) : still
        })
        if (!written.ok) return written
        action ||= written.value.action
      }
      return succeed({ action })
    },
    prices: () => facts().prices,
    uplifts: () => facts().uplifts,
    usage: () => facts().usage,
    seals: () => facts().seals.map((seal) => ({ ...seal, run: toSealedRun(seal) })),
    billingInput: (period) => billingInput(context.projection, facts(), period),
  }
}
