// The overview as it is stored between openings: just the rows, tiers and settings that are shown before the document is loaded.
import * as z from 'zod/mini'
import type { BookSettings, ClientRow } from '../book.ts'
import type { Tier } from '../schema/built-in-tiers.ts'
import { PlainDate } from '../schema/plain-date.ts'
import type { BookProjection } from './book-projection.ts'
import { sumOfText, versionOf } from './seal.ts'

/** Goes up whenever rows, tiers or settings are stored otherwise. */
const version = versionOf(1)

/** What the overview showed. */
export interface StoredOverview {
  /** By name. */
  readonly rows: readonly ClientRow[]
  readonly tiers: readonly Tier[]
  readonly settings: BookSettings
  /** The book's day that rows are of. */
  readonly today: PlainDate
}

const Sealed = z.strictObject({ version: z.string(), json: z.string(), sum: z.int() })

/** Says of which state a stored overview is: a small value beside the large one. */
export const OverviewMark = z.strictObject({ version: z.string(), actions: z.int(), today: PlainDate })

/** The form that storage keeps, and the mark beside it. */
export function sealOverview(projection: BookProjection): { overview: unknown; mark: z.infer<typeof OverviewMark> } {
  const today = projection.today()
  const json = JSON.stringify({
    rows: projection.rows.query({}),
    tiers: projection.tiers(),
    settings: projection.settings(),
    today,
  } satisfies StoredOverview)
  return {
    overview: { version, json, sum: sumOfText(json) } satisfies z.infer<typeof Sealed>,
    mark: { version, actions: projection.log.size, today },
  }
}

/** Whether the overview beside this mark is what `projection` shows. */
export function isMarkOf(mark: unknown, projection: BookProjection): boolean {
  const { success, data } = OverviewMark.safeParse(mark)
  return (
    success && data.version === version && data.actions === projection.log.size && data.today === projection.today()
  )
}

/** Opens what {@link sealOverview} made; null where it is of another version, damaged, or something else altogether. */
export function openOverview(stored: unknown): StoredOverview | null {
  const { success, data } = Sealed.safeParse(stored)
  if (!success || data.version !== version || data.sum !== sumOfText(data.json)) return null
  // The checksum says that this version wrote it, so the shape is the one that was written.
  return JSON.parse(data.json) as StoredOverview
}
