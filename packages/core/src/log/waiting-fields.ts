// The describing fields of actions that are here but not in the document yet, since they build on something that is lost. Loaded by a recovery.
import type * as Y from 'yjs'
import { readActivityReport } from '../schema/activity-report.ts'
import { waitingItems } from './waiting-items.ts'

/** A describing field among what is held back. */
export interface WaitingField {
  /** Where it belongs; undefined where it was overwritten before, since Yjs says it of a key's first value only. */
  readonly place: string | undefined
  readonly value: unknown
}

/**
 * The fields that each action held back was written with, by the action's id and in the order of writing: they stand right before it (LG1). `idOf` gives
 * the id of the action that a value is the text of, if it is one.
 */
export function waitingFields(
  doc: Y.Doc,
  idOf: (value: unknown) => string | undefined,
): ReadonlyMap<string, readonly WaitingField[]> {
  const byAction = new Map<string, readonly WaitingField[]>()
  let fields: WaitingField[] = []
  let client: number | undefined
  for (const item of waitingItems(doc)) {
    if (item.id.client !== client) fields = []
    client = item.id.client
    const values = item.content.getContent() as readonly unknown[]
    if (values.every(isReport)) continue
    const [action, ...others] = values.map(idOf)
    if (action === undefined) {
      const root = item.parent as unknown
      const place = typeof root === 'string' && item.parentSub !== null ? `${root}/${item.parentSub}` : undefined
      fields.push({ place, value: values[0] })
      continue
    }
    byAction.set(action, fields)
    for (const other of others) if (other !== undefined) byAction.set(other, [])
    fields = []
  }
  return byAction
}

/** What feeds report stands between the fields; an empty report is never written, but a note may read `{}`. */
function isReport(value: unknown): boolean {
  return (readActivityReport(value)?.size ?? 0) > 0
}
