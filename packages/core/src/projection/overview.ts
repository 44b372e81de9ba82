// The overview as it is stored between openings: just the rows, tiers and settings that are shown before the document is loaded.
import * as z from 'zod/mini'
import type { BookSettings, ClientRow } from '../book.ts'
import type { Tier } from '../schema/built-in-tiers.ts'
import type { PlainDate } from '../schema/plain-date.ts'
import { sumOfText } from '../sums.ts'
import { versionOf } from './seal.ts'

/** Goes up whenever rows, tiers or settings are stored otherwise. */
export const overviewVersion = versionOf(2)

/** What the overview showed. */
export interface StoredOverview {
  /** By name. */
  readonly rows: readonly ClientRow[]
  readonly tiers: readonly Tier[]
  readonly settings: BookSettings
  /** The book's day that rows are of. */
  readonly today: PlainDate
}

/** The form that storage keeps. */
export const SealedOverview = z.strictObject({ version: z.string(), json: z.string(), sum: z.int() })

/** Opens what `sealOverview` made; null where it is of another version, damaged, or something else altogether. */
export function openOverview(stored: unknown): StoredOverview | null {
  const { success, data } = SealedOverview.safeParse(stored)
  if (!success || data.version !== overviewVersion || data.sum !== sumOfText(data.json)) return null
  // The checksum says that this version wrote it, so the shape is the one that was written.
  return JSON.parse(data.json) as StoredOverview
}
