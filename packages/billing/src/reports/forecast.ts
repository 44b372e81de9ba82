// What if: the invoices of the months to come and the recurring revenue of each client, as the book is and with changes tried out (BL26).
import { currencyDigits } from '../currency.ts'
import type { BillingInput, Price, TierPeriod, Uplift } from '../input.ts'
import { addDays, addMonths, type DateRange, type PlainDate } from '../plain-date.ts'
import type { Policy } from '../policy.ts'
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

/**
 * Runs `months` months from the first of `from`'s month on, twice. Seals are left out: it is about what is to come.
 *
 * @example forecast({ ...book.billingInput(period), policy: presets.standard }, { uplifts: [{ percent: '5', effectiveOn: '2027-01-01' }] }, { from: '2026-12-01', months: 12 })
 */
export function forecast(
  input: Omit<BillingInput, 'period'> & { readonly policy: Policy },
  change: TriedChange,
  { from, months }: { from: PlainDate; months: number },
): Result<Forecast> {
  const first = `${from.slice(0, 8)}01`
  const starts = Array.from({ length: months }, (_, month) => addMonths(first, month))
  const lastDay = addDays(addMonths(first, months), -1)
  const tried = withChange(input, change)
  const periods: ForecastPeriod[] = []
  for (const start of starts) {
    const period = { from: start, to: addMonths(start, 1) }
    const before = invoiceRun({ ...input, sealed: [], period })
    if (!before.ok) return before
    const after = invoiceRun({ ...tried, sealed: [], period })
    if (!after.ok) return after
    const sums = sumBoth(
      before.value.invoices,
      after.value.invoices,
      ({ currency }) => currency,
      ({ total }) => total,
    )
    for (const [currency, sum] of sums) periods.push({ period, currency, ...sum })
  }
  const [revenueBefore] = recurringRevenue(input, [lastDay])
  const [revenueAfter] = recurringRevenue(tried, [lastDay])
  const shares = (revenue: RevenueOn | undefined) => revenue?.shares ?? []
  const both = <K extends string>(keyOf: (share: RevenueOn['shares'][number]) => K) =>
    sumBoth(shares(revenueBefore), shares(revenueAfter), keyOf, ({ amount }) => amount)
  const clients = [...both(({ client, currency }) => `${currency} ${client}`)]
    .map(([key, sum]): ForecastClient => ({ currency: key.slice(0, 3), client: key.slice(4), ...sum }))
    .filter(({ before, after }) => before !== after)
    .sort((a, b) => a.after - a.before - (b.after - b.before))
  const revenue = [...both(({ currency }) => currency)].map(([currency, sum]) => ({ currency, ...sum }))
  const known = periods.filter(({ currency }) => currencyDigits(currency) !== null)
  return {
    ok: true,
    value: {
      periods: known.sort((a, b) => (a.currency < b.currency ? -1 : a.currency > b.currency ? 1 : 0)),
      clients,
      revenue,
    },
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
