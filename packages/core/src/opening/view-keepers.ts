// What an open book stores of what it shows, so that the next opening is quick.
import type { BookProjection } from '../projection/book-projection.ts'
import type { StorageHandle } from '../storage/storage.ts'
import { keepOverview } from './overview-keeper.ts'
import { createSnapshotKeeper } from './snapshot-keeper.ts'

/** Both keepers of an open document. */
export interface ViewKeepers {
  /** Something that is shown changed. */
  noteChange(): void
  /** Stores what is worth storing and not stored yet. */
  close(): Promise<void>
}

/** Keeps the overview, and where the log is whole the projection, too. */
export async function keepViews(parts: {
  storage: StorageHandle
  projection: BookProjection
  isWhole: boolean
}): Promise<ViewKeepers> {
  const { storage, projection, isWhole } = parts
  const snapshots = isWhole ? createSnapshotKeeper({ storage, projection, stored: projection.continued }) : null
  const overview = await keepOverview(storage.marks, projection)
  return {
    noteChange() {
      snapshots?.noteChange()
      overview.noteChange()
    },
    async close() {
      await Promise.all([snapshots?.close(), overview.close()])
    },
  }
}
