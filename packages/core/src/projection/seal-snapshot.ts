// Makes what the next opening continues from; loaded when there is something to store.
import { runAtOnce, type Slices } from '../slices.ts'
import { type ProjectionSnapshot, type SealedSnapshot, snapshotVersion, summing } from './snapshot.ts'

/** The form that storage keeps: structured-cloneable, with a checksum over all of it. */
export function sealSnapshot(snapshot: ProjectionSnapshot): SealedSnapshot {
  return runAtOnce(sealingSnapshot(snapshot))
}

/** As {@link sealSnapshot}, in slices: the checksum of what was copied as this began. */
export function* sealingSnapshot(snapshot: ProjectionSnapshot): Slices<SealedSnapshot> {
  const { actions, entries, ...rest } = snapshot
  const { columns: actionColumns, ...restOfActions } = actions
  const json = JSON.stringify({
    ...rest,
    actions: restOfActions,
    entries: {
      ...entries,
      entries: { size: entries.entries.size },
      clients: { size: entries.clients.size },
    },
  })
  const parts = {
    json,
    actions: actionColumns,
    entries: { words: entries.entries.words },
    clients: entries.clients.columns,
  }
  yield
  return { version: snapshotVersion, ...parts, sum: yield* summing(parts) }
}
