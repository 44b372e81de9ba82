// Which price holds for a client on a day: the first that matches, from the client's own down to that of everybody (BL6).
import { currencyDigits } from './currency.ts'
import { monthsIn } from './cycles.ts'
import type { BillingClient, Price, Uplift } from './input.ts'
import { isPlainDate, type PlainDate } from './plain-date.ts'
import { divide, multiply, one, parseDecimal, toRational, add, type Rational } from './rational.ts'

/** Where a price came from. */
export type PriceOrigin = 'client' | 'tier' | 'book'

/** A price that holds, and where it came from. */
export interface PriceMatch {
  readonly price: Price
  readonly origin: PriceOrigin
}

/** A price or uplift that cannot be used, and why. */
export interface PriceProblem {
  readonly entry: string
  readonly code: 'unknown-currency' | 'bad-price'
  readonly message: string
}

/** The price book, arranged for asking. */
export interface PriceBook {
  readonly problems: readonly PriceProblem[]
  /** Prices of bundles, those of one bundle together, in the order in which they hold. */
  readonly bundles: readonly (readonly Price[])[]
  /** Whether any usage price asks for a minimum. */
  readonly hasMinimum: boolean
  /** Months of the longest cycle: one that ends in a run began no earlier before it. */
  readonly longestMonths: number
  base(client: PricedClient, tier: string, on: PlainDate): PriceMatch | null
  /** The currency in which a client is billed on a day: that of its own base price in force, else its own or the book's. */
  currencyOn(client: PricedClient, tier: string | null, on: PlainDate): string
  usage(client: PricedClient, unit: string, tier: string | null, on: PlainDate): PriceMatch | null
  /** Units that any price is for. */
  readonly units: readonly string[]
  /** Days on which what `base` answers may change. */
  baseChanges(client: PricedClient, tier: string): readonly PlainDate[]
  /** Days on which what `usage` answers may change, or its discount ends. */
  usageChanges(client: PricedClient, unit: string, tier: string): readonly PlainDate[]
  /** Days on which uplifts take effect. */
  readonly upliftDates: readonly PlainDate[]
  /** What uplifts make of a price on a day, as a factor. */
  uplift(price: Price, client: string, tier: string | null, on: PlainDate): Rational
}

/** A client with what its prices depend on. */
export interface PricedClient {
  readonly client: BillingClient
  /** In which prices for everybody hold, unless a base price of its own says another. */
  readonly currency: string
  /** First day of service: decides who is a new client. */
  readonly since: PlainDate
}

/** Arranges prices by what they are for. Those that cannot be used are set aside as problems. */
export function createPriceBook(prices: readonly Price[], uplifts: readonly Uplift[]): PriceBook {
  const problems = [...prices.map(checkPrice), ...uplifts.map(checkUplift)].filter((problem) => problem !== null)
  const bad = new Set(problems.map(({ entry }) => entry))
  const lists = new Map<string, Price[]>()
  const byDate = (a: { effectiveOn: PlainDate }, b: { effectiveOn: PlainDate }) =>
    a.effectiveOn < b.effectiveOn ? -1 : a.effectiveOn > b.effectiveOn ? 1 : 0
  const good = prices.filter(({ entry }) => !bad.has(entry)).sort(byDate)
  for (const price of good) {
    const key = listKey(price)
    const list = lists.get(key)
    if (list) list.push(price)
    else lists.set(key, [price])
  }
  const rises = uplifts
    .filter(({ entry }) => !bad.has(entry))
    .sort(byDate)
    .map((uplift) => ({
      uplift,
      factor: add(one, divide(toRational(uplift.percent), { num: 100n, den: 1n })),
    }))
  const upliftDates = [...new Set(rises.map(({ uplift }) => uplift.effectiveOn))]
  const owners = new Set(good.flatMap(({ client }) => (client === undefined ? [] : [client])))
  const baseLists = createBaseLists(lists, owners)
  const usageLists = (
    { client }: PricedClient,
    { unit, tier, currency }: { unit: string; tier: string | null; currency: string },
  ): PriceLists => {
    const shared: PriceLists = [
      ['tier', lists.get(`${currency}|usage:${unit}:${tier}|`)],
      ['book', lists.get(`${currency}|usage:${unit}|`)],
    ]
    if (!owners.has(client.id)) return shared
    return [
      ['client', lists.get(`usage:${unit}:${tier}|${client.id}`)],
      ['client', lists.get(`usage:${unit}|${client.id}`)],
      ...shared,
    ]
  }
  const base = (client: PricedClient, tier: string, on: PlainDate) =>
    firstMatch(baseLists(client, tier), client.since, on)
  const currencyOn = (client: PricedClient, tier: string | null, on: PlainDate) => {
    const own = tier !== null && owners.has(client.client.id) ? base(client, tier, on) : null
    return own?.origin === 'client' ? own.price.currency : client.currency
  }
  const baseChanges = (client: PricedClient, tier: string) =>
    changesOf(baseLists(client, tier), client.since, upliftDates)
  const bundles = [...lists.values()].filter((list) => list[0]?.item.kind === 'bundle')
  return {
    problems,
    bundles,
    upliftDates,
    longestMonths: good.reduce((most, { interval }) => Math.max(most, monthsIn(interval)), 1),
    units: [...new Set(good.flatMap(({ item }) => (item.kind === 'usage' ? [item.unit] : [])))].sort(),
    hasMinimum: good.some(({ model }) => model.type !== 'flat' && model.type !== 'none' && (model.minimum ?? 0) > 0),
    base,
    currencyOn,
    baseChanges,
    usage: (client, unit, tier, on) =>
      firstMatch(usageLists(client, { unit, tier, currency: currencyOn(client, tier, on) }), client.since, on),
    usageChanges(client, unit, tier) {
      const days = baseChanges(client, tier)
      const currencies = new Set(['', ...days].map((on) => currencyOn(client, tier, on || client.since)))
      const changes = [...currencies].flatMap((currency) =>
        changesOf(usageLists(client, { unit, tier, currency }), client.since, upliftDates),
      )
      return [...days, ...changes]
    },
    uplift: (price, client, tier, on) => upliftFactor(rises, price, client, tier, on),
  }
}

/** Prices that may match, best first. */
type PriceLists = readonly (readonly [PriceOrigin, readonly Price[] | undefined])[]

/** Gives the lists of a client and tier. Most clients have no prices of their own and share theirs, which are found without making a key. */
function createBaseLists(lists: ReadonlyMap<string, readonly Price[]>, owners: ReadonlySet<string>) {
  const shared = new Map<string, Map<string, PriceLists>>()
  return ({ client, currency }: PricedClient, tier: string): PriceLists => {
    const byTier = shared.get(currency) ?? new Map<string, PriceLists>()
    if (byTier.size === 0) shared.set(currency, byTier)
    let found = byTier.get(tier)
    if (!found) {
      found = [
        ['tier', lists.get(`${currency}|tier:${tier}|`)],
        ['book', lists.get(`${currency}|client|`)],
      ]
      byTier.set(tier, found)
    }
    if (!owners.has(client.id)) return found
    return [['client', lists.get(`client|${client.id}`)], ['client', lists.get(`tier:${tier}|${client.id}`)], ...found]
  }
}

const keptChanges = new WeakMap<PriceLists, readonly PlainDate[]>()

/** Days on which prices or their discounts begin or end. Where no price tells new clients from others, they are the same for all. */
function changesOf(lists: PriceLists, since: PlainDate, upliftDates: readonly PlainDate[]): readonly PlainDate[] {
  const known = keptChanges.get(lists)
  if (known) return known
  const dates = [...upliftDates]
  let isForAll = true
  for (const [, list] of lists) {
    for (const price of list ?? []) {
      if (price.existingFrom !== undefined) isForAll = false
      dates.push(holdsFrom(price, since) ?? price.effectiveOn)
      if (price.discount?.until) dates.push(price.discount.until)
    }
  }
  if (isForAll) keptChanges.set(lists, dates)
  return dates
}

/** From when on `price` holds for a client in service since `since`; null where it is not for this client. */
export function holdsFrom(price: Price, since: PlainDate): PlainDate | null {
  if (since >= price.effectiveOn || price.existingFrom === undefined) return price.effectiveOn
  return price.existingFrom
}

function firstMatch(lists: PriceLists, since: PlainDate, on: PlainDate): PriceMatch | null {
  for (const [origin, list] of lists) {
    const price = list && inForce(list, since, on)
    if (price) return { price, origin }
  }
  return null
}

/**
 * The newest price of `list` that holds already, whenever its turn came for this client: a newer price is never followed by an older one.
 * Where somebody has prices in several currencies, `none` ends those in its own.
 */
export function inForce(list: readonly Price[], since: PlainDate, on: PlainDate): Price | null {
  const ended = new Set<string>()
  for (let place = list.length - 1; place >= 0; place--) {
    const price = list[place]
    const from = price && holdsFrom(price, since)
    if (!price || !from || from > on || ended.has(price.currency)) continue
    if (price.model.type !== 'none') return price
    ended.add(price.currency)
  }
  return null
}

/**
 * Prices of one key follow each other. What is for everybody has a key in each currency; what is for one client or bundle says itself in
 * which currency that is billed, one at a time.
 */
function listKey({ item, client, currency }: Price): string {
  if (item.kind === 'bundle') return `bundle:${item.bundle}|`
  const usage = item.kind === 'usage' ? `usage:${item.unit}${item.tier === undefined ? '' : `:${item.tier}`}` : ''
  const what = item.kind === 'client' ? 'client' : item.kind === 'tier' ? `tier:${item.tier}` : usage
  return client === undefined ? `${currency}|${what}|` : `${what}|${client}`
}

interface Rise {
  readonly uplift: Uplift
  readonly factor: Rational
}

/** Several uplifts of one price multiply. The same ones give the same object, which saves those who compare or print it the work. */
function upliftFactor(rises: readonly Rise[], price: Price, client: string, tier: string | null, on: PlainDate) {
  let product = one
  for (const { uplift: rise, factor } of rises) {
    if (rise.effectiveOn > on) break
    if (rise.effectiveOn <= price.effectiveOn) continue
    if (rise.clients && !rise.clients.includes(client)) continue
    if (rise.tiers && (tier === null || !rise.tiers.includes(tier))) continue
    product = product === one ? factor : keptProduct(product, factor)
  }
  return product
}

const keptProducts = new WeakMap<Rational, WeakMap<Rational, Rational>>()

function keptProduct(product: Rational, factor: Rational): Rational {
  const byFactor = keptProducts.get(product) ?? new WeakMap<Rational, Rational>()
  keptProducts.set(product, byFactor)
  const found = byFactor.get(factor) ?? multiply(product, factor)
  byFactor.set(factor, found)
  return found
}

const decimalFields = new Set([
  'cost',
  'discount.percent',
  'model.rate',
  'model.steps.rate',
  'model.steps.upTo',
  'model.size',
  'model.included',
])
const intervals: readonly unknown[] = ['month', 'quarter', 'year']

function checkPrice(price: Price): PriceProblem | null {
  const bad = (message: string): PriceProblem => ({ entry: price.entry, code: 'bad-price', message })
  if (currencyDigits(price.currency) === null)
    return {
      entry: price.entry,
      code: 'unknown-currency',
      message: `currency: expected a code of ISO 4217, got ${JSON.stringify(price.currency)}`,
    }
  if (!isPlainDate(price.effectiveOn))
    return bad(`effectiveOn: expected a date, got ${JSON.stringify(price.effectiveOn)}`)
  if (typeof price.existingFrom === 'string' && !isPlainDate(price.existingFrom))
    return bad(`existingFrom: expected a date, got ${JSON.stringify(price.existingFrom)}`)
  if (typeof price.existingFrom === 'string' && price.existingFrom < price.effectiveOn)
    return bad(`existingFrom: expected ${price.effectiveOn} or later, got ${price.existingFrom}`)
  if (price.existingFrom !== undefined && price.item.kind === 'bundle')
    return bad('existingFrom: the price of a bundle holds for all its members from effectiveOn on')
  if (!intervals.includes(price.interval))
    return bad(`interval: expected month, quarter or year, got ${JSON.stringify(price.interval)}`)
  for (const [field, amount] of amountsOf(price)) {
    const read = parseDecimal(amount)
    if (!read) return bad(`${field}: expected a decimal number of minor units, got ${JSON.stringify(amount)}`)
    if (read.num < 0n) return bad(`${field}: expected 0 or more, got ${JSON.stringify(amount)}`)
    if (!decimalFields.has(field) && read.den !== 1n)
      return bad(`${field}: expected whole minor units, got ${JSON.stringify(amount)}`)
  }
  return checkModel(price, bad)
}

function amountsOf({ model, setupFee = 0, cost = 0, discount }: Price): (readonly [string, number | string])[] {
  const amounts: [string, number | string][] = [
    ['setupFee', setupFee],
    ['cost', cost],
  ]
  if (discount && 'percent' in discount) amounts.push(['discount.percent', discount.percent])
  if (discount && 'amount' in discount) amounts.push(['discount.amount', discount.amount])
  if (model.type === 'flat' || model.type === 'package') amounts.push(['model.amount', model.amount])
  if (model.type === 'package') amounts.push(['model.size', model.size])
  if (model.type === 'perUnit') amounts.push(['model.rate', model.rate])
  if (model.type === 'graduated' || model.type === 'volume') {
    for (const { rate, flat = 0, upTo } of model.steps)
      amounts.push(['model.steps.rate', rate], ['model.steps.flat', flat], ['model.steps.upTo', upTo ?? 0])
  }
  if (model.type !== 'flat' && model.type !== 'none')
    amounts.push(['model.included', model.included ?? 0], ['model.minimum', model.minimum ?? 0])
  return amounts
}

function checkModel({ model, item, discount }: Price, bad: (message: string) => PriceProblem): PriceProblem | null {
  const isUsage = item.kind === 'usage'
  if (model.type !== 'none' && (model.type === 'flat') === isUsage)
    return bad(`model: ${item.kind} prices cannot be ${model.type}`)
  if (model.type === 'package' && !(model.size > 0)) return bad(`model.size: expected more than 0, got ${model.size}`)
  if (model.type === 'graduated' || model.type === 'volume') {
    let last = 0
    for (const [index, { upTo }] of model.steps.entries()) {
      const isLast = index === model.steps.length - 1
      if (isLast !== (upTo === null)) return bad('model.steps: expected the last step, and only it, to have no end')
      if (upTo !== null && !(upTo > last)) return bad(`model.steps: expected rising ends, got ${upTo} after ${last}`)
      last = upTo ?? last
    }
    if (model.steps.length === 0) return bad('model.steps: expected at least one step')
  }
  if (discount && 'percent' in discount && Number(discount.percent) > 100)
    return bad(`discount.percent: expected at most 100, got ${discount.percent}`)
  if (typeof discount?.until === 'string' && !isPlainDate(discount.until))
    return bad(`discount.until: expected a date, got ${JSON.stringify(discount.until)}`)
  return null
}

function checkUplift({ entry, percent, effectiveOn }: Uplift): PriceProblem | null {
  const read = parseDecimal(percent)
  if (read && read.num >= -100n * read.den && isPlainDate(effectiveOn)) return null
  const message = `uplift: expected a percentage of at least -100 from a date, got ${JSON.stringify(percent)} from ${JSON.stringify(effectiveOn)}`
  return { entry, code: 'bad-price', message }
}
