// Flat and tier prices: which days of which cycle a client owes in a run, cut where the price, its discount or its uplift changes.
import canonicalize from 'canonicalize'
import { explainRecurring, explainSetup } from './explain.ts'
import type { Discount, Price } from './input.ts'
import type { ClientLine, Line, NotBillable } from './line.ts'
import { earlier, later, type DateRange, type PlainDate } from './plain-date.ts'
import type { PriceMatch, PriceOrigin, PricedClient } from './price-book.ts'
import {
  checkAmount,
  compare,
  divide,
  multiply,
  one,
  rationalToText,
  roundToInteger,
  subtract,
  toRational,
  withinLimit,
  zero,
  type Rational,
} from './rational.ts'
import type { Charge } from './kept-charges.ts'
import type { Part } from './measure.ts'
import type { Policy } from './policy.ts'
import type { RunContext } from './run-context.ts'
import { gridOf, type BilledPeriod } from './timeline.ts'
import { tooLarge } from './too-large.ts'

/** Days on which one price holds unchanged. */
export interface Slice {
  readonly from: PlainDate
  readonly to: PlainDate | null
  /** What is owed in advance is not due before this day. */
  readonly dueFrom: PlainDate
  readonly item: string
  readonly title: string
  readonly tier: string | null
  readonly quantity: number
  readonly price: Price
  readonly origin: PriceOrigin | 'bundle'
  readonly uplift: Rational
  readonly discount: Discount | null
  readonly assignments: readonly string[]
}

/** What one client owes for being served. */
export function baseCharges(
  client: PricedClient,
  periods: readonly BilledPeriod[],
  context: RunContext,
): { readonly lines: ClientLine[]; readonly notBillable: NotBillable[] } {
  const notBillable: NotBillable[] = []
  const slices: Slice[] = []
  for (const period of periods) {
    const isOver = period.to !== null && period.to <= context.oldestDay
    if (period.from >= context.period.to || (isOver && !context.hasSetupFees)) continue
    for (const range of cutAtChanges(client, period, context)) {
      if (context.isCovered(client.client.id, 'base', range.from)) continue
      const match = context.book.base(client, period.tier, range.from)
      if (match) addSlice(slices, toSlice(match, client, period, range, context))
      else reportNoPrice(notBillable, client, period, range, context)
    }
  }
  const charged = chargeSlices(client, slices, context)
  return { lines: charged.lines, notBillable: [...notBillable, ...charged.notBillable] }
}

/** Turns slices into the lines that fall due in the run, on the client's invoice. */
export function chargeSlices(
  client: PricedClient,
  slices: readonly Slice[],
  context: RunContext,
): { readonly lines: ClientLine[]; readonly notBillable: NotBillable[] } {
  const notBillable: NotBillable[] = []
  const lines: ClientLine[] = []
  const invoiced = client.client.id
  const seen = context.hasSetupFees ? new Set<string>() : null
  const add = ({ price, item, assignments }: Slice, range: DateRange, make: () => Line) => {
    const line = withinLimit(make)
    const entries = [price.entry, ...assignments]
    if (line) lines.push({ client: invoiced, currency: price.currency, line })
    else notBillable.push(tooLarge(client.client, price.currency, { item, range, entries }))
  }
  for (const slice of slices) {
    const { setupFee = 0 } = slice.price
    const isFirst = seen?.has(slice.item) === false
    seen?.add(slice.item)
    if (isFirst && setupFee > 0 && slice.dueFrom >= context.period.from && slice.dueFrom < context.period.to)
      add(slice, { from: slice.from, to: slice.from }, () => setupLine(slice, context.period))
    for (const cycle of context.cycles(gridOf(slice.price, client))) {
      const range = { from: later(slice.from, cycle.from), to: earlier(slice.to, cycle.to) }
      if (range.from >= range.to || !isDue(slice, range, cycle, context.period)) continue
      add(slice, range, () => recurringLine(slice, range, cycle, context))
    }
  }
  return { lines, notBillable }
}

/** In arrears a cycle is due in the run in which it ends; in advance what is billed of it is due where that begins (BL9). */
function isDue({ price, dueFrom }: Slice, range: DateRange, cycle: DateRange, run: DateRange): boolean {
  if (price.timing === 'arrears') return cycle.to > run.from && cycle.to <= run.to
  const day = later(range.from, dueFrom)
  return day >= run.from && day < run.to
}

/** Adds a slice, or lengthens the one before where nothing changes between them. */
export function addSlice(slices: Slice[], slice: Slice): void {
  const last = slices.at(-1)
  const isSame =
    last?.to === slice.from &&
    last.item === slice.item &&
    isSamePrice(last.price, slice.price) &&
    last.origin === slice.origin &&
    last.quantity === slice.quantity &&
    (last.discount === null) === (slice.discount === null) &&
    (last.uplift === slice.uplift || compare(last.uplift, slice.uplift) === 0)
  if (!isSame) slices.push(slice)
  else
    slices[slices.length - 1] = {
      ...last,
      to: slice.to,
      assignments: [...new Set([...last.assignments, ...slice.assignments])],
    }
}

/** Whether a price goes on: set again with the same terms it cuts nothing (BL7). */
function isSamePrice(a: Price, b: Price): boolean {
  return a === b || termsText(a) === termsText(b)
}

const keptTerms = new WeakMap<Price, string>()

function termsText(price: Price): string {
  const { entry: _entry, effectiveOn: _on, existingFrom: _from, ...terms } = price
  const text = keptTerms.get(price) ?? canonicalize(terms) ?? ''
  keptTerms.set(price, text)
  return text
}

/** The discount of `price` on a day. */
export function discountOn(price: Price, on: PlainDate): Discount | null {
  const { discount } = price
  return discount && (discount.until === null || on < discount.until) ? discount : null
}

/** An amount after uplifts and discount; a discount never makes it negative. */
export function reduced(amount: Rational, uplift: Rational, discount: Discount | null): Rational {
  const raised = uplift === one ? amount : multiply(amount, uplift)
  if (!discount) return raised
  const off =
    'percent' in discount
      ? multiply(raised, divide(toRational(discount.percent), { num: 100n, den: 1n }))
      : toRational(discount.amount)
  const left = subtract(raised, off)
  return compare(left, zero) < 0 ? zero : left
}

function cutAtChanges(
  client: PricedClient,
  period: BilledPeriod,
  context: RunContext,
): { from: PlainDate; to: PlainDate | null }[] {
  const priceChanges = context.book.baseChanges(client, period.tier)
  const coverChanges = context.coverChanges(client.client.id)
  const isInside = (date: PlainDate) => date > period.from && (period.to === null || date < period.to)
  if (!priceChanges.some(isInside) && !coverChanges.some(isInside)) return [period]
  const changes = [...priceChanges, ...coverChanges]
  const inside = [...new Set(changes)].filter(isInside).sort()
  const starts = [period.from, ...inside]
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? period.to }))
}

function toSlice(
  { price, origin }: PriceMatch,
  client: PricedClient,
  period: BilledPeriod,
  range: { readonly from: PlainDate; readonly to: PlainDate | null },
  context: RunContext,
): Slice {
  const isTier = price.item.kind === 'tier'
  return {
    from: range.from,
    to: range.to,
    dueFrom: range.from === period.from ? later(period.from, period.begunOn) : range.from,
    item: isTier ? `tier:${period.tier}` : 'client',
    title: isTier ? context.tierName(period.tier) : 'Flat rate',
    tier: period.tier,
    quantity: period.quantity,
    price,
    origin,
    uplift: context.book.uplift(price, client.client.id, period.tier, range.from),
    discount: discountOn(price, range.from),
    assignments: period.assignments,
  }
}

function recurringLine(slice: Slice, range: DateRange, cycle: DateRange, context: RunContext): Line {
  const { price, quantity, item, title, origin, assignments } = slice
  const part = context.measure(range, cycle)
  const charge = context.charge(slice, part, () => recurringCharge(slice, range, part, context.policy))
  return {
    kind: 'recurring',
    item,
    title,
    from: range.from,
    to: range.to,
    cycle,
    days: part.days,
    cycleDays: part.cycleDays,
    fraction: part.text,
    quantity: String(quantity),
    amount: charge.amount,
    cost: charge.cost,
    taxCode: price.taxCode ?? null,
    price: price.entry,
    origin,
    assignments,
    usage: noEntries,
    basis: charge.basis,
    explanation: charge.explanation,
  }
}

const noEntries: readonly string[] = []

/** What a slice costs for a part of a cycle: the one place where its amount is rounded. */
function recurringCharge(slice: Slice, range: DateRange, part: Part, policy: Policy): Charge {
  const { price, quantity } = slice
  const { rounding, roundAt } = policy
  const full = price.model.type === 'flat' ? toRational(price.model.amount) : zero
  const each = multiply(reduced(full, slice.uplift, slice.discount), part.fraction)
  const seats = toRational(quantity)
  const amount =
    roundAt === 'unit'
      ? checkAmount(roundToInteger(each, rounding) * quantity)
      : roundToInteger(multiply(each, seats), rounding)
  const cost =
    price.cost === undefined
      ? null
      : roundToInteger(multiply(multiply(toRational(price.cost), part.fraction), seats), rounding)
  const uplift = slice.uplift === one ? '1' : rationalToText(slice.uplift)
  const { days, cycleDays, text: fraction } = part
  const { model, interval, effectiveOn } = price
  const { discount } = slice
  return {
    amount,
    cost,
    basis: { model, interval, effectiveOn, uplift, discount, inCycle: null, isMinimum: false },
    explanation: explainRecurring({ ...slice, days, cycleDays, fraction, range, uplift, amount }),
  }
}

function setupLine({ item, title, from, price, origin, assignments }: Slice, cycle: DateRange): Line {
  const day = { from, to: from }
  return {
    kind: 'setup',
    item: `setup:${item}`,
    title: `Setup of ${title}`,
    ...day,
    cycle,
    days: 0,
    cycleDays: 0,
    fraction: '1',
    quantity: '1',
    amount: checkAmount(price.setupFee ?? 0),
    cost: null,
    taxCode: price.taxCode ?? null,
    price: price.entry,
    origin,
    assignments,
    usage: [],
    basis: null,
    explanation: explainSetup(title, price, from),
  }
}

function reportNoPrice(
  notBillable: NotBillable[],
  { client, currency }: PricedClient,
  period: BilledPeriod,
  { from, to }: { readonly from: PlainDate; readonly to: PlainDate | null },
  context: RunContext,
): void {
  const range = { from: later(from, context.period.from), to: earlier(to, context.period.to) }
  if (range.from >= range.to) return
  const item = `tier:${period.tier}`
  const last = notBillable.at(-1)
  const message = `no price in ${currency} for ${client.name} on ${context.tierName(period.tier)}`
  const merged = last?.item === item && last.range?.to === range.from ? { from: last.range.from, to: range.to } : null
  if (merged) notBillable.pop()
  notBillable.push({
    code: 'no-price',
    client: client.id,
    item,
    range: merged ?? range,
    entries: period.assignments,
    message,
  })
}
