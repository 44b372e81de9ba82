// A book that is opened every day for years stays small on this device.
import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { expect, test } from 'vitest'
import { openBook } from '../opening/open-book.ts'
import { createId } from '../schema/ids.ts'
import { done } from '../testing/open-for-test.ts'
import { indexedDb } from './indexeddb.ts'

/** More than twice as many as are put together at a time. */
const openings = 450
const author = { id: createId(), name: 'Ada' }

test('[F6] [KD4] some hundred openings with an edit each leave few rows and few bytes, in both copies', async () => {
  const id = createId()
  const storage = indexedDb({ tidyAfterMs: 0 })
  let sizes = { rows: 0, bytes: 0 }
  for (let opening = 0; opening < openings; opening++) {
    const book = await openBook({ id, author, storage })
    if (opening === 0) await done(book.addClient({ name: 'Acme' }))
    else await done(book.editClient({ client: book.clients()[0]!.id, name: `Acme ${opening}` }))
    await book.flush()
    await new Promise((resolve) => setTimeout(resolve, 1)) // a moment to tidy up in, as between any two visits
    await book.close()
    if (opening % 50 === 49) {
      for (const [name, store] of [
        [`tierbook:${id}`, 'updates'],
        [`tierbook-journal:${id}`, 'copy'],
        [`tierbook-journal:${id}`, 'journal'],
      ] as const) {
        const db = await openDB(name)
        const rows = (await db.getAll(store)) as (Uint8Array | { update: Uint8Array })[]
        db.close()
        const bytes = rows.reduce((sum, row) => sum + ('update' in row ? row.update : row).length, 0)
        sizes = { rows: Math.max(sizes.rows, rows.length), bytes: Math.max(sizes.bytes, bytes) }
      }
    }
  }
  expect(sizes.rows).toBeLessThanOrEqual(210)
  expect(sizes.bytes).toBeLessThan(openings * 700) // as many actions of some 500 bytes, one name each
  const book = await openBook({ id, author, storage })
  expect(book.clients().map((row) => row.name)).toEqual([`Acme ${openings - 1}`])
  expect(book.doc.getArray('log').length).toBe(openings)
  await book.close()
}, 400_000)
