// Reads what a row of prices is for: a tier, every client, a unit of usage, or a bundle. A name that nobody knows is a fault, since it is mostly a
// tier or unit that was misspelled.
import { type Book, createId, type PriceFields } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'
import type { LookUp } from './look-up.ts'

type Item = PriceFields['item']

/** A row's cells, as text. */
export type CellText = (field: string) => string

/** Reads one row after the other: rows of one bundle share it. */
export function createItemReader(
  book: Pick<Book, 'tiers' | 'prices' | 'usage'>,
  lookUp: LookUp,
): (text: CellText) => { readonly item: Item } | { readonly faults: readonly string[] } {
  const tierNames = book.tiers().map(({ name }) => name)
  const { units, bundles } = knownThings(book)
  return (text) => {
    const name = text('for')
    if (!name) return { faults: [m.import_bad_price_for()] }
    const kind = kinds[text('kind').toLowerCase()]
    if (text('kind') && !kind) return { faults: [m.import_bad_kind({ text: text('kind') })] }
    const tier = lookUp.tier(name)
    if (kind === 'bundle') return readBundle(text, { bundles, lookUp })
    if (kind === 'flat' || (!kind && !tier && flatWords.has(name.toLowerCase()))) return { item: { kind: 'client' } }
    if (tier && kind !== 'unit') return { item: { kind: 'tier', tier } }
    const unit = units.get(name.toLowerCase())
    const isUsage = kind === 'unit' || unit !== undefined || usageTerms.some((term) => text(term))
    if (isUsage && kind !== 'tier') return { item: { kind: 'usage', unit: unit ?? name } }
    return { faults: [m.import_bad_price_item({ tiers: tierNames.join(', '), text: name })] }
  }
}

/** Units and bundles that the book has prices or counts of, by name in lower case. */
function knownThings(book: Pick<Book, 'prices' | 'usage'>) {
  const units = new Map(book.usage().map(({ unit }) => [unit.toLowerCase(), unit]))
  const bundles = new Map<string, string>()
  for (const { item } of book.prices()) {
    if (item.kind === 'usage') units.set(item.unit.toLowerCase(), item.unit)
    if (item.kind === 'bundle') bundles.set(item.name.toLowerCase(), item.bundle)
  }
  return { units, bundles }
}

function readBundle(
  text: CellText,
  { bundles, lookUp }: { bundles: Map<string, string>; lookUp: LookUp },
): { readonly item: Item } | { readonly faults: readonly string[] } {
  const faults: string[] = []
  const clientOf = (name: string) => {
    const found = lookUp.client(name, name)
    if ('fault' in found) faults.push(found.fault)
    return 'id' in found ? found.id : ''
  }
  const name = text('for')
  const payer = text('client') ? clientOf(text('client')) : ''
  if (!text('client')) faults.push(m.prices_no_payer())
  const members = listed(text('members')).map(clientOf)
  if (members.length === 0) faults.push(m.prices_no_members())
  const includes = listed(text('includes')).map((what) =>
    baseWords.has(what.toLowerCase()) ? 'base' : `usage:${what}`,
  )
  const bundle = bundles.get(name.toLowerCase()) ?? createId()
  bundles.set(name.toLowerCase(), bundle)
  if (faults.length > 0) return { faults }
  return {
    item: { kind: 'bundle', bundle, name, payer, members, includes: includes.length > 0 ? includes : ['base'] },
  }
}

function listed(text: string): string[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean)
}

/** Terms that only a price of usage has. */
const usageTerms = ['steps', 'size', 'included', 'minimum']
const flatWords = new Set(['flat', 'flat rate', 'client', 'every client', 'all', 'pauschale', 'kunde', 'alle'])
const baseWords = new Set(['base', 'tier', 'flat', 'grundpreis', 'stufe', 'pauschale'])
const kinds: Readonly<Record<string, 'tier' | 'flat' | 'unit' | 'bundle'>> = {
  tier: 'tier',
  plan: 'tier',
  stufe: 'tier',
  flat: 'flat',
  pauschale: 'flat',
  unit: 'unit',
  usage: 'unit',
  einheit: 'unit',
  nutzung: 'unit',
  bundle: 'bundle',
  bündel: 'bundle',
}
