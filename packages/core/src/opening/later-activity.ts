// What feeds reported to one document and another one has not heard of (SY5): a wiped server shows clients as active again without waiting for the feeds.
import type * as Y from 'yjs'
import { readingActivity } from '../projection/reported-activity.ts'
import { writeReports } from '../schema/activity-report.ts'
import { runAtOnce } from '../slices.ts'

/** Reports for `to` of what `from` knows later moments of; none where it knows nothing later. */
export function laterActivity(from: Y.Doc, to: Y.Doc): readonly string[] {
  const [known, held] = [from, to].map((doc) => runAtOnce(readingActivity(doc.getArray('activity'))).latest)
  const later = new Map([...(known ?? [])].filter(([client, at]) => at > (held?.get(client) ?? -1)))
  return later.size === 0 ? [] : writeReports(later, later, null).texts
}
