// Activity is a feed and no billing fact: it needs no entry, but it only moves forward and not beyond tomorrow (AD5).
import { readActivityReport } from '../schema/activity-report.ts'
import type { FreshStruct } from './fresh-structs.ts'
import type { KnownBook, Place, StructId } from './known-book.ts'
import { maxActivityLeadMs } from './limits.ts'
import { refuse } from './refusal.ts'

/** Refuses new reports that are malformed or too far ahead, and the loss of `replaced` ones that the new ones do not cover. */
export function checkActivity(
  replaced: readonly StructId[],
  fresh: ReadonlyMap<number, readonly FreshStruct[]>,
  known: KnownBook,
  now: number,
): void {
  const said = new Map<string, number>()
  for (const structs of fresh.values()) {
    for (const struct of structs) if (struct.place.root === 'activity') noteReports(struct, now, said)
  }
  for (const id of replaced) {
    for (const [client, at] of readActivityReport(known.value(id)) ?? []) {
      const now = said.get(client)
      if (now !== undefined && now >= at) continue
      refuse(
        'invalid-field',
        `activity ${client}: expected at least ${at} in what replaces it, got ${now ?? 'nothing'}`,
      )
    }
  }
}

/** Whether an element lives in the list of reports. */
export function isReport(place: Place | null): boolean {
  return place?.root === 'activity' && place.key === null
}

function noteReports({ struct, place, from, dead }: FreshStruct, now: number, said: Map<string, number>): void {
  if (place.key !== null) refuse('invalid-field', `activity: expected a list element, got the map key ${place.key}`)
  for (const value of struct.values.slice(from - struct.clock)) {
    const report = readActivityReport(value)
    if (!report)
      refuse('invalid-field', `activity: expected JSON of client ids and epoch milliseconds, got ${shorten(value)}`)
    for (const [client, at] of report) {
      if (at > now + maxActivityLeadMs) refuse('invalid-field', `activity ${client}: more than 24 h ahead`)
      // What was replaced before it got here says nothing any more; who replaced it says it again.
      if (!dead && at > (said.get(client) ?? -1)) said.set(client, at)
    }
  }
}

function shorten(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? 'nothing'
}
