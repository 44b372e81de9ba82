// Reports of activity from feeds: not logged, the largest wins, written at most hourly per client.
import * as z from 'zod/mini'
import type { BookProjection } from '../projection/book-projection.ts'
import { type Result, succeed } from '../result.ts'
import { Id } from '../schema/ids.ts'
import { checkInput } from './check-input.ts'
import type { Described } from './draft.ts'

/** A feed that reports each ping would grow the document without telling anybody more. */
const leastStepMs = 3_600_000
/** As far ahead of the clock as the server accepts (AD5). */
const mostAheadMs = 86_400_000

const Reports = z.array(
  z.strictObject({ client: Id, at: z.int().check(z.minimum(0), z.maximum(8_640_000_000_000_000)) }),
)

/** The fields to write for `reports`; reports on unknown clients, old news and far futures are left out. */
export function draftActivity(
  projection: BookProjection,
  reported: (client: string) => unknown,
  input: unknown,
  now: number,
): Result<Described[]> {
  const checked = checkInput(Reports, input)
  if (!checked.ok) return checked
  const latest = new Map<string, number>()
  for (const { client, at } of checked.value) {
    if (at <= now + mostAheadMs && at > (latest.get(client) ?? -1)) latest.set(client, at)
  }
  const describe: Described[] = []
  for (const [client, at] of latest) {
    if (!projection.client(client)?.isAdded) continue
    const before = reported(client)
    if (typeof before === 'number' && at - before < leastStepMs) continue
    describe.push({ root: 'activity', key: client, value: at })
  }
  return succeed(describe)
}
