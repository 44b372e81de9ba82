// Setting prices: dated log entries, for a tier, a unit, a bundle, everybody or one client; and uplifts of all that were set before.
import type * as z from 'zod/mini'
import type { Appended } from '../book.ts'
import { fail, type Result, succeed } from '../result.ts'
import { PriceFields, UpliftFields } from '../schema/billing-entries.ts'
import type { EntryOf } from '../schema/entries.ts'
import { deriveId } from '../schema/derived-id.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import { checkInput, quote } from './check-input.ts'
import { checkPrice, checkUplift } from './check-price.ts'
import { type Command, type CommandContext, entryOf } from './draft.ts'

/** The entry of a price or an uplift. */
export type PriceEntry = EntryOf<'price.set'>

type AppendedEntry = Appended & { entry: string }
const appendedEntry = (action: string): AppendedEntry => ({ action, entry: `${action}/0` })

/** Sets a price from a date on. */
export const setPrice: Command<unknown, AppendedEntry> = (context, input) => {
  const entry = priceEntry(context, input)
  return entry.ok ? succeed({ describe: [], entries: [entry.value], value: appendedEntry }) : entry
}

/** Lets all prices set before `effectiveOn` rise by a percentage from then on. */
export const upliftPrices: Command<unknown, AppendedEntry> = (context, input) => {
  const entry = upliftEntry(context, input)
  return entry.ok ? succeed({ describe: [], entries: [entry.value], value: appendedEntry }) : entry
}

/** The entry that sets a price. Those of one price (same item, client and currency) share a subject. */
export function priceEntry({ book, projection }: CommandContext, input: unknown): Result<PriceEntry> {
  const checked = checkInput(PriceFields, input)
  if (!checked.ok) return checked
  const price = checked.value
  const known = checkNames(projection, price)
  if (!known.ok) return known
  const fits = checkPrice(price)
  if (!fits.ok) return fits
  const subject = deriveId(book, priceName(price))
  return succeed(entryOf({ kind: 'price.set' as const, subject, ...price }))
}

/** What a price is known by: those of one name follow each other, and of one day the last in log order holds. */
export function priceName({ currency, item, client = '' }: Pick<PriceFields, 'currency' | 'item' | 'client'>): string {
  return `price:${currency}:${itemKey(item)}:${client}`
}

/** The entry that raises prices. */
export function upliftEntry({ book, projection }: CommandContext, input: unknown): Result<PriceEntry> {
  const checked = checkInput(UpliftFields, input)
  if (!checked.ok) return checked
  const uplift = checked.value
  const fits = checkUplift(uplift)
  if (!fits.ok) return fits
  const client = uplift.clients?.find((id) => !projection.client(id)?.isAdded)
  if (client !== undefined) return unknownClient('clients', client)
  const tier = uplift.tiers?.find((id) => !projection.tiers().some((known) => known.id === id))
  if (tier !== undefined) return unknownTier('tiers', tier)
  return succeed({ kind: 'price.set', subject: deriveId(book, 'price:uplift'), uplift })
}

function checkNames(projection: BookProjection, { item, client }: z.infer<typeof PriceFields>): Result<null> {
  if (client !== undefined && !projection.client(client)?.isAdded) return unknownClient('client', client)
  const tier = item.kind === 'tier' || item.kind === 'usage' ? item.tier : undefined
  if (tier !== undefined && !projection.tiers().some((known) => known.id === tier))
    return unknownTier('item.tier', tier)
  if (item.kind !== 'bundle') return succeed(null)
  const stranger = [item.payer, ...item.members].find((id) => !projection.client(id)?.isAdded)
  return stranger === undefined ? succeed(null) : unknownClient('item.members', stranger)
}

function itemKey(item: z.infer<typeof PriceFields>['item']): string {
  switch (item.kind) {
    case 'client':
      return 'client'
    case 'tier':
      return `tier:${item.tier}`
    case 'usage':
      return `usage:${item.unit}:${item.tier ?? ''}`
    case 'bundle':
      return `bundle:${item.bundle}`
  }
}

function unknownClient(field: string, id: string) {
  return fail('unknown-client', `${field}: expected the id of a client of this book, got ${quote(id)}`, field)
}

function unknownTier(field: string, id: string) {
  return fail('unknown-tier', `${field}: expected the id of a tier of this book, got ${quote(id)}`, field)
}
