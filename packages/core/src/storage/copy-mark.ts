// What the second copy of a document says of itself, in the marks of the journal's database.
import * as z from 'zod/mini'
import type { Connection } from './connect-database.ts'
import type { JournalSchema } from './journal-database.ts'
import type { StorageOrigin } from './read-rows.ts'
import { readMark, SnapshotMark } from './snapshot.ts'

/** Where it stands among the marks. */
export const copyKey = 'second-copy'

/** Which rows are the copy's base, and the state that all of them hold together. */
export const CopyMark = z.object({ base: SnapshotMark, clocks: z.array(z.tuple([z.int(), z.int()])) })

/** What comes from the second copy is news to the rows, and is stored there. */
export const copyOrigin: StorageOrigin = { source: 'storage', name: 'second copy' }

/** The copy's mark; null where there is none, or one that is not as it was written. */
export async function readCopyMark({ db }: Connection<JournalSchema>): Promise<z.infer<typeof CopyMark> | null> {
  return readMark(CopyMark, await db.get('marks', copyKey))
}
