// What the tests of billing entries have in common: two months, a price, a seal, a book with a client.
import type { PriceFields } from '../src/schema/billing-entries.ts'
import type { SealedRunFacts } from '../src/projection/sealed-run.ts'
import { done, openForTest } from '../src/testing/open-for-test.ts'

/** Two months, and a price. */
export const october = { from: '2026-10-01', to: '2026-11-01' }
export const november = { from: '2026-11-01', to: '2026-12-01' }
export const starter: PriceFields = {
  item: { kind: 'tier', tier: 'starter' },
  effectiveOn: '2026-01-01',
  currency: 'EUR',
  interval: 'month',
  timing: 'arrears',
  cycle: 'calendar',
  model: { type: 'flat', amount: 31_000 },
}
const policy = {
  unit: 'day',
  denominator: 'actual',
  changeDay: 'new',
  endDay: 'free',
  start: 'prorate',
  end: 'prorate',
  upgrade: 'now',
  downgrade: 'now',
  credit: 'capped',
  adjustments: 'net',
  rounding: 'halfUp',
  roundAt: 'line',
} as const

/** A seal of `count` invoices; `mark` makes its hash another. */
export function sealOf(client: string, period = october, { count = 1, mark = 'A' } = {}): SealedRunFacts {
  const line = { item: 'tier:starter', cycle: period, ...period, quantity: '1', price: null }
  return {
    period,
    policy,
    currency: 'EUR',
    hash: mark.repeat(43),
    invoices: Array.from({ length: count }, (_, index) => ({
      number: `2026-10-${index}`,
      client,
      currency: 'EUR',
      total: 31_000,
      lines: [
        { ...line, amount: 31_000 },
        { ...line, amount: 10, taxCode: 'Zero Rated' },
        { ...line, amount: -5, adjusts: october },
        { ...line, amount: -5, adjusts: october, taxCode: '20% (VAT on Income)' },
      ],
    })),
  }
}

/** A book with one client on the starter tier. */
export async function bookWithClient(options: Parameters<typeof openForTest>[0] = {}) {
  const book = await openForTest(options)
  const { id } = await done(book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
  return { book, id }
}
