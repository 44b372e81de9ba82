// Looks through the second copy for rows that are not as they were written, while the document itself is still whole: a copy is no use if its
// faults are found when it is needed. Loaded after a book is open, once.
import type * as Y from 'yjs'
import { asideOf, flawOfRow } from './damage.ts'
import type { JournalDatabase } from './journal-database.ts'
import { createPauses } from './pauses.ts'
import type { SetAside, StorageContext } from './storage.ts'
import { readSum } from './summed-row.ts'

/** What is broken is set aside, and the copy written anew from the document. */
export async function checkCopy(parts: {
  journal: JournalDatabase
  doc: Y.Doc
  context: Pick<StorageContext, 'now' | 'onSetAside'>
}): Promise<void> {
  const { journal, doc, context } = parts
  const flaws = await flawsOf(journal, context.now ?? Date.now)
  if (flaws.length === 0) return
  await journal.aside.add(flaws)
  context.onSetAside?.()
  await journal.forgetCopy()
  await journal.fold(doc)
}

async function flawsOf({ connection }: JournalDatabase, now: () => number): Promise<readonly SetAside[]> {
  const pause = createPauses()
  const found: SetAside[] = []
  for (const key of await connection.db.getAllKeys('copy')) {
    const value: unknown = await connection.db.get('copy', key)
    const read = readSum(value)
    const flaw = value === undefined || typeof read === 'object' ? null : flawOfRow(value, read)
    if (flaw !== null) found.push(asideOf({ store: 'copy', key, value, flaw, at: now() }))
    await pause()
  }
  return found
}
