// Makes what the next opening continues from; loaded when there is something to store.
import { snapshotSum, type ProjectionSnapshot, type SealedSnapshot, snapshotVersion } from './snapshot.ts'

/** The form that storage keeps: structured-cloneable, with a checksum over all of it. */
export function sealSnapshot(snapshot: ProjectionSnapshot): unknown {
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
  return { version: snapshotVersion, ...parts, sum: snapshotSum(parts) } satisfies SealedSnapshot
}
