// The texts of notes among what is held back, since it builds on what is lost (SY3): the entries do not say them.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Book } from '../src/book.ts'
import { findLacking } from '../src/opening/lacking-actions.ts'
import { authorNamed, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'

/** What another document lacks, and describes again, of what `write` does; what is before it is lost. */
async function heldBackOf(write: (book: Book, client: string) => Promise<unknown>) {
  const book = await openForTest({ author: authorNamed('Ada') })
  const { id } = await done(book.addClient({ name: 'Acme', note: 'before' }))
  const from = new Y.Doc()
  book.doc.on('update', (update: Uint8Array) => Y.applyUpdate(from, update))
  await write(book, id)
  expect(from.store.pendingStructs).not.toBeNull()
  return findLacking(from, new Y.Doc()).map(({ describe, lacksNote }) => ({ lacksNote, describe }))
}

const noted = (value: string | null) => ({
  lacksNote: false,
  describe: [{ root: 'clients', key: expect.stringMatching(/\/note$/) as string, value }],
})

test('[SY3] a note that was cleared is cleared again, and not taken for one that cannot be found', async () => {
  expect(await heldBackOf((book, client) => done(book.editClient({ client, note: null })))).toEqual([noted(null)])
})

test('[SY3] what a feed reported right before is not taken for the text of a note', async () => {
  const write = async (book: Book, client: string) => {
    await done(book.recordActivity([{ client, at: testNoon }]))
    await done(book.editClient({ client, note: '{}' }))
  }
  expect(await heldBackOf(write)).toEqual([noted('{}')])
})
