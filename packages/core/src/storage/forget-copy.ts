// Ends the second copy of a document that a server has by now.
import type { Connection } from './connect-database.ts'
import { copyKey } from './copy-mark.ts'
import type { JournalSchema } from './journal-database.ts'

/** Deletes the second copy. */
export async function forgetCopy(connection: Connection<JournalSchema>): Promise<void> {
  const transaction = connection.db.transaction(['copy', 'marks'], 'readwrite')
  await Promise.all([
    transaction.objectStore('copy').clear(),
    transaction.objectStore('marks').delete(copyKey),
    transaction.done,
  ])
}
