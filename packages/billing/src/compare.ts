// What is different from the run before, client by client and item by item, so that a preview can be reviewed by its changes.
import type { Run } from './line.ts'

/** A run or a sealed run; what counts is who was billed how much for what. */
export interface ComparableRun {
  readonly invoices: readonly {
    readonly client: string
    readonly currency: string
    readonly total: number
    readonly lines: readonly { readonly item: string; readonly amount: number; readonly adjusts?: unknown }[]
  }[]
}

/** How one client's invoice differs; amounts in minor units, 0 where there was or is none. */
export interface ClientDifference {
  readonly client: string
  readonly currency: string
  readonly before: number
  readonly after: number
  /** Items whose amount differs; adjustments of sealed periods together under `adjustment`. */
  readonly items: readonly { readonly item: string; readonly before: number; readonly after: number }[]
}

/** Lists every client whose invoice differs between two runs, sorted by client. */
export function compareRuns(before: ComparableRun, after: ComparableRun | Run): ClientDifference[] {
  const accounts = new Map<string, Account>()
  addRun(accounts, before, 'before')
  addRun(accounts, after, 'after')
  return [...accounts.keys()].sort().flatMap((key) => {
    const account = accounts.get(key)
    if (!account) return []
    const items = [...account.items]
      .map(([item, amounts]) => ({ item, ...amounts }))
      .filter((item) => item.before !== item.after)
      .sort((a, b) => (a.item < b.item ? -1 : 1))
    return items.length === 0 ? [] : [{ ...account, items }]
  })
}

interface Account {
  readonly client: string
  readonly currency: string
  before: number
  after: number
  readonly items: Map<string, { before: number; after: number }>
}

function addRun(accounts: Map<string, Account>, run: ComparableRun, side: 'before' | 'after'): void {
  for (const { client, currency, total, lines } of run.invoices) {
    const key = `${client} ${currency}`
    const account: Account = accounts.get(key) ?? { client, currency, before: 0, after: 0, items: new Map() }
    accounts.set(key, account)
    account[side] += total
    for (const line of lines) {
      const item = line.adjusts ? 'adjustment' : line.item
      const amounts = account.items.get(item) ?? { before: 0, after: 0 }
      account.items.set(item, amounts)
      amounts[side] += line.amount
    }
  }
}
