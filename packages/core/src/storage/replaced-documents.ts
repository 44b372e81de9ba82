// Documents that a recovery put aside (SY3), by name: a record of one of them means nothing in the present one, while a record of a document whose
// rows were lost is a part of it still.
import * as z from 'zod/mini'
import type { Connection } from './connect-database.ts'
import { copyKey } from './copy-mark.ts'
import type { JournalSchema, StoredRecord } from './journal-database.ts'
import { readMark, sealMark } from './snapshot.ts'

const replacedKey = 'replaced-documents'
const Replaced = z.object({ names: z.array(z.string()) })
/** Recoveries are rare, and a tab that outlives so many of them has long heard of one. */
const mostNames = 200

/** Before another document takes the place of `replica`: the records `taken`, which are in it, and the second copy go. */
export async function leaveDocument(
  connection: Connection<JournalSchema>,
  taken: readonly string[],
  replica: string | undefined,
): Promise<void> {
  const transaction = connection.db.transaction(['journal', 'copy', 'marks'], 'readwrite', { durability: 'strict' })
  // Where one request fails `done` rejects as well, which nobody waits for by then.
  transaction.done.catch(() => undefined)
  const journal = transaction.objectStore('journal')
  const marks = transaction.objectStore('marks')
  await Promise.all([
    ...taken.map((id) => journal.delete(id)),
    transaction.objectStore('copy').clear(),
    marks.delete(copyKey),
  ])
  const earlier = readMark(Replaced, await marks.get(replacedKey))?.names ?? []
  // Those that wait for lost rows were written into what is put aside now, too.
  const waiting = (await journal.getAll()).flatMap((record) => record.replica ?? [])
  const names = [...new Set([...earlier, ...waiting, ...(replica ? [replica] : [])])].slice(-mostNames)
  await marks.put(sealMark({ names }), replacedKey)
  await transaction.done
}

/** Marks the records that were written into a document which another has taken the place of. */
export async function tellReplaced(
  { db }: Connection<JournalSchema>,
  records: readonly StoredRecord[],
  replica: string | undefined,
): Promise<readonly StoredRecord[]> {
  const names = new Set(readMark(Replaced, await db.get('marks', replacedKey))?.names)
  return records.map((record) =>
    record.replica !== undefined && record.replica !== replica && names.has(record.replica)
      ? { ...record, isOfAnother: true }
      : record,
  )
}
