// One month's invoices for a large book: 10,000 clients who each changed tier or seats 12 times in the year, with usage, overrides and an
// uplift; then the same with the month before sealed and changed afterwards.
import {
  checkSeals,
  invoiceRun,
  presets,
  runHash,
  sealRun,
  type BillingInput,
  type Price,
  type TierPeriod,
} from '@tierbook/billing'
import { type Books, openStoredBook, storeBook } from '../book/books.ts'
import { alternate, type Case } from '../measure.ts'
import { bar, type SuiteResult } from '../report.ts'

const tiers = ['starter', 'professional', 'enterprise'] as const
const changesAYear = 12
const targetMs = 250
const september = { from: '2026-09-01', to: '2026-10-01' }
const october = { from: '2026-10-01', to: '2026-11-01' }

/** Times invoice runs. The size is that of the book that the other suites use. */
export async function billingSuite(books: Books, options: { rounds: number }): Promise<SuiteResult> {
  const input = makeInput(books.size.clients)
  const sealed = sealRun(run({ ...input, period: september }), { prefix: '' })
  const changed = { ...input, periods: backDated(input.periods), sealed: [sealed] }
  const expected = runHash(run(input))
  const opened = await openStoredBook(await storeBook(books.ours), books)
  const cases: Case<never>[] = [
    {
      name: "one month's run",
      run: () => run(input),
      check: (made: unknown) => {
        const hash = runHash(made as ReturnType<typeof run>)
        if (hash !== expected) throw new Error(`expected the run ${expected}, got ${hash}`)
      },
    },
    { name: "one month's run with its hash", run: () => runHash(run(input)) },
    { name: "one month's run, adjusting a sealed month that changed", run: () => run(changed) },
    {
      name: 'check of one sealed month',
      run: () => checkSeals(changed),
      check: (states: unknown) => {
        const found = states as ReturnType<typeof checkSeals>
        const count = found.ok ? (found.value[0]?.differences.length ?? 0) : 0
        if (count === 0) throw new Error('expected the sealed month to have changed')
      },
    },
  ]
  // A run is made from plain data; what it takes to gather that from an open book stands beside it, and in no other case.
  const gather: Case<never> = {
    name: 'book.billingInput() of an open book',
    run: () => opened.billingInput(october),
    check: (made: unknown) => {
      const { periods } = made as BillingInput
      if (periods.length < books.size.clients) throw new Error(`expected a period a client, got ${periods.length}`)
    },
  }
  const timings = await alternate([...cases, gather], options)
  await opened.close()
  const made = run(input)
  const lines = made.invoices.reduce((sum, invoice) => sum + invoice.lines.length, 0)
  return {
    suite: 'billing',
    timings,
    bars: [bar("one month's run", timings[0]?.medianMs ?? Number.NaN, 'ms', targetMs)],
    notes: [
      `${input.clients.length} clients, ${input.periods.length} tier periods, ${made.invoices.length} invoices, ${lines} lines`,
      'a run does not include gathering its input: billingInput() is timed by itself, over the book of the other suites',
    ],
  }
}

function run(input: BillingInput) {
  const made = invoiceRun(input)
  if (!made.ok) throw new Error(made.error.message)
  if (made.value.notBillable.length > 0) throw new Error(made.value.notBillable[0]?.message)
  return made.value
}

function makeInput(count: number): BillingInput {
  const clients = Array.from({ length: count }, (_, index) => ({
    id: `client-${String(index).padStart(6, '0')}`,
    name: `Client ${index}`,
    createdOn: `2025-${two(1 + (index % 12))}-${two(1 + (index % 28))}`,
  }))
  return {
    period: october,
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    policy: presets.standard,
    tiers: tiers.map((id, index) => ({ id, name: id, rank: index })),
    clients,
    periods: clients.flatMap(({ id }, index) => changesOf(id, index)),
    prices: [
      ...tiers.map((tier, index) => tierPrice(`p-${tier}`, tier, 10_000 * (index + 1))),
      ...clients
        .filter((_, index) => index % 20 === 0)
        .map(({ id }) => ({ ...tierPrice(`own-${id}`, 'starter', 8_000), client: id })),
      {
        ...tierPrice('p-stacks', '', 0),
        item: { kind: 'usage', unit: 'stacks' },
        model: { type: 'perUnit', rate: 150, included: 5 },
      },
    ],
    uplifts: [{ entry: 'uplift', percent: '3.5', effectiveOn: '2026-07-01' }],
    usage: clients
      .filter((_, index) => index % 2 === 0)
      .flatMap(({ id }, index) =>
        [september, october].map((range) => ({
          entry: `u-${id}-${range.from}`,
          client: id,
          unit: 'stacks',
          ...range,
          quantity: index % 40,
        })),
      ),
  }
}

/** A change in each month of 2026, on a day that differs by client. */
function changesOf(client: string, index: number): TierPeriod[] {
  return Array.from({ length: changesAYear }, (_, month) => {
    const day = two(1 + ((index * 7 + month * 3) % 28))
    const next = two(1 + ((index * 7 + (month + 1) * 3) % 28))
    return {
      client,
      tier: tiers[(index + month) % tiers.length] ?? 'starter',
      from: `2026-${two(month + 1)}-${day}`,
      to: month === changesAYear - 1 ? null : `2026-${two(month + 2)}-${next}`,
      quantity: 1 + (month % 2),
      entries: [`e-${client}-${month}`],
    }
  })
}

/** The same periods, where every hundredth client was on another tier in September. */
function backDated(periods: readonly TierPeriod[]): TierPeriod[] {
  return periods.map((period) =>
    period.from.startsWith('2026-09') && period.client.endsWith('00') ? { ...period, quantity: 5 } : period,
  )
}

function tierPrice(entry: string, tier: string, amount: number): Price {
  return {
    entry,
    item: { kind: 'tier', tier },
    effectiveOn: '2025-01-01',
    currency: 'EUR',
    interval: 'month',
    timing: 'arrears',
    cycle: 'calendar',
    model: { type: 'flat', amount },
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
