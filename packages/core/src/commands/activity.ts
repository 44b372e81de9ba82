// Reports of activity from feeds: not logged, the largest wins, written at most hourly per client.
import * as z from 'zod/mini'
import type { BookProjection } from '../projection/book-projection.ts'
import { type Result, succeed } from '../result.ts'
import { maxEpochMs, writeReports, type WrittenReports } from '../schema/activity-report.ts'
import { Id } from '../schema/ids.ts'
import { checkInput } from './check-input.ts'

/** A feed that reports each ping would grow the document without telling anybody more. */
const leastStepMs = 3_600_000
/** As far ahead of the clock as the server accepts (AD5). */
const mostAheadMs = 86_400_000

const Reports = z.array(z.strictObject({ client: Id, at: z.int().check(z.minimum(0), z.maximum(maxEpochMs)) }))

/** What to write into `activity`. */
export interface ActivityDraft extends WrittenReports {
  /** Clients reported. */
  readonly clients: number
}

/** The report to write; reports on unknown clients, old news and far futures are left out. */
export function draftActivity(projection: BookProjection, input: unknown, now: number): Result<ActivityDraft> {
  const checked = checkInput(Reports, input)
  if (!checked.ok) return checked
  const { reported } = projection
  const latest = new Map<string, number>()
  for (const { client, at } of checked.value) {
    if (at <= now + mostAheadMs && at > (latest.get(client) ?? -1)) latest.set(client, at)
  }
  for (const [client, at] of latest) {
    const before = reported.of(client)
    const isTold = before !== undefined && at - before < leastStepMs
    if (isTold || !projection.client(client)?.isAdded) latest.delete(client)
  }
  if (latest.size === 0) return succeed({ texts: [], replaces: 0, clients: 0 })
  return succeed({ ...writeReports(latest, reported.latest, reported.held()), clients: latest.size })
}
