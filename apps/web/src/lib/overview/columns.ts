// The columns of the billing overview, in the order in which they stand until somebody moves them.
import type { ClientSortKey } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'

export const columnKeys = ['name', 'tier', 'scheduled', 'lastActivity', 'createdOn', 'externalRef', 'note'] as const
export type ColumnKey = (typeof columnKeys)[number]

/** A column that can be shown. */
export interface Column {
  readonly key: ColumnKey
  readonly label: () => string
  /** What core sorts by; null where it does not. */
  readonly sort: ClientSortKey | null
  /** In px, until somebody drags its edge. */
  readonly width: number
  /** Shown until somebody chooses. */
  readonly usual: boolean
}

export const columns: readonly Column[] = [
  { key: 'name', label: m.overview_col_client, sort: 'name', width: 260, usual: true },
  { key: 'tier', label: m.overview_col_plan, sort: 'tier', width: 170, usual: true },
  { key: 'scheduled', label: m.overview_col_next, sort: null, width: 240, usual: true },
  { key: 'lastActivity', label: m.overview_col_activity, sort: 'lastActivity', width: 140, usual: true },
  { key: 'createdOn', label: m.overview_col_created, sort: 'createdOn', width: 130, usual: true },
  { key: 'externalRef', label: m.overview_col_external, sort: null, width: 150, usual: false },
  { key: 'note', label: m.overview_col_note, sort: null, width: 260, usual: false },
]

/** The columns that the table sorts by. */
export const sortable = columns.filter((column): column is Column & { sort: ClientSortKey } => column.sort !== null)
