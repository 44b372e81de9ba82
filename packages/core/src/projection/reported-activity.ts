// What feeds reported: when each client was last active. The largest report wins, in whatever order they came.
import type * as Y from 'yjs'
import { visitAdded, visitAll, walksOver } from '../log/log-items.ts'
import { readActivityReport } from '../schema/activity-report.ts'
import type { Slices } from '../slices.ts'

/** The latest report of each client. */
export interface ReportedActivity {
  /** Epoch ms; undefined for a client that no feed reported. */
  of(client: string): number | undefined
  readonly latest: ReadonlyMap<string, number>
  /** How many reports the list holds and their length in UTF-16 code units; `null` where one of them cannot be read. */
  held(): { readonly count: number; readonly length: number } | null
  /** Takes in what a transaction reported; ids of the clients whose latest report changed go into `touched`. */
  apply(transaction: Y.Transaction, touched: Set<string>): void
}

/** Reads all reports in `activity`, in slices, then follows them. A report that was replaced is covered by the one that replaced it. */
export function* readingActivity(activity: Y.Array<unknown>): Slices<ReportedActivity> {
  const latest = new Map<string, number>()
  let isReadable = true
  const take = (value: unknown, touched: Set<string> | null) => {
    const report = readActivityReport(value)
    isReadable &&= report !== null
    for (const [client, at] of report ?? []) {
      if (at <= (latest.get(client) ?? -1)) continue
      latest.set(client, at)
      touched?.add(client)
    }
  }
  for (const walk of walksOver(activity, 1)) {
    // A report names up to five thousand clients: each takes milliseconds.
    walk((value) => take(value, null))
    yield
  }
  return {
    of: (client) => latest.get(client),
    latest,
    held() {
      let length = 0
      visitAll(activity, (value) => (length += String(value).length))
      return isReadable ? { count: activity.length, length } : null
    },
    apply: (transaction, touched) => {
      // Nearly every transaction is a command, which reports nothing.
      if (transaction.changed.has(activity as never)) visitAdded(activity, transaction, (value) => take(value, touched))
    },
  }
}
