// Which clients the overview shows beside the search: filters that add up, as they stand in the address.
import { type ClientRow, isPlainDate } from '@tierbook/core'

export const statuses = ['active', 'upcoming', 'ended'] as const
export type Status = (typeof statuses)[number]

/** What has to hold for a client to be shown; lists hold alternatives, null and false ask for nothing. */
export interface ClientFilter {
  readonly tiers: readonly string[]
  readonly statuses: readonly Status[]
  readonly contested: boolean
  readonly scheduled: boolean
  /** No activity for at least so many days. */
  readonly idleDays: number | null
  /** First and last day of being created. */
  readonly from: string | null
  readonly to: string | null
  readonly note: boolean
}

export const noFilter: ClientFilter = {
  tiers: [],
  statuses: [],
  contested: false,
  scheduled: false,
  idleDays: null,
  from: null,
  to: null,
  note: false,
}

const dayMs = 86_400_000
const maxIdleDays = 36_500

/** How many of the filters ask for something. */
export function countFilters(filter: ClientFilter): number {
  const { tiers, statuses, contested, scheduled, idleDays, from, to, note } = filter
  return [tiers.length, statuses.length, contested, scheduled, idleDays, from ?? to, note].filter(Boolean).length
}

/** The test of a client, made once for all rows. */
export function fitsFilter(filter: ClientFilter, now: number): (row: ClientRow) => boolean {
  const { contested, scheduled, idleDays, from, to, note } = filter
  const tiers = filter.tiers.length > 0 ? new Set(filter.tiers) : null
  const wanted = filter.statuses.length > 0 ? new Set<string>(filter.statuses) : null
  const idleSince = idleDays === null ? null : now - idleDays * dayMs
  return (row) =>
    (!tiers || tiers.has(row.tier ?? '')) &&
    (!wanted || wanted.has(row.status)) &&
    (!contested || row.contested) &&
    (!scheduled || row.scheduled !== null) &&
    (idleSince === null || row.lastActivity === null || row.lastActivity <= idleSince) &&
    (from === null || row.createdOn >= from) &&
    (to === null || row.createdOn <= to) &&
    (!note || row.note !== null)
}

/** Reads a filter from an address; what makes no sense is left out. */
export function readClientFilter(params: URLSearchParams): ClientFilter {
  const list = (name: string) => (params.get(name) ?? '').split(',').filter((item) => item !== '')
  const date = (name: string) => {
    const value = params.get(name)
    return isPlainDate(value) ? value : null
  }
  const idle = Number(params.get('idle'))
  return {
    tiers: list('tier'),
    statuses: statuses.filter((status) => list('status').includes(status)),
    contested: params.get('contested') === '1',
    scheduled: params.get('scheduled') === '1',
    idleDays: Number.isInteger(idle) && idle > 0 && idle <= maxIdleDays ? idle : null,
    from: date('from'),
    to: date('to'),
    note: params.get('note') === '1',
  }
}

/** Puts a filter into an address. */
export function writeClientFilter(filter: ClientFilter, params: URLSearchParams): void {
  const { tiers, contested, scheduled, idleDays, from, to, note } = filter
  const values: Record<string, string> = {
    tier: tiers.join(','),
    status: filter.statuses.join(','),
    contested: contested ? '1' : '',
    scheduled: scheduled ? '1' : '',
    idle: idleDays === null ? '' : String(idleDays),
    from: from ?? '',
    to: to ?? '',
    note: note ? '1' : '',
  }
  for (const [name, value] of Object.entries(values)) {
    if (value) params.set(name, value)
    else params.delete(name)
  }
}
