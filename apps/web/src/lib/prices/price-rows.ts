// The rows of the price book, newest first: prices and uplifts in words.
import type { RaisedPrice } from '@tierbook/billing'
import type { PriceFields } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { decimalWords } from '#lib/ui/billing-words.ts'
import { dateWords } from '#lib/ui/words.ts'
import { m } from '#lib/paraglide/messages.js'
import {
  amountWords,
  discountWords,
  intervalWords,
  itemWords,
  marginOf,
  rateWords,
  upliftWords,
  type PriceTerms,
} from './price-words.ts'
import { raisedLast, raisedToWords } from './raised-words.ts'

/** A row; texts are empty where there is nothing to say. */
export interface PriceRow {
  readonly entry: string
  readonly from: string
  readonly what: string
  readonly whose: string
  readonly amount: string
  /** What uplifts made of it. */
  readonly raised: string
  readonly per: string
  readonly off: string
  /** From when on existing clients pay it. */
  readonly existing: string
  readonly margin: string
}

/** The latest `most` of the book's prices and uplifts, and how many there are in all. */
export function priceRows(view: BookView, most: number): { rows: readonly PriceRow[]; count: number } {
  const said = [
    ...view.prices().map((price) => ({ from: price.effectiveOn, row: () => rowOfPrice(price, view) })),
    ...view.uplifts().map((uplift) => ({ from: uplift.effectiveOn, row: () => rowOfUplift(uplift, view) })),
  ].sort((a, b) => (a.from < b.from ? 1 : a.from > b.from ? -1 : 0))
  return { rows: said.slice(0, most).map(({ row }) => row()), count: said.length }
}

function rowOfPrice(price: ReturnType<BookView['prices']>[number], view: BookView): PriceRow {
  const { entry, effectiveOn, item, interval, existingFrom } = price
  const now = raisedLast(view, price)
  return {
    entry,
    from: effectiveOn,
    what: itemWords(item, view),
    whose: whoseWords(price, view),
    amount: amountWords(price),
    raised: raisedToWords(price, now),
    per: intervalWords[interval](),
    off: discountWords(price),
    existing:
      existingFrom === undefined
        ? ''
        : existingFrom === null
          ? m.prices_new_only()
          : m.prices_existing_words({ date: dateWords(existingFrom) }),
    margin: marginWords(price, now),
  }
}

function rowOfUplift(uplift: ReturnType<BookView['uplifts']>[number], view: BookView): PriceRow {
  const { entry, effectiveOn, clients, percent, tiers } = uplift
  return {
    ...{ entry, from: effectiveOn, existing: '', margin: '', amount: '', raised: '', per: '', off: '' },
    what: upliftWords({ percent, tiers: tiers?.map((id) => view.tier(id)?.name ?? id) }),
    whose: clients ? clients.map((id) => nameOf(id, view)).join(', ') : m.prices_every_client(),
  }
}

function marginWords(price: PriceFields, now: RaisedPrice): string {
  const margin = marginOf(price, now)
  if (!margin) return ''
  const percent = margin.percent === null ? '' : ` (${decimalWords(margin.percent)} %)`
  return `${rateWords(String(margin.amount), price.currency)}${percent}`
}

/** Whom a price is for: everybody, one client, or whoever pays for a bundle and who is in it. */
function whoseWords({ item, client }: PriceTerms, view: BookView): string {
  if (item.kind !== 'bundle') return client === undefined ? m.prices_every_client() : nameOf(client, view)
  const members = item.members.map((id) => nameOf(id, view)).join(', ')
  return m.prices_bundle_whose({ payer: nameOf(item.payer, view), members })
}

function nameOf(client: string, view: BookView): string {
  return view.client(client)?.name ?? client
}
