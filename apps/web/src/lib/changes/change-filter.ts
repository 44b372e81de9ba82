// The filter of the change log as it stands in the address.
import { isPlainDate, type ChangeQuery } from '@tierbook/core'

const fields = ['q', 'client', 'actor', 'kind', 'from', 'to'] as const

/** Dates as typed: `to` is the last day that counts. */
export type ChangeFilter = Partial<Record<(typeof fields)[number], string>>

/** Reads the filter; dates that are none are left out. */
export function readFilter(params: Pick<URLSearchParams, 'get'>): ChangeFilter {
  const filter: ChangeFilter = {}
  for (const field of fields) {
    const value = params.get(field)
    if (!value || ((field === 'from' || field === 'to') && !isPlainDate(value))) continue
    filter[field] = value
  }
  return filter
}

/** The address part of a filter. */
export function filterToSearch(filter: ChangeFilter): string {
  const params = new URLSearchParams()
  for (const field of fields) {
    const value = filter[field]
    if (value) params.set(field, value)
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

/** What core is asked: its `to` is the first day that no longer counts. */
export function filterToQuery(filter: ChangeFilter): ChangeQuery {
  const { to, q: _, ...rest } = filter
  return { ...rest, ...(to ? { to: dayAfter(to) } : {}) }
}

function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
