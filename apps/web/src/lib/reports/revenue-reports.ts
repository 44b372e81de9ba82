// The reports on tiers and recurring revenue: what each table says, in the language shown.
import { movementKinds } from '@tierbook/billing'
import { dateWords, numberWords } from '#lib/ui/words.ts'
import { m } from '#lib/paraglide/messages.js'
import { mostRows, type Column, type Names, type Report, type ReportRow } from './report.ts'
import type { CurrencyRevenue, RevenueFacts } from './revenue-facts.ts'
import { shortMonth, sum } from './series.ts'

const movementWords = {
  new: m.reports_new,
  reactivation: m.reports_reactivation,
  expansion: m.reports_expansion,
  contraction: m.reports_contraction,
  churn: m.reports_churn,
}
const movementColours = {
  new: 'var(--chart-1)',
  reactivation: 'var(--chart-2)',
  expansion: 'var(--chart-3)',
  contraction: 'var(--chart-4)',
  churn: 'var(--chart-5)',
}

/** Clients per tier, revenue by tier and by client, and its movements. */
export function revenueReports(facts: RevenueFacts, names: Names): Report[] {
  return [
    tiersOverTime(facts, names),
    ...facts.currencies.flatMap((revenue) => [
      revenueByTier(facts, revenue, names),
      movementsOf(facts, revenue.currency),
      revenueByClient(facts, revenue, names),
    ]),
  ]
}

function tiersOverTime({ days, counts }: RevenueFacts, { tiers }: Names): Report {
  const columns = tiers.map(({ id, name, colour }): Column => ({ key: id, label: name, kind: 'count', tint: colour }))
  return {
    id: 'tiers',
    title: m.reports_tiers(),
    text: m.reports_tiers_text(),
    columns: [dayColumn(), ...columns, { key: 'total', label: m.reports_total(), kind: 'count' }],
    rows: days.map((day, index) => {
      const byTier = Object.fromEntries(tiers.map(({ id }) => [id, counts[index]?.get(id) ?? 0]))
      return { day, short: shortMonth(day), ...byTier, total: sum(Object.values(byTier)) }
    }),
  }
}

function revenueByTier({ days, unpriced }: RevenueFacts, { currency, tiers: amounts }: CurrencyRevenue, names: Names) {
  const places = new Map(names.tiers.map(({ id }, index) => [id, index]))
  const place = (tier: string | null) => places.get(tier ?? '') ?? names.tiers.length
  const inOrder = [...amounts].sort((a, b) => place(a.tier) - place(b.tier))
  const columns = inOrder.map(({ tier }): Column => {
    const known = names.tiers.find(({ id }) => id === tier)
    if (tier === null) return { key: 'bundles', label: m.reports_bundles(), kind: 'money', colour: 'var(--chart-2)' }
    return { key: tier, label: known?.name ?? tier, kind: 'money', tint: known?.colour ?? 'slate' }
  })
  return {
    id: `revenue-${currency}`,
    title: m.reports_revenue({ currency }),
    text: unpriced.length === 0 ? m.reports_revenue_text() : m.reports_revenue_unpriced({ count: unpriced.length }),
    currency,
    columns: [dayColumn(), ...columns, { key: 'total', label: m.reports_total(), kind: 'money' }] as const,
    rows: days.map((day, index): ReportRow => {
      const byTier = amounts.map((one) => [one.tier ?? 'bundles', one.amounts[index] ?? 0] as const)
      return {
        day,
        short: shortMonth(day),
        ...Object.fromEntries(byTier),
        total: sum(byTier.map(([, amount]) => amount)),
      }
    }),
  } satisfies Report
}

function movementsOf({ movements }: RevenueFacts, currency: string): Report {
  return {
    id: `movements-${currency}`,
    title: m.reports_movements({ currency }),
    text: m.reports_movements_text(),
    currency,
    columns: [
      dayColumn(),
      { key: 'before', label: m.reports_before(), kind: 'money' },
      ...movementKinds.map((key): Column => ({
        key,
        label: movementWords[key](),
        kind: 'money',
        colour: movementColours[key],
      })),
      { key: 'after', label: m.reports_after(), kind: 'money' },
    ],
    rows: movements
      .filter((one) => one.currency === currency)
      .map(({ to, before, after, sums }) => ({ day: to, short: shortMonth(to), before, ...sums, after })),
  }
}

function revenueByClient({ days }: RevenueFacts, { currency, clients }: CurrencyRevenue, names: Names): Report {
  return {
    id: `clients-${currency}`,
    title: m.reports_clients({ currency }),
    text: m.reports_clients_text(),
    currency,
    columns: [
      { key: 'client', label: m.changes_client(), kind: 'text' },
      ...days
        .map((day, index): Column => ({ key: `d${index}`, label: dateWords(day), heading: day, kind: 'money' }))
        .slice(-shownMonths),
    ],
    rows: clients.map(({ client, amounts }) => ({
      client: names.client(client),
      ...Object.fromEntries(amounts.map((amount, index) => [`d${index}`, amount])),
    })),
    mostShown: mostRows,
    chart: chartOfRanks(clients.map(({ amounts }) => amounts.at(-1) ?? 0)),
  }
}

/** How much depends on the largest clients: what each group brings on the last day. */
function chartOfRanks(amounts: readonly number[]): NonNullable<Report['chart']> {
  const groups = rankEnds.map((end, index) => ({
    from: (rankEnds[index - 1] ?? 0) + 1,
    to: Math.min(end, amounts.length),
  }))
  return {
    columns: [{ key: 'amount', label: m.reports_by_rank(), kind: 'money', colour: 'var(--chart-1)' }],
    rows: groups
      .filter(({ from, to }) => from <= to)
      .map(({ from, to }) => ({
        short: from === to ? numberWords(from) : `${numberWords(from)}–${numberWords(to)}`,
        amount: sum(amounts.slice(from - 1, to)),
      })),
  }
}

const rankEnds = [1, 5, 10, 25, 100, Number.POSITIVE_INFINITY] // last place of each group
const shownMonths = 6 // as many as fit beside a name

function dayColumn(): Column {
  return { key: 'day', label: m.reports_day(), kind: 'date' }
}
