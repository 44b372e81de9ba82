// Brings back what was journaled but did not reach the stored document, as after a crash right behind "saved".
import * as Y from 'yjs'
import type { JournalRecord, StorageHandle } from '../storage/storage.ts'

/** Applies the records that `doc` lacks; gives those that must stay journaled and those that could not be read. */
export async function recoverJournal(
  doc: Y.Doc,
  storage: StorageHandle,
): Promise<{ kept: readonly JournalRecord[]; broken: readonly string[] }> {
  const stored = Y.decodeStateVector(Y.encodeStateVector(doc))
  const kept: JournalRecord[] = []
  const covered: string[] = []
  const broken: string[] = []
  for (const record of await storage.journal.list()) {
    try {
      const { to } = Y.parseUpdateMeta(record.update)
      if ([...to].every(([client, clock]) => clock <= (stored.get(client) ?? 0))) covered.push(record.id)
      else kept.push(record)
    } catch {
      // The record stays where it is: it is the only copy, for a person to look at.
      broken.push(record.id)
    }
  }
  doc.transact(
    () => {
      for (const record of kept) Y.applyUpdate(doc, record.update)
    },
    { source: 'storage', name: 'journal' },
  )
  if (covered.length > 0) await storage.journal.remove(covered)
  return { kept, broken }
}
