// What something that is billed is called: a tier, a unit, a bundle, the setup of one, or the adjustments of sealed months.
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { m } from '#lib/paraglide/messages.js'

/** The name of an item; its id where the book does not know it. */
export function itemName(view: BookView, item: string): string {
  const at = item.indexOf(':')
  const [kind, id] = [item.slice(0, at), item.slice(at + 1)]
  if (item === 'client') return m.prices_flat()
  if (item === 'adjustment') return m.invoices_adjustment_item()
  if (kind === 'setup') return `${itemName(view, id)}, ${m.prices_setup_fee()}`
  if (kind === 'tier') return view.tier(id)?.name ?? id
  if (kind === 'bundle') return bundleName(view, id)
  return id
}

function bundleName(view: BookView, id: string): string {
  const price = view.prices().findLast(({ item }) => item.kind === 'bundle' && item.bundle === id)
  return price?.item.kind === 'bundle' ? price.item.name : id
}
