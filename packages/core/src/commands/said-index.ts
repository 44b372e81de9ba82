// Prices, uplifts and usage of a book by what one looks for: an undo of a large import asks for each of its entries.
import type { BillingFacts } from '../projection/billing-facts.ts'

type Usage = BillingFacts['usage'][number]
type AnySaid = BillingFacts['prices'][number] | BillingFacts['uplifts'][number] | Usage

/** See the file. */
export interface SaidIndex {
  readonly byEntry: ReadonlyMap<string, AnySaid>
  readonly pricing: readonly AnySaid[]
  /** Records of one client and unit. */
  usageOf(client: string, unit: unknown): readonly Usage[]
}

const indexes = new WeakMap<BillingFacts, SaidIndex>()

/** The same index for the same facts. */
export function saidIndex(facts: BillingFacts): SaidIndex {
  const known = indexes.get(facts)
  if (known) return known
  const pricing = [...facts.prices, ...facts.uplifts]
  const byMeter = new Map<string, Usage[]>()
  for (const record of facts.usage) {
    const key = `${record.client} ${record.unit}`
    const list = byMeter.get(key)
    if (list) list.push(record)
    else byMeter.set(key, [record])
  }
  const index: SaidIndex = {
    byEntry: new Map([...pricing, ...facts.usage].map((one) => [one.entry, one])),
    pricing,
    usageOf: (client, unit) => byMeter.get(`${client} ${String(unit)}`) ?? [],
  }
  indexes.set(facts, index)
  return index
}
