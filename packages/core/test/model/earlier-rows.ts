// Leaves a profile's rows as a version before checksums wrote them (decision 0088): whoever opens the book next puts them together, whatever else goes on.
import { openDB } from 'idb'
import { readSum, withSum } from '../../src/storage/summed-row.ts'

/** How many rows are bare of the database `name`; those of an earlier call that are not have been put together since. */
export async function countBareRows(name: string): Promise<number> {
  const db = await openDB(name)
  const rows = (await db.getAll('updates')) as Uint8Array[]
  db.close()
  return rows.filter((row) => readSum(row) === 'bare').length
}

/** Takes the checksums off the rows of the database `name`. */
export async function takeSumsOff(name: string): Promise<void> {
  const bareBytes = withSum(new Uint8Array()).length
  const db = await openDB(name)
  const transaction = db.transaction('updates', 'readwrite')
  for (let at = await transaction.store.openCursor(); at; at = await at.continue()) {
    const row = at.value as Uint8Array
    if (readSum(row) !== 'bare') await at.update(row.slice(0, -bareBytes))
  }
  await transaction.done
  db.close()
}
