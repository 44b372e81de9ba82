// What a book shows before its document is loaded: the overview as it was stored, or nothing where that is in doubt.
import type { Book, ClientRow } from '../book.ts'
import { nextTask } from '../next-task.ts'
import { openingOverview, type StoredOverview } from '../projection/overview.ts'
import { createRowIndex } from '../projection/row-index.ts'
import { dateInZone, type PlainDate } from '../schema/plain-date.ts'
import { runInSlices, type Slices } from '../slices.ts'
import type { BookStorage } from '../storage/storage.ts'
import { markNames } from './durability.ts'

/** The overview of a book that is being opened. It answers at once and never changes: {@link Book} takes its place. */
export type BookPreview = Pick<Book, 'id' | 'client' | 'tiers' | 'settings' | 'today'> & {
  /** As `Book.clients`, of today only. */
  clients(query?: Omit<NonNullable<Parameters<Book['clients']>[0]>, 'asOf' | 'knownAt'>): readonly ClientRow[]
}

/**
 * Reads what a book's overview showed at the end of its last opening on this device. Null where the storage has none, where anything
 * was written since, and where the day has turned a row over: then only the document can tell. Never rejects.
 * @example
 * const preview = await previewBook({ id, storage: indexedDb() })
 * console.log(preview?.clients({ search: 'acme' }).map(({ name, tier }) => `${name}: ${tier}`))
 */
export async function previewBook(options: {
  id: string
  storage: BookStorage
  /** Epoch ms. @default Date.now */
  now?: () => number
}): Promise<BookPreview | null> {
  const { id, storage, now = Date.now } = options
  try {
    const stored = await storage.peek?.(id, markNames.overview)
    if (stored === undefined) return null
    const overview = await runInSlices(openingOverview(stored))
    if (!overview || !isOfToday(overview, dateInZone(now(), overview.settings.timeZone))) return null
    const preview = await runInSlices(creatingPreview(id, overview))
    await nextTask() // a task of its own for whoever paints it
    return preview
  } catch {
    return null // whatever is wrong with the storage, opening the book will tell
  }
}

function isOfToday({ rows, today }: StoredOverview, day: PlainDate): boolean {
  return (
    today === day || (today < day && rows.every(({ scheduled }) => scheduled === null || scheduled.effectiveOn > day))
  )
}

function* creatingPreview(id: string, overview: StoredOverview): Slices<BookPreview> {
  const places = new Map(overview.tiers.map((tier, place) => [tier.id, place]))
  const rows = createRowIndex((tier) => (tier === null ? -1 : (places.get(tier) ?? Number.MAX_SAFE_INTEGER)))
  for (const row of overview.rows) {
    rows.set(row, -1)
    yield
  }
  rows.query({}) // most of those who paint it want it by name, which is sorted now
  return {
    id,
    clients: (query = {}) => rows.query(query),
    client: (client) => rows.get(client),
    tiers: () => overview.tiers,
    settings: () => overview.settings,
    today: () => overview.today,
  }
}
