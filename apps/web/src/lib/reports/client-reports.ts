// The reports on clients and people: how long they have been there, who is idle, who changed how much.
import type { ActorChanges, IdleClients, TenureBand } from '@tierbook/billing'
import { m } from '#lib/paraglide/messages.js'
import { mostRows, type Column, type Names, type Report } from './report.ts'
import { chartOfLargest, shortMonth, sum } from './series.ts'

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

/** Who is without activity; each client stands once, at the longest time that fits. `lastActivity` gives epoch ms, null for never. */
export function idleReport(
  idle: readonly IdleClients[],
  names: Names,
  { lastActivity, timeZone }: { lastActivity: (id: string) => number | null; timeZone: string },
): Report {
  const momentOf = (at: number | null) => (at === null ? '' : new Date(at).toISOString())
  const longest = new Map(idle.flatMap(({ days, clients }) => clients.map((client) => [client, days] as const)))
  const order = idle[0]?.clients ?? []
  return {
    id: 'idle',
    timeZone,
    title: m.reports_idle(),
    text: m.reports_idle_text({ counts: idle.map(({ days, clients }) => `${days}: ${clients.length}`).join(' · ') }),
    columns: [
      { key: 'client', label: m.changes_client(), kind: 'text' },
      { key: 'last', label: m.reports_last_activity(), kind: 'moment' },
      { key: 'days', label: m.reports_idle_days(), kind: 'count' },
    ],
    rows: order.map((client) => ({
      client: names.client(client),
      last: momentOf(lastActivity(client)),
      days: longest.get(client) ?? 0,
    })),
    mostShown: mostRows,
    chart: {
      columns: [{ key: 'clients', label: m.reports_client_count(), kind: 'count', colour: 'var(--chart-1)' }],
      rows: idle.map(({ days, clients }) => ({ short: m.reports_days_at_least({ days }), clients: clients.length })),
    },
  }
}

/** Who changed how much in each month. */
export function changesReport(months: readonly ActorChanges[], names: Names): Report {
  const totals = new Map<string, number>()
  for (const { counts } of months)
    for (const [actor, count] of counts) totals.set(actor, (totals.get(actor) ?? 0) + count)
  const actors = [...totals].sort((a, b) => b[1] - a[1]).map(([actor]) => actor)
  return {
    id: 'changes',
    title: m.reports_changes(),
    text: m.reports_changes_text(),
    columns: [
      { key: 'month', label: m.invoices_month(), kind: 'month' },
      ...actors.map((actor): Column => ({
        key: actor,
        label: names.actor(actor),
        heading: names.actorInFile(actor),
        kind: 'count',
      })),
      { key: 'total', label: m.reports_total(), kind: 'count' },
    ],
    rows: months.map(({ from, counts }) => {
      const byActor = Object.fromEntries(actors.map((actor) => [actor, counts.get(actor) ?? 0]))
      return { month: from.slice(0, 7), ...byActor, total: sum(Object.values(byActor)) }
    }),
    chart: chartOfLargest(
      actors.map((actor) => ({
        key: actor,
        label: names.actor(actor),
        values: months.map(({ counts }) => counts.get(actor) ?? 0),
      })),
      { places: months.map(({ from }) => shortMonth(from)), kind: 'count', others: m.reports_other_people() },
    ),
  }
}
