// What if: the invoices of the months to come and the recurring revenue of each client, as the book is and with changes tried out (BL26).
import { currencyDigits } from '../currency.ts'
import type { BillingInput, Price, TierPeriod, Uplift } from '../input.ts'
import { addDays, addMonths, type DateRange, type PlainDate } from '../plain-date.ts'
import type { Result } from '../result.ts'
import { invoiceRun } from '../run.ts'
import { recurringRevenue, type RevenueOn } from './recurring-revenue.ts'

/** A client goes to another tier from a day on, until what the book says next. */
export interface TriedMove {
  readonly client: string
  readonly tier: string
  readonly effectiveOn: PlainDate
}

/** What is tried out; nothing of it is in the book. */
export interface TriedChange {
  readonly prices?: readonly Omit<Price, 'entry'>[]
  readonly uplifts?: readonly Omit<Uplift, 'entry'>[]
  readonly moves?: readonly TriedMove[]
}

/** What one month's invoices come to in a currency, minor units. */
export interface ForecastPeriod {
  readonly period: DateRange
  readonly currency: string
  readonly before: number
  readonly after: number
}

/** What one client brings a month at the end of the forecast. */
export interface ForecastClient {
  readonly client: string
  readonly currency: string
  readonly before: number
  readonly after: number
}

/** See the file. */
export interface Forecast {
  /** By currency, then by month. */
  readonly periods: readonly ForecastPeriod[]
  /** Clients whose monthly recurring revenue on the last day differs, those that lose most first. */
  readonly clients: readonly ForecastClient[]
  /** Monthly recurring revenue on the last day by currency. */
  readonly revenue: readonly { readonly currency: string; readonly before: number; readonly after: number }[]
}

/** One half of a forecast: what the months to come bring, with or without what is tried out. */
export interface ForecastSide {
  /** Totals of each month by currency, minor units. */
  readonly months: readonly { readonly period: DateRange; readonly totals: ReadonlyMap<string, number> }[]
  /** What recurs a month on the last day. */
  readonly shares: RevenueOn['shares']
}

/** Which months: `months` of them from the first of `from`'s month on. */
export interface ForecastRange {
  readonly from: PlainDate
  readonly months: number
}

/**
 * Runs the months to come, twice. Seals are left out: it is about what is to come.
 *
 * @example forecast({ ...book.billingInput(period), policy: presets.standard }, { uplifts: [{ percent: '5', effectiveOn: '2027-01-01' }] }, { from: '2026-12-01', months: 12 })
 */
export function forecast(input: ForecastInput, change: TriedChange, range: ForecastRange): Result<Forecast> {
  const before = forecastSide(input, range)
  if (!before.ok) return before
  const after = forecastSide(withChange(input, change), range)
  return after.ok ? { ok: true, value: compareForecasts(before.value, after.value) } : after
}

/** What a forecast is made from. */
export type ForecastInput = Omit<BillingInput, 'period'>

/** One half: whoever tries out one thing after another keeps that of the book as it is. */
export function forecastSide(input: ForecastInput, { from, months }: ForecastRange): Result<ForecastSide> {
  const first = `${from.slice(0, 8)}01`
  const made: ForecastSide['months'][number][] = []
  for (let month = 0; month < months; month++) {
    const start = addMonths(first, month)
    const period = { from: start, to: addMonths(start, 1) }
    const run = invoiceRun({ ...input, sealed: [], period })
    if (!run.ok) return run
    const totals = new Map<string, number>()
    for (const { currency, total } of run.value.invoices) totals.set(currency, (totals.get(currency) ?? 0) + total)
    made.push({ period, totals })
  }
  const [revenue] = recurringRevenue(input, [addDays(addMonths(first, months), -1)])
  return { ok: true, value: { months: made, shares: revenue?.shares ?? [] } }
}

/** Puts both halves side by side; they are of the same months. */
export function compareForecasts(before: ForecastSide, after: ForecastSide): Forecast {
  const periods = before.months.flatMap(({ period, totals }, month): ForecastPeriod[] => {
    const others = after.months[month]?.totals ?? new Map<string, number>()
    return [...new Set([...totals.keys(), ...others.keys()])]
      .filter((currency) => currencyDigits(currency) !== null)
      .map((currency) => ({
        period,
        currency,
        before: totals.get(currency) ?? 0,
        after: others.get(currency) ?? 0,
      }))
  })
  const both = (keyOf: (share: RevenueOn['shares'][number]) => string) =>
    sumBoth(before.shares, after.shares, keyOf, ({ amount }) => amount)
  const clients = [...both(({ client, currency }) => `${currency} ${client}`)]
    .map(([key, sum]): ForecastClient => ({ currency: key.slice(0, 3), client: key.slice(4), ...sum }))
    .filter((one) => one.before !== one.after)
    .sort((a, b) => a.after - a.before - (b.after - b.before))
  return {
    periods: periods.sort((a, b) => (a.currency < b.currency ? -1 : a.currency > b.currency ? 1 : 0)),
    clients,
    revenue: [...both(({ currency }) => currency)].map(([currency, sum]) => ({ currency, ...sum })),
  }
}

/** The input as it would be. Of prices from the same day the one tried out holds. */
export function withChange<Input extends Pick<BillingInput, 'prices' | 'uplifts' | 'periods'>>(
  input: Input,
  { prices = [], uplifts = [], moves = [] }: TriedChange,
): Input {
  const byClient = new Map<string, TriedMove[]>()
  for (const move of moves) byClient.set(move.client, [...(byClient.get(move.client) ?? []), move])
  const periods =
    moves.length === 0 ? input.periods : input.periods.flatMap((period) => moved(period, byClient.get(period.client)))
  return {
    ...input,
    prices: [...input.prices, ...prices.map((price, place) => ({ ...price, entry: `tried/${place}` }))],
    uplifts: [
      ...(input.uplifts ?? []),
      ...uplifts.map((uplift, place) => ({ ...uplift, entry: `tried-uplift/${place}` })),
    ],
    periods,
  }
}

/** A period cut where moves fall into it. */
function moved(period: TierPeriod, moves: readonly TriedMove[] = []): readonly TierPeriod[] {
  const inside = moves
    .filter(({ effectiveOn: on }) => period.from <= on && (period.to === null || on < period.to))
    .sort((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1))
  if (inside.length === 0) return [period]
  const starts = [
    { from: period.from, tier: period.tier },
    ...inside.map(({ effectiveOn, tier }) => ({ from: effectiveOn, tier })),
  ]
  return starts.flatMap(({ from, tier }, place) => {
    const to = starts[place + 1]?.from ?? period.to
    return to !== null && from >= to ? [] : [{ ...period, tier, from, to }]
  })
}

function sumBoth<T, K extends string>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => K,
  amountOf: (item: T) => number,
): Map<K, { before: number; after: number }> {
  const sums = new Map<K, { before: number; after: number }>()
  for (const [side, items] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const item of items) {
      const key = keyOf(item)
      const sum = sums.get(key) ?? { before: 0, after: 0 }
      sum[side] += amountOf(item)
      sums.set(key, sum)
    }
  }
  return sums
}
