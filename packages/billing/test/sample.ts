// Short ways to write a book for a test: one client on tiers at prices, billed by months of 2026 unless a test says otherwise.
import {
  invoiceRun,
  presets,
  sealRun,
  type BillingInput,
  type Line,
  type Price,
  type PriceModel,
  type Run,
  type SealedRun,
  type TierPeriod,
} from '../src/index.ts'

export const acme = { id: 'acme', name: 'Acme Dental', createdOn: '2020-01-01' }
export const october = { from: '2026-10-01', to: '2026-11-01' }
export const november = { from: '2026-11-01', to: '2026-12-01' }
export const december = { from: '2026-12-01', to: '2027-01-01' }

/** A book with one client; `parts` replaces what it names. */
export function book(parts: Partial<BillingInput>): BillingInput {
  return {
    period: october,
    clients: [acme],
    tiers: [
      { id: 'starter', name: 'Starter', rank: 100 },
      { id: 'professional', name: 'Professional', rank: 200 },
      { id: 'enterprise', name: 'Enterprise', rank: 300 },
    ],
    periods: [on('starter', '2026-01-01')],
    prices: [],
    policy: presets.standard,
    timeZone: 'UTC',
    currency: 'EUR',
    ...parts,
  }
}

/** A client on a tier. */
export function on(tier: string, from: string, to: string | null = null, rest: Partial<TierPeriod> = {}): TierPeriod {
  return { client: 'acme', tier, from, to, entries: [`assigned-${tier}-${from}`], ...rest }
}

let priceCount = 0

/** A price, by default of a tier, for a calendar month in arrears. */
export function price(tier: string, amount: number, rest: Partial<Price> = {}): Price {
  priceCount += 1
  return {
    entry: `price-${tier}-${priceCount}`,
    item: { kind: 'tier', tier },
    effectiveOn: '2010-01-01',
    currency: 'EUR',
    interval: 'month',
    timing: 'arrears',
    cycle: 'calendar',
    model: { type: 'flat', amount },
    ...rest,
  }
}

/** A price of usage. */
export function usagePrice(unit: string, model: PriceModel, rest: Partial<Price> = {}): Price {
  return price(unit, 0, { item: { kind: 'usage', unit }, model, ...rest })
}

/** The run of a book that has nothing wrong with it. */
export function run(input: BillingInput): Run {
  const result = invoiceRun(input)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** Seals the run of a book. */
export function sealed(input: BillingInput): SealedRun {
  return sealRun(run(input), { prefix: '' })
}

/** All lines of a run. */
export function lines(given: Run): readonly Line[] {
  return given.invoices.flatMap((invoice) => invoice.lines)
}

/** What a run's lines say in short: kind or item, days, amount. */
export function short(given: Run): string[] {
  return lines(given).map(({ kind, item, from, to, amount }) =>
    kind === 'adjustment' ? `adjustment ${item} ${amount}` : `${item} ${from}..${to} ${amount}`,
  )
}
