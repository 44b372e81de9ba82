// From numbers to reports: what each table says, in the language shown.
import { movementKinds, type ActorChanges, type IdleClients, type TenureBand } from '@tierbook/billing'
import { dateWords, monthWords } from '#lib/ui/words.ts'
import { m } from '#lib/paraglide/messages.js'
import type { Column, Report, ReportRow } from './report.ts'
import type { CurrencyRevenue, RevenueFacts } from './revenue-facts.ts'

/** What names and colours come from. */
export interface Names {
  readonly tiers: readonly { readonly id: string; readonly name: string; readonly colour: string }[]
  client(id: string): string
  actor(id: string): string
}

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
const actorColours = ['var(--chart-1)', 'var(--chart-4)', 'var(--chart-3)', 'var(--chart-5)', 'var(--chart-2)']
const mostActors = 5 // one colour each; the rest are drawn together
const mostRows = 25

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
      return { day: dateWords(day), short: shortMonth(day), ...byTier, total: sum(Object.values(byTier)) }
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
        day: dateWords(day),
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
      .map(({ to, before, after, sums }) => ({ day: dateWords(to), short: shortMonth(to), before, ...sums, after })),
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
        .map((day, index): Column => ({ key: `d${index}`, label: dateWords(day), kind: 'money' }))
        .slice(-shownMonths),
    ],
    rows: clients.map(({ client, amounts }) => ({
      client: names.client(client),
      ...Object.fromEntries(amounts.map((amount, index) => [`d${index}`, amount])),
    })),
    mostShown: mostRows,
  }
}

const shownMonths = 6 // as many as fit beside a name

/** How long clients have been there. */
export function tenureReport(bands: readonly TenureBand[]): Report {
  return {
    id: 'tenure',
    title: m.reports_tenure(),
    text: m.reports_tenure_text(),
    columns: [
      { key: 'band', label: m.reports_band(), kind: 'text' },
      { key: 'clients', label: m.reports_client_count(), kind: 'count', colour: 'var(--chart-1)' },
    ],
    rows: bands.map(({ fromMonths, toMonths, clients }) => ({
      band:
        toMonths === null
          ? m.reports_band_from({ from: fromMonths })
          : m.reports_band_range({ from: fromMonths, to: toMonths }),
      clients: clients.length,
    })),
  }
}

/** Who is without activity; each client stands once, at the longest time that fits. */
export function idleReport(idle: readonly IdleClients[], names: Names, lastActivity: (id: string) => string): Report {
  const longest = new Map(idle.flatMap(({ days, clients }) => clients.map((client) => [client, days] as const)))
  const order = idle[0]?.clients ?? []
  return {
    id: 'idle',
    title: m.reports_idle(),
    text: m.reports_idle_text({ counts: idle.map(({ days, clients }) => `${days}: ${clients.length}`).join(' · ') }),
    columns: [
      { key: 'client', label: m.changes_client(), kind: 'text' },
      { key: 'last', label: m.reports_last_activity(), kind: 'text' },
      { key: 'days', label: m.reports_idle_days(), kind: 'count' },
    ],
    rows: order.map((client) => ({
      client: names.client(client),
      last: lastActivity(client),
      days: longest.get(client) ?? 0,
    })),
    mostShown: mostRows,
  }
}

/** Who changed how much in each month. */
export function changesReport(months: readonly ActorChanges[], names: Names): Report {
  const totals = new Map<string, number>()
  for (const { counts } of months)
    for (const [actor, count] of counts) totals.set(actor, (totals.get(actor) ?? 0) + count)
  const actors = [...totals].sort((a, b) => b[1] - a[1]).map(([actor]) => actor)
  const columns = actors.map((actor, index): Column => {
    const colour = index < mostActors ? { colour: actorColours[index] ?? 'var(--chart-1)' } : {}
    return { key: actor, label: names.actor(actor), kind: 'count', ...colour }
  })
  return {
    id: 'changes',
    title: m.reports_changes(),
    text: m.reports_changes_text(),
    columns: [
      { key: 'month', label: m.invoices_month(), kind: 'text' },
      ...columns,
      { key: 'total', label: m.reports_total(), kind: 'count' },
    ],
    rows: months.map(({ from, counts }) => {
      const byActor = Object.fromEntries(actors.map((actor) => [actor, counts.get(actor) ?? 0]))
      return { month: from.slice(0, 7), short: shortMonth(from), ...byActor, total: sum(Object.values(byActor)) }
    }),
  }
}

function dayColumn(): Column {
  return { key: 'day', label: m.reports_day(), kind: 'text' }
}

/** “Apr 26”: what fits under a bar. */
function shortMonth(day: string): string {
  return `${monthWords(day)} ${day.slice(2, 4)}`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
