// What the journal alone brings back: a document whose rows are gone, and what a tab saved into one that another has replaced (KD1).
import 'fake-indexeddb/auto'
import { deleteDB, openDB } from 'idb'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Book, BookStatus } from '../src/book.ts'
import { closeCode } from '../src/protocol.ts'
import { createId } from '../src/schema/ids.ts'
import { indexedDb } from '../src/storage/indexeddb.ts'
import type { BookStorage } from '../src/storage/storage.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'
import { settle } from './settle.ts'
import { replaceTabChannels, type TabChannels } from './model/tab-channels.ts'

let channels: TabChannels
beforeEach(() => (channels = replaceTabChannels()))
afterEach(() => channels.restore())

const fieldsOf = (book: Book, client: string) => {
  const row = book.client(client)
  return { name: row?.name, externalRef: row?.externalRef, otherRefs: row?.otherRefs, note: row?.note }
}
const isSent = ({ unsent, sync, loaded }: BookStatus) => unsent === 0 && sync === 'online' && loaded

/** Polls: storage says nothing when it tidied up. */
async function untilFolded(book: string): Promise<void> {
  for (;;) {
    const db = await openDB(`tierbook-journal:${book}`)
    const count = await db.count('journal')
    db.close()
    if (count < 200) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** An edit of everything that describes a client. */
const edited = { name: 'Acme Dental', externalRef: 'C-2', otherRefs: { Xero: 'X-2' }, note: 'typed last' }
const shown = { ...edited, otherRefs: [{ system: 'Xero', id: 'X-2' }] }

async function addAndEdit(book: Book): Promise<string> {
  const { id: client } = await done(
    book.addClient({ name: 'Acme', externalRef: 'C-1', otherRefs: { Xero: 'X-1' }, note: 'typed first' }),
  )
  await done(book.editClient({ client, name: 'Acme Ltd', note: 'typed second' }))
  // Twelve more, so that the journal's order is not the order of time.
  for (let place = 0; place < 12; place++)
    await done(
      book.assignTier({ client, tier: ['starter', 'enterprise'][place % 2]!, effectiveOn: `2026-03-${place + 10}` }),
    )
  return client
}

test('[KD1] the rows are lost and the journal is kept: edits since the second copy was made come back with names, references and notes', async () => {
  const id = createId()
  const storage = indexedDb({ tidyAfterMs: 0 })
  const book = await openForTest({ id, storage })
  const client = await addAndEdit(book)
  for (let place = 0; place < 200; place++) await done(book.addClient({ name: `Client ${place}` }))
  await book.flush()
  await untilFolded(id)
  await book.close()
  const later = await openForTest({ id, author: book.author, storage: indexedDb() })
  await done(later.editClient({ client, ...edited }))
  const { id: fresh } = await done(later.addClient({ name: 'Bolt', externalRef: 'B-1', note: 'new' }))
  await later.flush()
  await later.close()
  await deleteDB(`tierbook:${id}`)
  const again = await openForTest({ id, author: book.author, storage: indexedDb() })
  expect(again.clients()).toHaveLength(202)
  expect(fieldsOf(again, client)).toEqual(shown)
  expect(fieldsOf(again, fresh)).toMatchObject({ name: 'Bolt', externalRef: 'B-1', note: 'new' })
  expect(again.doc.store.pendingStructs).toBeNull()
  expect(again.status).toMatchObject({ setAside: 0, conflicting: 0 })
  await again.close()
  const third = await openForTest({ id, author: book.author, storage: indexedDb() })
  expect(fieldsOf(third, client)).toEqual(shown)
  await third.close()
})

test('[KD1] with a server: what was not sent is whole once the server’s book is here, and the server gets it', async () => {
  const hub = createHub()
  const [id, author, storage] = [createId(), authorNamed('Ada'), indexedDb()]
  const link = hub.link()
  const book = await openForTest({ id, author, storage, sync: link.sync })
  hub.deliverAll()
  const client = await addAndEdit(book)
  await settle(hub, book, isSent)
  link.disconnect()
  await done(book.editClient({ client, ...edited }))
  await book.close()
  await deleteDB(`tierbook:${id}`)
  const again = await openForTest({ id, author, storage, sync: hub.link().sync })
  expect(
    again
      .changes({ unsent: true })
      .slice(0, 9)
      .map(({ kind }) => kind),
  ).toEqual(['client.edited'])
  await settle(hub, again, isSent)
  expect(fieldsOf(again, client)).toEqual(shown)
  const other = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  await settle(hub, other, isSent)
  expect(fieldsOf(other, client)).toEqual(shown)
  await again.close()
  await other.close()
})

test('[SY3] [KD1] what a tab saved into a document that another tab had replaced comes with its names, references and notes', async () => {
  const hub = createHub({
    admit: (update) =>
      new TextDecoder().decode(update).includes('Forbidden')
        ? { closeCode: closeCode.refused, reason: 'invalid-action: Forbidden' }
        : null,
  })
  const [id, author, storage] = [createId(), authorNamed('Ada'), indexedDb()]
  const recovering = await openForTest({ id, author, storage, sync: hub.link().sync })
  const offline = hub.link()
  offline.disconnect()
  // It is gone before it hears of the other document.
  const deaf: BookStorage = { open: ({ onReplaced: _, ...context }) => storage.open(context) }
  const unheard = await openForTest({ id, author, storage: deaf, sync: offline.sync })
  hub.deliverAll()
  const client = await addAndEdit(unheard)
  await done(recovering.addClient({ name: 'Forbidden' }))
  await settle(
    hub,
    recovering,
    ({ recovery, sync, unsent }) => recovery?.phase === 'done' && sync === 'online' && unsent === 0,
  )
  await recovering.close()
  await done(unheard.editClient({ client, ...edited }))
  const reportedAt = Date.parse('2026-11-22T11:00:00Z')
  await done(unheard.recordActivity([{ client, at: reportedAt }]))
  const { id: fresh } = await done(unheard.addClient({ name: 'Bolt', externalRef: 'B-1', note: 'new' }))
  await unheard.close()
  const again = await openForTest({ id, author, storage, sync: hub.link().sync })
  expect(fieldsOf(again, client)).toEqual(shown)
  expect(fieldsOf(again, fresh)).toMatchObject({ name: 'Bolt', externalRef: 'B-1', note: 'new' })
  await settle(hub, again, isSent)
  expect(again.doc.store.pendingStructs).toBeNull()
  expect(hub.doc.getArray('activity').toArray()).toEqual([JSON.stringify({ [client]: reportedAt })])
  expect((await again.setAside()).filter(({ kind }) => kind === 'journal')).toEqual([])
  const other = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  await settle(hub, other, isSent)
  expect(fieldsOf(other, client)).toEqual(shown)
  expect(fieldsOf(other, fresh)).toMatchObject({ name: 'Bolt', externalRef: 'B-1', note: 'new' })
  await again.close()
  await other.close()
})
