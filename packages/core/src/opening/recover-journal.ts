// Brings back what was journaled but did not reach the stored document, as after a crash right behind "saved".
import * as Y from 'yjs'
import { type Clocks } from '../log/log-items.ts'
import type { JournalRecord, StorageHandle } from '../storage/storage.ts'

/**
 * Applies the records that `doc` lacks and gives those that stay journaled. A record leaves the journal only when the server is known to have it
 * (`durable`); one that cannot be read is set aside.
 */
export async function recoverJournal(
  doc: Y.Doc,
  storage: StorageHandle,
  { durable, now }: { durable: Clocks; now: () => number },
): Promise<readonly JournalRecord[]> {
  const stored = Y.decodeStateVector(Y.encodeStateVector(doc))
  const kept: JournalRecord[] = []
  const settled: string[] = []
  const broken: { record: JournalRecord; cause: unknown }[] = []
  const origin = { source: 'storage', name: 'journal' }
  const ofAnother: JournalRecord[] = []
  for (const record of await storage.journal.list()) {
    try {
      if (record.isChanged) throw new Error('changed')
      const to = clocksOf(record)
      if (record.isOfAnother) {
        ofAnother.push(record)
        continue
      }
      if (!isWithin(to, stored)) Y.applyUpdate(doc, record.update, origin)
      if (isWithin(to, durable)) settled.push(record.id)
      else kept.push(record)
    } catch (cause) {
      broken.push({ record, cause })
      settled.push(record.id)
    }
  }
  if (broken.length > 0) await storage.aside.add((await import('../storage/damage.ts')).recordsAside(broken, now))
  if (settled.length > 0) await storage.journal.remove(settled)
  if (ofAnother.length > 0)
    kept.push(...(await (await import('./another-journal.ts')).takeOver(doc, storage, ofAnother, now)))
  return kept
}

/** Reads the whole record first: one that was cut would be applied by half. */
function clocksOf({ update }: JournalRecord): Clocks {
  Y.decodeUpdate(update)
  return Y.parseUpdateMeta(update).to
}

function isWithin(clocks: Clocks, state: Clocks): boolean {
  for (const [client, clock] of clocks) if (clock > (state.get(client) ?? 0)) return false
  return true
}
