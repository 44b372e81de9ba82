// Stores the projection between openings, so that the next one continues where this one ends instead of reading the whole log again.
import type { BookProjection } from '../projection/book-projection.ts'
import { sealingSnapshot } from '../projection/seal-snapshot.ts'
import type { ProjectionSnapshot } from '../projection/snapshot.ts'
import { runInSlices } from '../slices.ts'
import type { StorageHandle } from '../storage/storage.ts'
import { markNames } from './durability.ts'

/** So few new actions are read faster than a snapshot is written. */
const worthSaving = 250
/** While a book is open, a snapshot is written after so many new actions: what is newer is read at the next opening. */
const saveEvery = 2_000

/** Keeps the stored snapshot near to what the projection holds. */
export interface SnapshotKeeper {
  /** Something changed. */
  noteChange(): void
  /** Saves what is worth saving; resolves when it is stored. */
  close(): Promise<void>
}

/** Starts with what is stored, which holds `stored` actions, and saves soon if that is far behind. */
export function createSnapshotKeeper(parts: {
  storage: StorageHandle
  projection: BookProjection
  stored: number
}): SnapshotKeeper {
  const { storage, projection } = parts
  let saved = parts.stored
  let writing: Promise<void> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout> | undefined

  function behind(): number {
    return Math.abs(projection.log.table.rows.size - saved)
  }

  function save(): void {
    clearTimeout(timer)
    timer = undefined
    const snapshot = projection.toSnapshot()
    if (!snapshot) return
    saved = snapshot.actions.size
    // A full disk is told by the journal's writes; a snapshot that is not stored takes nothing from anybody.
    writing = writing.then(() => store(snapshot)).catch(() => undefined)
  }

  async function store(snapshot: ProjectionSnapshot): Promise<void> {
    await storage.marks.set(markNames.projection, await runInSlices(sealingSnapshot(snapshot)))
  }

  /** Not in the way of the first frame, nor of a script that ends at once. */
  function saveSoon(): void {
    timer ??= setTimeout(save)
    if (typeof timer === 'object') timer.unref()
  }

  if (behind() >= worthSaving) saveSoon()
  return {
    noteChange() {
      if (behind() >= saveEvery) saveSoon()
    },
    async close() {
      if (behind() >= worthSaving) save()
      clearTimeout(timer)
      await writing
    },
  }
}
