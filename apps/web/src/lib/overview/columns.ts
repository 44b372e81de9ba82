// The columns of the billing overview.
import type { ClientSortKey } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'

export const columns: readonly { readonly key: ClientSortKey; readonly label: () => string }[] = [
  { key: 'name', label: m.overview_col_client },
  { key: 'tier', label: m.overview_col_plan },
  { key: 'lastActivity', label: m.overview_col_activity },
  { key: 'createdOn', label: m.overview_col_created },
]
