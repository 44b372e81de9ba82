// The columns of the billing overview.
import type { ClientSortKey } from '@tierbook/core'

export const columns: readonly { readonly key: ClientSortKey; readonly label: string }[] = [
  { key: 'name', label: 'Client' },
  { key: 'tier', label: 'Plan' },
  { key: 'lastActivity', label: 'Last Activity' },
  { key: 'createdOn', label: 'Created' },
]
