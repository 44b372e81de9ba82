// Log elements that are here but not in the document yet: they build on something that was lost from this device's storage (F3) or has not come.
import * as Y from 'yjs'
import type { VisitElement } from './log-items.ts'

/**
 * Visits the texts among what `doc` holds back. Without what they build on Yjs does not say which root they belong to, so each text is visited that
 * begins as an action does; the reader tells the rest. Once they are in the document they are visited again, which counts once (LG6).
 */
export function visitWaiting(doc: Y.Doc, visit: VisitElement): void {
  for (const { id, content } of waitingItems(doc)) {
    for (const [offset, value] of content.getContent().entries() as Iterable<[number, unknown]>) {
      if (typeof value === 'string' && value.startsWith('{"at":')) visit(value, id.client, id.clock + offset)
    }
  }
}

/** The element at a place among what `doc` holds back; undefined where there is none. */
export function waitingElementAt(doc: Y.Doc, client: number, clock: number): unknown {
  const item = waitingItems(doc).find(
    ({ id, length }) => id.client === client && id.clock <= clock && clock < id.clock + length,
  )
  return item?.content.getContent()[clock - item.id.clock]
}

const decoded = new WeakMap<object, readonly Y.Item[]>()

/** All values that `doc` holds back, by Yjs client id and clock. */
export function waitingItems(doc: Y.Doc): readonly Y.Item[] {
  const { pendingStructs } = doc.store
  if (!pendingStructs) return []
  let items = decoded.get(pendingStructs)
  if (!items) {
    items = Y.decodeUpdateV2(pendingStructs.update).structs.filter(
      (struct): struct is Y.Item => struct instanceof Y.Item && (struct.content as unknown) instanceof Y.ContentAny,
    )
    decoded.set(pendingStructs, items)
  }
  return items
}
