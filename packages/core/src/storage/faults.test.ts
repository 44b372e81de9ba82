// What IndexedDB does to a book on a bad day, and what is left afterwards (rows F1–F6, F9 and F40 of the failure list).
import 'fake-indexeddb/auto'
import { deleteDB, openDB } from 'idb'
import { afterEach, expect, test } from 'vitest'
import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import type { Book, BookStatus } from '../book.ts'
import { openBook } from '../opening/open-book.ts'
import { createId } from '../schema/ids.ts'
import { createHub } from '../testing/hub.ts'
import { cloneDatabase } from '../../test/clone-database.ts'
import { done } from '../testing/open-for-test.ts'
import { deleteBook, indexedDb } from './indexeddb.ts'
import type { BookStorage } from './storage.ts'

const author = { id: createId(), name: 'Ada' }
const opened: Book[] = []

afterEach(async () => {
  for (const book of opened.splice(0)) await book.close()
})

async function open(id: string, options: Partial<Parameters<typeof openBook>[0]> = {}): Promise<Book> {
  const book = await openBook({ id, author, storage: indexedDb(), ...options })
  opened.push(book)
  return book
}

function until(book: Book, holds: (status: BookStatus) => boolean): Promise<BookStatus> {
  return new Promise((resolve) => {
    const check = () => {
      if (holds(book.status)) resolve(book.status)
    }
    book.subscribe(check)
    check()
  })
}

const names = (book: Book) => book.clients().map((row) => row.name)
const add = (book: Book, name: string) => done(book.addClient({ name }))

/** Does `change` with the rows of a closed book. */
async function withRows(id: string, change: (rows: IDBObjectStoreLike) => Promise<void>, name = `tierbook:${id}`) {
  const db = await openDB(name)
  const transaction = db.transaction('updates', 'readwrite')
  await change(transaction.store as never)
  await transaction.done
  db.close()
}

interface IDBObjectStoreLike {
  getAllKeys(): Promise<number[]>
  getAll(): Promise<Uint8Array[]>
  put(value: unknown, key: number): Promise<unknown>
  delete(key: number): Promise<void>
  count(): Promise<number>
}

test('[F1] [KD3] a transaction that is aborted is said, tried again by itself, and the edit is there after a reload', async () => {
  const id = createId()
  const book = await open(id)
  const { add: real } = IDBObjectStore.prototype
  let isFull = true
  IDBObjectStore.prototype.add = function (...args) {
    if (isFull) this.transaction.abort()
    return real.apply(this, args)
  }
  try {
    await add(book, 'Acme')
    expect(await until(book, ({ storage }) => storage === 'failed')).toMatchObject({ storageFault: 'failed' })
    isFull = false
    await until(book, ({ storage }) => storage === 'saved')
  } finally {
    IDBObjectStore.prototype.add = real
  }
  await book.close()
  expect(names(await open(id))).toEqual(['Acme'])
})

test('[F1] [KD3] a full disk has a code of its own', async () => {
  const book = await open(createId())
  const { add: real } = IDBObjectStore.prototype
  IDBObjectStore.prototype.add = () => {
    throw new DOMException('no space', 'QuotaExceededError')
  }
  try {
    await add(book, 'Acme')
    expect(await until(book, ({ storage }) => storage === 'failed')).toMatchObject({ storageFault: 'full' })
    await expect(book.flush()).rejects.toThrow('no space')
  } finally {
    IDBObjectStore.prototype.add = real
  }
  await book.flush()
  expect(book.status).toMatchObject({ storage: 'saved', storageFault: null })
})

for (const damage of [new Uint8Array([1, 2, 3, 250, 250]), new Uint8Array(), 'not bytes at all', { odd: true }]) {
  test(`[F3] [KD2] a corrupt row (${JSON.stringify(damage)}) hides none of the others, is set aside and can be exported; the journal heals what it held`, async () => {
    const id = createId()
    const book = await open(id)
    for (let place = 0; place < 8; place++) await add(book, `Client ${place}`)
    await book.close()
    await withRows(id, async (rows) => {
      const keys = await rows.getAllKeys()
      await rows.put(damage, keys[3]!)
    })
    const again = await open(id)
    expect(names(again)).toHaveLength(8)
    const [item, ...others] = await again.setAside()
    expect(others).toEqual([])
    expect(item).toMatchObject({ kind: 'row' })
    expect(item?.bytes).toEqual(
      damage instanceof Uint8Array ? damage : new TextEncoder().encode(JSON.stringify(damage)),
    )
    expect(again.status.setAside).toBe(1)
    await again.close()
    // It no longer stands among the rows, and is not set aside a second time.
    const third = await open(id)
    expect(names(third)).toHaveLength(8)
    expect(await third.setAside()).toHaveLength(1)
  })
}

test('[F3] [KD2] where no copy is left, the rows of other sessions show, and a server brings the rest', async () => {
  const id = createId()
  const hub = createHub()
  for (let place = 0; place < 5; place++) {
    const book = await open(id, { sync: hub.link().sync })
    hub.deliverAll()
    await add(book, `Client ${place}`)
    hub.deliverAll()
    await book.flush()
    await book.close()
  }
  await withRows(id, async (rows) => {
    const keys = await rows.getAllKeys()
    await rows.put(new Uint8Array([9, 9, 9]), keys[2]!)
  })
  const offline = hub.link()
  offline.disconnect()
  const book = await open(id, { sync: offline.sync })
  expect(names(book)).toEqual(['Client 0', 'Client 1', 'Client 3', 'Client 4'])
  expect(await book.setAside()).toHaveLength(1)
  offline.connect()
  hub.deliverAll()
  expect(names(book)).toHaveLength(5)
})

test('[F4] [KD3] another tab deletes the book: said with a code, no edit throws, what is typed waits and can be stored again', async () => {
  const id = createId()
  const book = await open(id)
  await add(book, 'Acme')
  await book.flush()
  await deleteBook(id)
  expect(await until(book, ({ storage }) => storage === 'failed')).toMatchObject({ storageFault: 'removed' })
  await add(book, 'Bolt')
  expect(names(book)).toEqual(['Acme', 'Bolt'])
  await expect(book.flush()).rejects.toThrow('deleted the storage')
  await book.storeAgain()
  expect(await until(book, ({ storage }) => storage === 'saved')).toMatchObject({ storageFault: null })
  await book.close()
  expect(names(await open(id))).toEqual(['Acme', 'Bolt'])
})

test('[F4] [KD3] a newer version takes the database over: said with a code, no edit throws', async () => {
  const id = createId()
  const book = await open(id)
  const newer = await openDB(`tierbook:${id}`, 2)
  expect(await until(book, ({ storage }) => storage === 'failed')).toMatchObject({ storageFault: 'upgraded' })
  await add(book, 'Acme')
  expect(names(book)).toEqual(['Acme'])
  newer.close()
})

test('[F4] [KD1] one database lost, the other one kept: the document comes back from the second copy, whatever the journal folded', async () => {
  const id = createId()
  const storage = indexedDb({ tidyAfterMs: 0 })
  const book = await open(id, { storage })
  for (let place = 0; place < 230; place++) void book.addClient({ name: `Client ${place}` })
  await book.flush()
  await untilRows(`tierbook-journal:${id}`, 'journal', (count) => count < 200)
  await add(book, 'Last')
  await book.close()
  await deleteDB(`tierbook:${id}`)
  const again = await open(id)
  expect(names(again)).toHaveLength(231)
  await again.close()
  // And from then on it is in both again.
  await deleteDB(`tierbook-journal:${id}`)
  expect(names(await open(id))).toHaveLength(231)
})

/** Polls a count: storage says nothing when it tidied up. */
async function untilRows(name: string, store: string, holds: (count: number) => boolean): Promise<number> {
  for (;;) {
    const db = await openDB(name)
    const count = await db.count(store)
    db.close()
    if (holds(count)) return count
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('[F6] [KD4] openings without an edit add nothing', async () => {
  const id = createId()
  const first = await open(id)
  await add(first, 'Acme')
  await first.close()
  const before = await untilRows(`tierbook:${id}`, 'updates', () => true)
  for (let opening = 0; opening < 20; opening++) await (await openBook({ id, author, storage: indexedDb() })).close()
  expect(await untilRows(`tierbook:${id}`, 'updates', () => true)).toBe(before)
})

test('[F9] [KD5] two people of one browser profile see nothing of each other: not in memory, over the channel, or on disk', async () => {
  const id = createId()
  const asAda = { storage: indexedDb({ account: 'ada' }) }
  const asBen = { author: { id: createId(), name: 'Ben' }, storage: indexedDb({ account: 'ben' }) }
  const ada = await open(id, asAda)
  const ben = await open(id, asBen)
  await add(ada, 'Secret')
  await ada.flush()
  // A channel delivers in order: what a third tab of Ada's has seen, Ben's would have seen, too.
  const second = await open(id, asAda)
  expect(names(second)).toEqual(['Secret'])
  expect(names(ben)).toEqual([])
  await ben.close()
  expect(names(await open(id, asBen))).toEqual([])
})

test('[F9] [KD5] a book that was removed from this device leaves nothing behind for the next person', async () => {
  const id = createId()
  const book = await open(id)
  await add(book, 'Secret')
  await book.close()
  await deleteBook(id)
  expect((await indexedDB.databases()).filter(({ name }) => name?.includes(id))).toEqual([])
})

test('[F40] a cloned profile edits beside its original: ids differ, both edits stay, both converge', async () => {
  const id = createId()
  const first = await open(id)
  await add(first, 'Acme')
  await first.close()
  for (const name of [`tierbook:${id}`, `tierbook-journal:${id}`]) await cloneDatabase(name, `clone-${name}`)
  const original = await open(id)
  const clone = await open(id, { storage: indexedDb({ prefix: 'clone-tierbook' }) })
  expect(clone.device).toBe(original.device)
  expect(clone.doc.clientID).not.toBe(original.doc.clientID)
  await add(original, 'Bolt')
  await add(clone, 'Cork')
  Y.applyUpdate(original.doc, Y.encodeStateAsUpdate(clone.doc))
  Y.applyUpdate(clone.doc, Y.encodeStateAsUpdate(original.doc))
  for (const book of [original, clone]) {
    expect(names(book)).toEqual(['Acme', 'Bolt', 'Cork'])
    expect(book.status.conflicting).toBe(0)
  }
})

test('[F40] a document that comes from storage under a client id somebody has written under takes another one, as often as it must', async () => {
  const id = createId()
  const first = await open(id)
  await add(first, 'Acme')
  const taken = first.doc.clientID
  await first.close()
  // Yjs itself looks at what comes in only; a storage that pins the id does so behind that, and the first draw is the very same id.
  const storage: BookStorage = {
    async open(context) {
      const handle = await indexedDb().open(context)
      context.doc.clientID = taken
      return handle
    },
  }
  let draws = 0
  const random = (bytes: Uint8Array) => {
    crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>)
    if (bytes.length === 4 && draws++ === 0) new DataView(bytes.buffer).setUint32(0, taken)
    return bytes
  }
  const again = await open(id, { storage, random })
  expect(draws).toBe(2)
  expect(again.doc.clientID).not.toBe(taken)
  await add(again, 'Bolt')
  expect(names(again)).toEqual(['Acme', 'Bolt'])
  await again.close()
  expect(names(await open(id))).toEqual(['Acme', 'Bolt'])
})

/** A stock persistence on a document of its own, once it finds that many actions. */
async function untilStockReads(name: string, actions: number): Promise<{ doc: Y.Doc; stock: IndexeddbPersistence }> {
  for (;;) {
    const doc = new Y.Doc()
    const stock = new IndexeddbPersistence(name, doc)
    await stock.whenSynced
    if (doc.getArray('log').length === actions) return { doc, stock }
    await stock.destroy()
  }
}

test('y-indexeddb reads what is stored here, and what it stored is read here, also while both write', async () => {
  const id = createId()
  const storage = indexedDb({ tidyAfterMs: 0 })
  const book = await open(id, { storage })
  for (let place = 0; place < 250; place++) void book.addClient({ name: `Client ${place}` })
  await book.flush()
  await untilRows(`tierbook:${id}`, 'updates', (count) => count < 200)
  // What is saved stands in the journal; the rows that others read come behind it.
  const { doc, stock } = await untilStockReads(`tierbook:${id}`, 250)
  doc.getMap('views').set('mine', 'kept')
  await add(book, 'After')
  await stock.destroy()
  await book.close()
  const again = await open(id, { storage })
  expect(again.doc.getMap('views').get('mine')).toBe('kept')
  expect(names(again)).toHaveLength(251)
})
