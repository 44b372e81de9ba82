// What filters are called.
import type { Tier } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'
import { dateWords } from '#lib/ui/words.ts'
import { type ClientFilter, noFilter, type Status } from './client-filter.ts'

export const statusWords: Readonly<Record<Status, () => string>> = {
  active: m.overview_active,
  upcoming: m.overview_upcoming,
  ended: m.overview_ended,
}

/** The usual spans of silence, and the one that is set. */
export function idleChoices(set: number | null): number[] {
  return [...new Set([7, 14, 30, 60, 90, 180, 365, ...(set === null ? [] : [set])])].sort((a, b) => a - b)
}

/** One active filter, and what takes it away. */
export interface FilterChip {
  readonly text: string
  readonly without: Partial<ClientFilter>
}

/** The active filters in the order of the panel. */
export function chipsOf(filter: ClientFilter, tiers: readonly Tier[]): FilterChip[] {
  const { from, to, idleDays } = filter
  const chips: (FilterChip | false)[] = [
    ...filter.tiers.map((id) => ({
      text: tiers.find((tier) => tier.id === id)?.name ?? id,
      without: { tiers: filter.tiers.filter((other) => other !== id) },
    })),
    ...filter.statuses.map((status) => ({
      text: statusWords[status](),
      without: { statuses: filter.statuses.filter((other) => other !== status) },
    })),
    filter.contested && { text: m.overview_filter_contested(), without: { contested: false } },
    filter.scheduled && { text: m.overview_filter_scheduled(), without: { scheduled: false } },
    filter.note && { text: m.overview_filter_note(), without: { note: false } },
    idleDays !== null && { text: m.overview_chip_idle({ count: idleDays }), without: { idleDays: null } },
    (from !== null || to !== null) && { text: span(from, to), without: { from: noFilter.from, to: noFilter.to } },
  ]
  return chips.filter((chip) => chip !== false)
}

function span(from: string | null, to: string | null): string {
  if (from === null) return m.overview_chip_until({ to: dateWords(to ?? '') })
  if (to === null) return m.overview_chip_since({ from: dateWords(from) })
  return m.overview_chip_between({ from: dateWords(from), to: dateWords(to) })
}
