// Makes what the next opening shows first, and a small mark that says of which state it is.
import * as z from 'zod/mini'
import { PlainDate } from '../schema/plain-date.ts'
import type { BookProjection } from './book-projection.ts'
import { overviewVersion, type SealedOverview, type StoredOverview } from './overview.ts'
import type { Slices } from '../slices.ts'
import { sumOfText } from '../sums.ts'

/** Says of which state a stored overview is: a small value beside the large one. */
const OverviewMark = z.strictObject({ version: z.string(), actions: z.int(), today: PlainDate })

/** Some 30 kB as JSON. */
const rowsInText = 128

/** The form that storage keeps, and the mark beside it. */
export interface SealedWithMark {
  readonly overview: z.infer<typeof SealedOverview>
  readonly mark: z.infer<typeof OverviewMark>
}

/** Seals what `projection` shows as this begins. */
export function* sealingOverview(projection: BookProjection): Slices<SealedWithMark> {
  const today = projection.today()
  const mark = { version: overviewVersion, actions: projection.log.size, today }
  const head = JSON.stringify({
    tiers: projection.tiers(),
    settings: projection.settings(),
    today,
  } satisfies Omit<StoredOverview, 'rows'>)
  const inOrder = projection.rows.query({})
  const rows: string[] = []
  let sum = sumOfText(head)
  for (let at = 0; at < inOrder.length; at += rowsInText) {
    yield
    const text = JSON.stringify(inOrder.slice(at, at + rowsInText))
    sum = sumOfText(text, sum)
    rows.push(text)
  }
  return { overview: { version: overviewVersion, head, rows, sum }, mark }
}

/** Whether the overview beside this mark is what `projection` shows. */
export function isMarkOf(mark: unknown, projection: BookProjection): boolean {
  const { success, data } = OverviewMark.safeParse(mark)
  return (
    success &&
    data.version === overviewVersion &&
    data.actions === projection.log.size &&
    data.today === projection.today()
  )
}
