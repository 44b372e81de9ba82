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

test('[F6] [KD4] a thousand openings leave as many rows and bytes as one, where nothing is edited, and no more than the document holds where something is', async () => {
  const id = createId()
  const storage = indexedDb({ tidyAfterMs: 0 })
  let after: Sizes[] = []
  let name = 'Acme'
  for (let opening = 0; opening < 1_000; opening++) {
    const book = await openBook({ id, author, storage, signed: false })
    const isEdited = opening % 100 === 0
    if (opening === 0) await done(book.addClient({ name }))
    else if (isEdited) await done(book.editClient({ client: book.clients()[0]!.id, name: (name = `Acme ${opening}`) }))
    expect(book.clients().map((row) => row.name)).toEqual([name])
    await book.close()
    if (isEdited) after = await sizesOf(id)
    else if (opening % 100 > 97) expect(await sizesOf(id)).toEqual(after)
  }
  // An edit is a row of each copy.
  expect(Math.max(...after.map(({ rows }) => rows))).toBeLessThanOrEqual(20)
  expect(Math.max(...after.map(({ bytes }) => bytes))).toBeLessThan(20 * 700)
}, 400_000)

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
      for (const { rows, bytes } of await sizesOf(id))
        sizes = { rows: Math.max(sizes.rows, rows), bytes: Math.max(sizes.bytes, bytes) }
    }
  }
  expect(sizes.rows).toBeLessThanOrEqual(210)
  expect(sizes.bytes).toBeLessThan(openings * 700) // as many actions of some 500 bytes, one name each
  const book = await openBook({ id, author, storage })
  expect(book.clients().map((row) => row.name)).toEqual([`Acme ${openings - 1}`])
  expect(book.doc.getArray('log').length).toBe(openings)
  await book.close()
}, 400_000)

interface Sizes {
  readonly rows: number
  readonly bytes: number
}

/** What the rows, the second copy and the journal of a closed book come to. */
async function sizesOf(id: string): Promise<Sizes[]> {
  const sizes: Sizes[] = []
  for (const [name, store] of [
    [`tierbook:${id}`, 'updates'],
    [`tierbook-journal:${id}`, 'copy'],
    [`tierbook-journal:${id}`, 'journal'],
  ] as const) {
    const db = await openDB(name)
    const rows = (await db.getAll(store)) as (Uint8Array | { update: Uint8Array })[]
    db.close()
    sizes.push({
      rows: rows.length,
      bytes: rows.reduce((sum, row) => sum + ('update' in row ? row.update : row).length, 0),
    })
  }
  return sizes
}
