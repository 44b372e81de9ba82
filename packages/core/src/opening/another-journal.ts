// What a tab saved into a document that another tab's recovery had just put aside (SY3), found at the next opening: the tab was gone before
// it heard of the other document.
import * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import type { JournalRecord, StorageHandle } from '../storage/storage.ts'
import { findLacking, writeAgain } from './lacking-actions.ts'

/**
 * Writes the actions of `records` into `doc` with their identical texts. Their updates would wait there for ever: they build on what is in neither the
 * document nor on the server. Gives the journal's record of it.
 */
export async function takeOver(
  doc: Y.Doc,
  storage: StorageHandle,
  records: readonly JournalRecord[],
): Promise<readonly JournalRecord[]> {
  const from = new Y.Doc()
  for (const { update } of records) Y.applyUpdate(from, update)
  // What the server refused is set aside, and would be refused again.
  const aside = new Set((await storage.aside.list()).flatMap(({ texts }) => texts ?? []))
  const lacking = findLacking(from, doc).filter(({ text }) => !aside.has(text))
  const kept: JournalRecord[] = []
  if (lacking.length > 0) {
    const before = Y.encodeStateVector(doc)
    doc.transact(() => writeAgain(doc, lacking), { source: 'recovery', name: 'journal of another document' })
    kept.push({ id: `again:${createId()}`, update: Y.encodeStateAsUpdate(doc, before) })
    await storage.journal.append(kept)
  }
  await storage.journal.remove(records.map(({ id }) => id))
  return kept
}
