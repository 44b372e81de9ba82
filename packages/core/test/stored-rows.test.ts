// Every byte of what this device stores, changed, and every cut (row F3 of the failure list): seen at the opening, named by store and key, set aside with
// its bytes, and healed where another copy has it.
import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Book } from '../src/book.ts'
import { openBook } from '../src/opening/open-book.ts'
import { createId } from '../src/schema/ids.ts'
import { flawOfRow } from '../src/storage/damage.ts'
import { indexedDb } from '../src/storage/indexeddb.ts'
import type { SetAside } from '../src/storage/storage.ts'
import { readSum, withSum } from '../src/storage/summed-row.ts'
import { createHub } from '../src/testing/hub.ts'
import { done } from '../src/testing/open-for-test.ts'

const author = { id: createId(), name: 'Ada' }
const clients = ['Acme', 'Bolt', 'Cork']

async function open(id: string, options: Partial<Parameters<typeof openBook>[0]> = {}): Promise<Book> {
  return openBook({ id, author, storage: indexedDb({ tidyAfterMs: 600_000 }), ...options })
}

/** A closed book: a row and a journal record for each client. */
async function storedBook(options: Parameters<typeof open>[1] = {}): Promise<string> {
  const id = createId()
  const book = await open(id, options)
  for (const name of clients) await done(book.addClient({ name, tier: 'starter' }))
  await book.flush()
  await book.close()
  return id
}

const rowsOf = (id: string) => `tierbook:${id}`
const journalOf = (id: string) => `tierbook-journal:${id}`

/** Puts what `change` makes of a stored value in its place; gives the key and what was there. */
async function spoil(name: string, store: string, place: number, change: (value: never) => unknown) {
  const db = await openDB(name)
  const transaction = db.transaction(store, 'readwrite')
  const key = (await transaction.store.getAllKeys())[place] as string | number
  const value: unknown = await transaction.store.get(key)
  const changed = change(structuredClone(value) as never)
  await (transaction.store.keyPath === null ? transaction.store.put(changed, key) : transaction.store.put(changed))
  await transaction.done
  db.close()
  return { key, value, changed }
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const flipped = bytes.slice()
  flipped[at] = (flipped[at] as number) ^ (1 << (at % 8))
  return flipped
}

async function reopened(id: string, options: Parameters<typeof open>[1] = {}) {
  const book = await open(id, options)
  const [names, aside] = [book.clients().map(({ name }) => name), await book.setAside()]
  expect(book.status.setAside).toBe(aside.length)
  await book.close()
  return { names, aside }
}

const reasons = (aside: readonly SetAside[]) => aside.map(({ reason }) => reason)

test('[F3] [KD2] every changed byte and every cut of a row is seen', async () => {
  const id = await storedBook()
  const db = await openDB(rowsOf(id))
  const rows = (await db.getAll('updates')) as Uint8Array[]
  db.close()
  expect(rows).toHaveLength(clients.length)
  const flawOf = (row: Uint8Array) => {
    const read = readSum(row)
    return typeof read === 'object' ? null : flawOfRow(row, read)
  }
  for (const row of rows) {
    expect(flawOf(row)).toBeNull()
    for (let at = 0; at < row.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = row.slice()
        flipped[at] = (flipped[at] as number) ^ (1 << bit)
        expect(flawOf(flipped), `bit ${bit} of byte ${at} of ${row.length}`).not.toBeNull()
      }
      // A row that lost its checksum and nothing else is whole: it is taken, and gets another one.
      if (at !== row.length - 8) expect(flawOf(row.slice(0, at)), `cut at ${at} of ${row.length}`).not.toBeNull()
    }
    expect(readSum(row.slice(0, -8))).toBe('bare')
  }
})

test('[F3] a checksum sees every change within one word, wherever the bytes lie', () => {
  const bytes = Uint8Array.from({ length: 61 }, (_, at) => (at * 37) % 256)
  const shifted = new Uint8Array(bytes.length + 1)
  shifted.set(bytes, 1)
  expect(withSum(shifted.subarray(1))).toEqual(withSum(bytes))
})

test.each([0, 1, 2])(
  '[F3] [KD2] row %i changed: named, set aside as it was found, and healed from the journal',
  async (place) => {
    const id = await storedBook()
    const { key, changed } = await spoil(rowsOf(id), 'updates', place, (row: Uint8Array) => flip(row, row.length >> 1))
    const { names, aside } = await reopened(id)
    expect(names).toEqual(clients)
    expect(aside).toMatchObject([{ kind: 'row', bytes: changed, code: null }])
    expect(reasons(aside)).toEqual([`updates ${key}: not as it was written: its checksum says so`])
    // What was healed is stored again: nothing is found a second time.
    expect(await reopened(id)).toMatchObject({ names: clients, aside: [{ id: aside[0]?.id }] })
  },
)

test('[F3] [KD2] a changed row of a book with a server: the rest opens, and the server heals it', async () => {
  const hub = createHub()
  const id = createId()
  for (const name of clients) {
    const book = await open(id, { sync: hub.link().sync })
    hub.deliverAll()
    await done(book.addClient({ name, tier: 'starter' }))
    hub.deliverAll()
    await book.flush()
    await book.close()
  }
  await spoil(rowsOf(id), 'updates', 1, (row: Uint8Array) => flip(row, 20))
  const link = hub.link()
  link.disconnect()
  const book = await open(id, { sync: link.sync })
  expect(book.clients().map(({ name }) => name)).toEqual(['Acme', 'Cork'])
  expect(reasons(await book.setAside())).toEqual([expect.stringMatching(/^updates \d+: not as it was written/)])
  link.connect()
  hub.deliverAll()
  expect(book.clients().map(({ name }) => name)).toEqual(clients)
  await book.close()
})

const spoiltRecords: Record<
  string,
  (record: { id: string; update: Uint8Array; replica: string; keptSum: number }) => object
> = {
  update: (record) => ({ ...record, update: flip(record.update, 30) }),
  cut: (record) => ({ ...record, update: record.update.slice(0, -1) }),
  replica: (record) => ({ ...record, replica: `B${record.replica.slice(1)}` }),
  checksum: (record) => ({ ...record, keptSum: record.keptSum ^ 1 }),
  'update that is none': (record) => ({ ...record, update: 'bytes' }),
}

test.each(Object.keys(spoiltRecords))(
  '[F3] [KD2] a journal record with another %s is named and set aside',
  async (what) => {
    const id = await storedBook()
    const { key } = await spoil(journalOf(id), 'journal', 1, spoiltRecords[what] as never)
    const { names, aside } = await reopened(id)
    expect(names).toEqual(clients)
    expect(aside).toMatchObject([
      { kind: 'journal', reason: `journal record ${key}: not as it was written: its checksum says so` },
    ])
    expect(await reopened(id)).toMatchObject({ names: clients, aside: [{ id: aside[0]?.id }] })
  },
)

test('[F3] [KD2] a mark that is not as it was is named, set aside and made anew', async () => {
  const id = await storedBook()
  await spoil(journalOf(id), 'marks', 0, ({ kept, keptSum }: { kept: string; keptSum: number }) => ({
    kept: `B${kept.slice(1)}`,
    keptSum,
  }))
  const { names, aside } = await reopened(id)
  expect(names).toEqual(clients)
  expect(reasons(aside)).toEqual(['marks device: not as it was written: its checksum says so'])
  expect((await reopened(id)).aside).toHaveLength(1)
})

test('[F3] [KD2] what was set aside and changed since is still shown, with all that is left of it', async () => {
  const id = await storedBook()
  await spoil(rowsOf(id), 'updates', 0, (row: Uint8Array) => flip(row, 20))
  await reopened(id)
  await spoil(journalOf(id), 'aside', 0, (item: { bytes: Uint8Array }) => ({ ...item, bytes: flip(item.bytes, 3) }))
  await spoil(journalOf(id), 'aside', 0, (item: object) => item)
  const { aside } = await reopened(id)
  expect(reasons(aside)).toEqual([`aside ${aside[0]?.id}: changed since it was set aside`])
  expect(new TextDecoder().decode(aside[0]?.bytes)).toContain('updates 1: not as it was written')
})

test('[F3] [KD1] the second copy is looked through after the opening; what is changed there is set aside, and it is written anew', async () => {
  const id = createId()
  const quick = { storage: indexedDb({ tidyAfterMs: 0 }) }
  const book = await open(id)
  for (let place = 0; place < 210; place++) await done(book.addClient({ name: `Client ${place}` }))
  await book.close()
  /** Opens the book until its work in the background has done `what`. */
  const openUntil = async (holds: (book: Book) => Promise<boolean>) => {
    const again = await open(id, quick)
    while (!(await holds(again))) await new Promise((resolve) => setImmediate(resolve))
    await again.close()
    return again
  }
  const copies = async () => {
    const db = await openDB(journalOf(id))
    const [keys, rows] = [await db.getAllKeys('copy'), (await db.getAll('copy')) as unknown[]]
    db.close()
    return { keys, rows }
  }
  await openUntil(async () => (await copies()).keys.length > 0)
  const { key, changed } = await spoil(journalOf(id), 'copy', 0, (row: Uint8Array) => flip(row, 100))
  await openUntil(
    async (again) =>
      again.status.setAside === 1 && (await copies()).keys[0] !== key && (await copies()).keys.length > 0,
  )
  const { aside } = await reopened(id)
  expect(aside).toMatchObject([{ kind: 'row', bytes: changed }])
  expect(reasons(aside)).toEqual([`copy ${key}: not as it was written: its checksum says so`])
  for (const row of (await copies()).rows)
    expect(readSum(row)).toMatchObject({ update: expect.any(Uint8Array) as unknown })
})

test('[F3] rows of a database from before there were checksums open as they are, and get one when they are put together', async () => {
  const id = await storedBook()
  const db = await openDB(rowsOf(id))
  for (const key of await db.getAllKeys('updates')) {
    const row = (await db.get('updates', key)) as Uint8Array
    await db.put('updates', row.slice(0, -8), key)
  }
  db.close()
  const book = await open(id, { storage: indexedDb({ tidyAfterMs: 0 }) })
  expect(book.clients().map(({ name }) => name)).toEqual(clients)
  expect(await book.setAside()).toEqual([])
  const stored = async () => {
    const after = await openDB(rowsOf(id))
    const rows = (await after.getAll('updates')) as Uint8Array[]
    after.close()
    return rows
  }
  while ((await stored()).some((row) => readSum(row) === 'bare')) await new Promise((resolve) => setImmediate(resolve))
  await book.close()
  // And whoever knows nothing of checksums reads them as updates.
  const doc = new Y.Doc()
  for (const row of await stored()) Y.applyUpdate(doc, row)
  expect(doc.getArray('log')).toHaveLength(clients.length)
})
