// What an entry of the log about money says in words: usage, prices, sealed and exported runs.
import type { Change, PriceFields, UpliftFields } from '@tierbook/core'
import { amountWords, discountWords, intervalWords, itemWords, upliftWords } from '#lib/prices/price-words.ts'
import { decimalWords, periodWords } from '#lib/ui/billing-words.ts'
import { dateWords } from '#lib/ui/words.ts'
import { m } from '#lib/paraglide/messages.js'

/** What ids of tiers and clients are called; an open book's view knows. */
export interface Names {
  tier(id: string): { readonly name: string } | null
  client(id: string): { readonly name: string } | undefined
}

/** What an entry about money says; null for other kinds. */
export function billingDetail(kind: string, fields: Change['fields'], names: Names): string | null {
  const text = (field: string) => String(fields[field])
  const period = () => periodWords({ from: text('from'), to: text('to') })
  switch (kind) {
    case 'usage.recorded':
      return m.changes_usage_words({ quantity: decimalWords(text('quantity')), unit: text('unit'), period: period() })
    case 'run.exported':
      return m.changes_period_exported({ period: period(), files: (fields['files'] as readonly string[]).join(', ') })
    case 'run.sealed':
      return fields['of'] === 1
        ? period()
        : m.changes_period_sealed({ period: period(), part: Number(fields['part']) + 1, of: text('of') })
    case 'price.set':
      return fields['uplift']
        ? upliftDetail(fields['uplift'] as UpliftFields, names)
        : priceDetail(fields as unknown as PriceFields, names)
    default:
      return null
  }
}

function priceDetail(price: PriceFields, names: Names): string {
  const { item, model, interval, client } = price
  const amount = model.type === 'none' ? amountWords(price) : `${amountWords(price)} / ${intervalWords[interval]()}`
  const whose = client === undefined ? '' : (names.client(client)?.name ?? client)
  return [whose, `${itemWords(item, names)}: ${amount}`, discountWords(price)].filter(Boolean).join(' · ')
}

function upliftDetail({ percent, tiers, clients, effectiveOn }: UpliftFields, names: Names): string {
  const what = upliftWords({ percent, tiers: tiers?.map((id) => names.tier(id)?.name ?? id) })
  const whose = clients?.map((id) => names.client(id)?.name ?? id).join(', ')
  return [whose, what, m.changes_effective_short({ date: dateWords(effectiveOn) })].filter(Boolean).join(' · ')
}
