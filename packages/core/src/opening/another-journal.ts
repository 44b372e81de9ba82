// What a tab saved into a document that another tab's recovery had just put aside (SY3), found at the next opening: the tab was gone before
// it heard of the other document.
import * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import { recordsAside } from '../storage/damage.ts'
import type { JournalRecord, StorageHandle } from '../storage/storage.ts'
import { againPrefix } from './described-places.ts'
import { findLacking, type LackingAction, writeJournaled } from './lacking-actions.ts'

/**
 * Writes the actions of `records` into `doc` with their identical texts and the fields that they described, and the activity that feeds reported. Their
 * updates would wait there for ever: they build on what is in neither the document nor on the server. What cannot be read of them is set aside. Gives the
 * journal's records of it.
 */
export async function takeOver(
  doc: Y.Doc,
  storage: StorageHandle,
  records: readonly JournalRecord[],
  now: () => number,
): Promise<readonly JournalRecord[]> {
  const from = new Y.Doc()
  for (const { update } of records) Y.applyUpdate(from, update)
  // What the server refused is set aside, and would be refused again.
  const keptAside = await storage.aside.list()
  const aside = new Set(keptAside.flatMap(({ texts }) => texts ?? []))
  const lacking = findLacking(from, doc).filter(({ text }) => !aside.has(text))
  // A kill may have come before the records left the journal: what was done of this then is not done twice.
  const reported = new Set<unknown>(doc.getArray('activity').toArray())
  const reports = records
    .filter(isReport)
    .flatMap(textsOf)
    .filter((text) => !reported.has(text))
  const kept: JournalRecord[] = []
  const unread = recordsOf(
    records,
    lacking.filter(({ lacksNote }) => lacksNote),
  )
  if (unread.length > 0) {
    const cause = 'the text of a note in it builds on what is gone'
    const items = recordsAside(
      unread.map((record) => ({ record, cause })),
      now,
    )
    await storage.aside.add(items.filter(({ reason }) => !keptAside.some((item) => item.reason === reason)))
  }
  const origin = { source: 'recovery', name: 'journal of another document' }
  if (lacking.length > 0) kept.push(...writeJournaled(doc, lacking, origin))
  if (reports.length > 0) {
    const before = Y.encodeStateVector(doc)
    doc.transact(() => doc.getArray<string>('activity').push(reports), origin)
    kept.push({ id: `${againPrefix}${createId()}`, update: Y.encodeStateAsUpdate(doc, before) })
  }
  if (kept.length > 0) await storage.journal.append(kept)
  await storage.journal.remove(records.map(({ id }) => id))
  return kept
}

const isReport = ({ id }: JournalRecord) => id.startsWith('feed:')

/** The texts that an update brings, whatever they build on. */
function textsOf({ update }: JournalRecord): string[] {
  return Y.decodeUpdate(update).structs.flatMap((struct) =>
    struct instanceof Y.Item
      ? (struct.content.getContent() as unknown[]).filter((value) => typeof value === 'string')
      : [],
  )
}

/** The records that brought `actions`: each has its action's id, or was itself written again with others. */
function recordsOf(records: readonly JournalRecord[], actions: readonly LackingAction[]): readonly JournalRecord[] {
  const texts = new Set(actions.map(({ text }) => text))
  return actions.length === 0 ? [] : records.filter((record) => textsOf(record).some((text) => texts.has(text)))
}
