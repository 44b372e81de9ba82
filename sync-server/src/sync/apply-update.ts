// Applies admitted updates to a document, whole or not at all, and tells what that changed.
import * as Y from 'yjs'

/** What `change` changes in a document: without the known structs and the whole delete set that may come with an update. */
export function changesOf(doc: Y.Doc, change: () => void): Uint8Array | null {
  const changes: Uint8Array[] = []
  const keep = (bytes: Uint8Array) => void changes.push(bytes)
  doc.on('update', keep)
  try {
    change()
  } finally {
    doc.off('update', keep)
  }
  if (changes.length > 1) throw new Error('an admitted update was applied in several transactions')
  return changes[0] ?? null
}

/** Applies an admitted update in a transaction of its own and gives what it changed. */
export function applyAlone(doc: Y.Doc, update: Uint8Array): Uint8Array {
  const changed = changesOf(doc, () => apply(doc, update))
  if (!changed) throw new Error('an admitted update changed nothing')
  return changed
}

/** Applies an admitted update; throws where a part of it waits for something unknown. */
export function apply(doc: Y.Doc, update: Uint8Array): void {
  Y.applyUpdate(doc, update)
  if (doc.store.pendingStructs || doc.store.pendingDs) throw new Error('an admitted update did not apply whole')
}
