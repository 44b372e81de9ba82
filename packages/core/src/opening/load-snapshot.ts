// The projection as an earlier opening stored it.
import { openSnapshot, type ProjectionSnapshot } from '../projection/snapshot.ts'
import type { StorageHandle } from '../storage/storage.ts'
import { markNames } from './durability.ts'

/** The stored snapshot; null where there is none, or none that can be trusted. */
export async function loadSnapshot(storage: StorageHandle): Promise<ProjectionSnapshot | null> {
  try {
    return openSnapshot(await storage.marks.get(markNames.projection))
  } catch {
    // The log tells everything that a snapshot would: one that cannot be read costs time and nothing else.
    return null
  }
}
