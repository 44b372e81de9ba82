// The overview as it is stored between openings: just the rows, tiers and settings that are shown before the document is loaded.
import * as z from 'zod/mini'
import type { BookSettings, ClientRow } from '../book.ts'
import type { Tier } from '../schema/built-in-tiers.ts'
import type { PlainDate } from '../schema/plain-date.ts'
import type { Slices } from '../slices.ts'
import { sumOfText } from '../sums.ts'
import { versionOf } from './seal.ts'

/** Goes up whenever rows, tiers or settings are stored otherwise. */
export const overviewVersion = versionOf(4)

/** What the overview showed. */
export interface StoredOverview {
  /** By name. */
  readonly rows: readonly ClientRow[]
  readonly tiers: readonly Tier[]
  readonly settings: BookSettings
  /** The book's day that rows are of. */
  readonly today: PlainDate
}

/** The form that storage keeps: JSON, of rows some hundred in a text, so that a page can paint between two. */
export const SealedOverview = z.strictObject({
  version: z.string(),
  head: z.string(),
  rows: z.array(z.string()),
  sum: z.int(),
})

/** Opens what `sealOverview` made; null where it is of another version, damaged, or something else altogether. */
export function* openingOverview(stored: unknown): Slices<StoredOverview | null> {
  const { success, data } = SealedOverview.safeParse(stored)
  if (!success || data.version !== overviewVersion) return null
  let sum = 0
  for (const text of [data.head, ...data.rows]) {
    sum = sumOfText(text, sum)
    yield
  }
  if (sum !== data.sum) return null
  // The checksum says that this version wrote it, so the shape is the one that was written.
  const rows: ClientRow[] = []
  for (const text of data.rows) {
    rows.push(...(JSON.parse(text) as ClientRow[]))
    yield
  }
  return { ...(JSON.parse(data.head) as Omit<StoredOverview, 'rows'>), rows }
}
