// What every charge of a run asks for: the period, the prices, how long a stretch is, and what a bundle already covers.
import { cyclesIn, type Grid, type Interval } from './cycles.ts'
import { createKeptCharges, type KeptCharges } from './kept-charges.ts'
import { createMeasure, type Measure } from './measure.ts'
import type { BillingInput, BillingTier, Price } from './input.ts'
import { addDays, addMonths, type DateRange, type PlainDate } from './plain-date.ts'
import type { Policy } from './policy.ts'
import { createPriceBook, type PriceBook } from './price-book.ts'
import type { TimelineContext } from './timeline.ts'

/** See the file. */
export interface RunContext extends TimelineContext {
  readonly period: DateRange
  readonly policy: Policy
  readonly measure: Measure
  /** What a slice costs for a part of a cycle, worked out once for all clients to whom it applies. */
  readonly charge: KeptCharges
  readonly hasSetupFees: boolean
  /** The earliest day that can still matter: the longest cycle before the run. */
  readonly oldestDay: PlainDate
  readonly bundles: readonly BundleSlice[]
  /** The cycles of a grid that share a day with the run. */
  cycles(grid: Grid): readonly DateRange[]
  tierName(tier: string): string
  /** Whether a bundle already covers `base` or `usage:<unit>` of a client on a day. */
  isCovered(client: string, what: string, on: PlainDate): boolean
  /** Days on which what bundles cover of a client changes. */
  coverChanges(client: string): readonly PlainDate[]
}

/** Days on which one price of a bundle holds. */
export interface BundleSlice {
  readonly price: Price
  readonly item: Extract<Price['item'], { kind: 'bundle' }>
  readonly from: PlainDate
  readonly to: PlainDate | null
}

/** Arranges the input for one period and policy. `book` can be shared by several runs over the same prices. */
export function createRunContext(
  input: BillingInput,
  period: DateRange,
  policy: Policy,
  book: PriceBook = createPriceBook(input.prices, input.uplifts ?? []),
): RunContext {
  const tiers = new Map<string, BillingTier>(input.tiers.map((tier) => [tier.id, tier]))
  const bundles = book.bundles.flatMap(bundleSlices)
  const slicesByClient = new Map<string, BundleSlice[]>()
  for (const slice of bundles) {
    for (const member of slice.item.members) {
      const list = slicesByClient.get(member)
      if (list) list.push(slice)
      else slicesByClient.set(member, [slice])
    }
  }
  const hasSetupFees = input.prices.some(({ setupFee = 0 }) => setupFee > 0)
  const oldestDay = addDays(addMonths(period.from, -book.longestMonths), -3) // shorter months move anchored cycles
  const calendarCycles = new Map<Interval, readonly DateRange[]>()
  return {
    period,
    policy,
    book,
    tiers,
    bundles,
    measure: createMeasure(policy, input.timeZone),
    charge: createKeptCharges(),
    hasSetupFees,
    oldestDay,
    forgetBefore: splitsOnly(policy) && !hasSetupFees && bundles.length === 0 ? oldestDay : null,
    cycles: (grid) => {
      if (grid.anchor !== null) return cyclesIn(grid, period)
      const found = calendarCycles.get(grid.interval) ?? cyclesIn(grid, period)
      calendarCycles.set(grid.interval, found)
      return found
    },
    tierName: (tier) => tiers.get(tier)?.name ?? tier,
    isCovered: (client, what, on) =>
      slicesByClient
        .get(client)
        ?.some(({ item, from, to }) => item.includes.includes(what) && from <= on && (to === null || on < to)) ?? false,
    coverChanges: (client) =>
      slicesByClient.get(client)?.flatMap(({ from, to }) => (to === null ? [from] : [from, to])) ?? noDates,
  }
}

/** Whether changes, starts and ends do nothing but split cycles on their day, so that none reaches into another. */
function splitsOnly({ upgrade, downgrade, start, end }: Policy): boolean {
  return upgrade === 'now' && downgrade === 'now' && start === 'prorate' && end === 'prorate'
}

const noDates: readonly PlainDate[] = []

/** Each price of a bundle until the next one. */
function bundleSlices(prices: readonly Price[]): BundleSlice[] {
  const slices: BundleSlice[] = []
  for (const [index, price] of prices.entries()) {
    const next = prices[index + 1]
    const from = price.effectiveOn
    const to = next?.effectiveOn ?? null
    if (price.item.kind !== 'bundle' || price.model.type === 'none' || from === to) continue
    slices.push({ price, item: price.item, from, to })
  }
  return slices
}
