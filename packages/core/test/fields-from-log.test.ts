// Names, references, settings and views are what the log says last, whatever of two writings Yjs keeps (decision 0110).
import * as Y from 'yjs'
import { expect, test } from 'vitest'
import type { Book } from '../src/book.ts'
import { readElement } from '../src/log/read-actions.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { done, openForTest, testNoon } from '../src/testing/open-for-test.ts'

const create = { name: 'Book', timeZone: 'Europe/Berlin', currency: 'EUR' }

/** A book in which everything was described twice. */
async function describedTwice() {
  const id = createId()
  const book = await openForTest({ id, create })
  const { id: client } = await done(
    book.addClient({ name: 'Before', externalRef: 'A-1', otherRefs: { Xero: 'x1', PSA: 'p1' }, note: 'said nowhere' }),
  )
  await done(
    book.editClient({ client, name: 'After', createdOn: '2026-02-03', externalRef: null, otherRefs: { PSA: null } }),
  )
  await done(book.editTier({ tier: 'starter', name: 'Bronze', typicalUse: null }))
  await done(book.addTier({ name: 'Platinum', rank: 400, colour: 'teal' }))
  await done(book.editBook({ name: 'Renamed', timeZone: 'Pacific/Auckland' }))
  await done(book.saveView({ name: 'Mine', query: 'tier=starter', columns: ['name'] }))
  await done(book.saveView({ name: 'Mine', query: 'tier=enterprise', columns: ['name', 'tier'] }))
  return { id, book, client }
}

const shown = (book: Book) => ({
  clients: book.clients().map((row) => ({ ...row, note: null })),
  tiers: book.tiers(),
  settings: book.settings(),
  views: book.views(),
})

/** The document that another replica would have, were it changed by `change` behind the commands. */
async function reopened(id: string, source: Y.Doc, change: (doc: Y.Doc) => void): Promise<Book> {
  const storage = memory()
  const doc = new Y.Doc()
  const handle = await storage.open({ book: id, doc, onProblem() {} })
  change(doc)
  expect(doc.getArray('log').length).toBe(source.getArray('log').length)
  await handle.close()
  return openForTest({ id, storage })
}

test('[LG7] a log without any fields shows all that was described, but the texts of notes', async () => {
  const { id, book, client } = await describedTwice()
  const log = book.doc.getArray<string>('log').toArray()
  // In the other order: what stands last in the array is not what the log says last.
  const again = await reopened(id, book.doc, (doc) => doc.getArray('log').insert(0, log.toReversed()))
  expect(shown(again)).toEqual(shown(book))
  expect(again.client(client)).toMatchObject({ name: 'After', createdOn: '2026-02-03', externalRef: null, note: null })
  expect(again.client(client)?.otherRefs).toEqual([{ system: 'Xero', id: 'x1' }])
})

test('[LG7] fields that hold an earlier value, as after two copies of an action, change nothing that is shown', async () => {
  const { id, book, client } = await describedTwice()
  const stale = {
    clients: { [`${client}/name`]: 'Before', [`${client}/externalRef`]: 'A-1', [`${client}/ref:PSA`]: 'p1' },
    tiers: { 'starter/name': 'Starter' },
    meta: { name: 'Book', timeZone: 'Europe/Berlin' },
    views: Object.fromEntries([...book.doc.getMap('views').keys()].map((key) => [key, 'stale'])),
  }
  const again = await reopened(id, book.doc, (doc) => {
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(book.doc))
    for (const [root, fields] of Object.entries(stale))
      for (const [key, value] of Object.entries(fields)) doc.getMap(root).set(key, value)
  })
  expect(shown(again)).toEqual(shown(book))
  expect(again.client(client)?.note).toBe('said nowhere')
  // Neither does the same while the book is open.
  for (const [root, fields] of Object.entries(stale))
    for (const [key, value] of Object.entries(fields)) book.doc.getMap(root).set(key, value)
  expect(shown(book)).toEqual(shown(again))
})

test('[LG3] [LG7] of two renames made apart the one later in the log shows on both devices, whichever Yjs keeps', async () => {
  for (const [one, other] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const id = createId()
    const first = await openForTest({ id, create })
    const { id: client } = await done(first.addClient({ name: 'Acme' }))
    const second = await openForTest({ id })
    Y.applyUpdate(second.doc, Y.encodeStateAsUpdate(first.doc))
    first.doc.clientID = one
    second.doc.clientID = other
    await done(first.editClient({ client, externalRef: 'only makes the next number larger' }))
    await done(first.editClient({ client, name: 'Later' }))
    await done(second.editClient({ client, name: 'Earlier' }))
    const [ofFirst, ofSecond] = [first, second].map(({ doc }) => Y.encodeStateAsUpdate(doc))
    Y.applyUpdate(first.doc, ofSecond!)
    Y.applyUpdate(second.doc, ofFirst!)
    expect(first.doc.getMap('clients').get(`${client}/name`)).toBe(one > other ? 'Later' : 'Earlier')
    for (const book of [first, second]) {
      expect(book.client(client)?.name).toBe('Later')
      expect(book.clients({ search: 'earlier' })).toEqual([])
    }
  }
})

test('[LG7] what was read from the log is stored, and what comes after it counts by its place in the log', async () => {
  const storage = memory()
  const id = createId()
  const author = { id: createId(), name: 'Ada' }
  const open = () => openForTest({ id, storage, author, create })
  const book = await open()
  const { id: client } = await done(book.addClient({ name: 'Acme' }))
  const early = await openForTest({ id })
  Y.applyUpdate(early.doc, Y.encodeStateAsUpdate(book.doc))
  await done(early.editClient({ client, name: 'Early' }))
  await done(early.editTier({ tier: 'starter', name: 'Early tier' }))
  await done(early.editBook({ name: 'Early book' }))
  for (const name of ['Second', 'Late']) {
    await done(book.editClient({ client, name }))
    await done(book.editTier({ tier: 'starter', name: `${name} tier` }))
    await done(book.editBook({ name: `${name} book` }))
  }
  await book.close()
  const again = await open()
  Y.applyUpdate(again.doc, Y.encodeStateAsUpdate(early.doc))
  expect(again.client(client)?.name).toBe('Late')
  expect(again.tiers()[0]?.name).toBe('Late tier')
  expect(again.settings().name).toBe('Late book')
})

test('[TL6] [LG7] a zone that comes in the log alone turns rows over', async () => {
  const { id, book } = await describedTwice()
  const other = await openForTest({ id, now: () => testNoon })
  const texts = book.doc.getArray<string>('log').toArray()
  const isZone = (text: string) => {
    const read = readElement(text)
    return read.ok && read.action.entries.some((entry) => entry['timeZone'] === 'Pacific/Auckland')
  }
  other.doc.getArray('log').insert(
    0,
    texts.filter((text) => !isZone(text)),
  )
  expect(other.today()).toBe('2026-11-22')
  const changes: boolean[] = []
  other.subscribe(({ settings }) => changes.push(settings))
  other.doc.getArray('log').insert(0, texts.filter(isZone))
  expect(other.settings()).toMatchObject({ name: 'Renamed', timeZone: 'Pacific/Auckland' })
  expect(other.today()).toBe('2026-11-23')
  expect(changes).toContain(true)
})
