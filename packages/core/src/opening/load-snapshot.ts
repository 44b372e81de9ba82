// The projection as an earlier opening stored it.
import { openingSnapshot, type ProjectionSnapshot } from '../projection/snapshot.ts'
import { nextTask } from '../next-task.ts'
import { runInSlices } from '../slices.ts'
import type { StorageHandle } from '../storage/storage.ts'
import { markNames } from './durability.ts'

/** The stored snapshot; null where there is none, or none that can be trusted. */
export async function loadSnapshot(storage: StorageHandle): Promise<ProjectionSnapshot | null> {
  try {
    const stored = await storage.marks.get(markNames.projection)
    if (stored === undefined) return null
    await nextTask() // copying it out of the browser's process took as long as a slice may
    return await runInSlices(openingSnapshot(stored))
  } catch {
    // The log tells everything that a snapshot would: one that cannot be read costs time and nothing else.
    return null
  }
}
