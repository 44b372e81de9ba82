// Storing a book again whose database was deleted under it: what is written meanwhile, here or in another tab, is stored like the rest.
import 'fake-indexeddb/auto'
import { deleteDB } from 'idb'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import { replaceTabChannels, type TabChannels } from '../../test/model/tab-channels.ts'
import { deleteBook, indexedDb } from './indexeddb.ts'
import type { StorageHandle } from './storage.ts'
import type { StorageError } from './storage-error.ts'

let channels: TabChannels
const opened: StorageHandle[] = []
beforeEach(() => (channels = replaceTabChannels()))
afterEach(async () => {
  for (const handle of opened.splice(0)) await handle.close()
  channels.restore()
})

interface Tab {
  readonly doc: Y.Doc
  readonly handle: StorageHandle
  readonly problems: (StorageError | null)[]
  isReplaced: boolean
}

async function open(book: string): Promise<Tab> {
  const doc = new Y.Doc()
  const problems: Tab['problems'] = []
  const tab = { doc, problems, isReplaced: false }
  const handle = await indexedDb({ tidyAfterMs: 0 }).open({
    book,
    doc,
    onProblem: (problem) => problems.push(problem),
    onReplaced: () => (tab.isReplaced = true),
  })
  opened.push(handle)
  return Object.assign(tab, { handle })
}

const write = ({ doc }: Tab, text: string) => doc.getArray<string>('log').insert(doc.getArray('log').length, [text])
const logOf = (doc: Y.Doc) => [...doc.getArray<string>('log').toArray()].sort()

/** What the rows alone hold: no journal and no second copy fill gaps. */
async function storedLog(book: string, tabs: readonly Tab[]): Promise<readonly string[]> {
  for (const { handle } of tabs) await handle.close()
  await deleteDB(`tierbook-journal:${book}`)
  const { doc } = await open(book)
  expect(doc.store.pendingStructs).toBeNull()
  return logOf(doc)
}

/** A turn of the event loop: the database of these tests answers one question in each. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Deletes both databases under `tabs`, and waits until each has heard of it. */
async function deleteUnder(book: string, tabs: readonly Tab[]): Promise<void> {
  await deleteBook(book)
  while (!tabs.every(({ problems }) => problems.at(-1)?.code === 'removed')) await turn()
}

test('[F4] [KD3] an edit made in any moment of storing a deleted book again is stored, and the tab is not taken for one with another document', async () => {
  const book = createId()
  const tab = await open(book)
  for (let place = 0; place < 300; place++) write(tab, `before ${place}`)
  await tab.handle.flush()
  await deleteUnder(book, [tab])
  write(tab, 'while it was gone')
  const restoring = tab.handle.restore()
  for (let edits = 0; edits < 60; edits++) {
    write(tab, `meanwhile ${edits}`)
    await turn()
  }
  await restoring
  await tab.handle.flush()
  expect(tab.isReplaced).toBe(false)
  expect(tab.problems.at(-1)).toBeNull()
  expect(await storedLog(book, [tab])).toEqual(logOf(tab.doc))
})

test('[F4] [F1] storing again that fails half-way loses nothing, and works when it is asked for again', async () => {
  const book = createId()
  const tab = await open(book)
  write(tab, 'before')
  await tab.handle.flush()
  await deleteUnder(book, [tab])
  const { add: real } = IDBObjectStore.prototype
  IDBObjectStore.prototype.add = () => {
    throw new DOMException('no space', 'QuotaExceededError')
  }
  try {
    await expect(tab.handle.restore()).rejects.toThrow('no space')
  } finally {
    IDBObjectStore.prototype.add = real
  }
  write(tab, 'after it failed')
  // The database is there by now, but empty: an edit alone would stand on nothing in it.
  await expect(tab.handle.flush()).rejects.toThrow('deleted')
  expect(tab.isReplaced).toBe(false)
  expect(tab.problems.at(-1)).toMatchObject({ code: 'removed' })
  await tab.handle.restore()
  await tab.handle.flush()
  expect(await storedLog(book, [tab])).toEqual(['after it failed', 'before'])
})

test('[F4] [F5] two tabs that store a deleted book again keep what only one of them has', async () => {
  const book = createId()
  const [one, two] = [await open(book), await open(book)]
  for (let place = 0; place < 20; place++) write(place % 2 ? one : two, `before ${place}`)
  channels.deliverAll()
  for (const { handle } of [one, two]) await handle.flush()
  await deleteUnder(book, [one, two])
  write(one, 'only one')
  write(two, 'only two')
  await one.handle.restore()
  write(one, 'one, stored already')
  await one.handle.flush()
  await Promise.all([one.handle.restore(), two.handle.restore()])
  for (const { handle } of [one, two]) await handle.flush()
  expect(await storedLog(book, [one, two])).toEqual([...new Set([...logOf(one.doc), ...logOf(two.doc)])].sort())
})

test('[F4] [F5] two tabs that store a deleted book again at once clear nothing of each other', async () => {
  const book = createId()
  const [one, two] = [await open(book), await open(book)]
  write(one, 'before')
  channels.deliverAll()
  for (const { handle } of [one, two]) await handle.flush()
  await deleteUnder(book, [one, two])
  write(one, 'only one')
  write(two, 'only two')
  await Promise.all([one.handle.restore(), two.handle.restore()])
  for (const { handle } of [one, two]) await handle.flush()
  expect(await storedLog(book, [one, two])).toEqual(['before', 'only one', 'only two'])
})
