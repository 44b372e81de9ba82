// Books as earlier versions stored them, byte by byte, in test/earlier: `plain-rows` by the first one (y-indexeddb's rows, a journal of two stores),
// `own-rows` by the one that read and wrote rows itself, `signed` by the one whose actions are signed. None of them had checksums.
import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Book } from '../src/book.ts'
import { createId } from '../src/schema/ids.ts'
import { indexedDb } from '../src/storage/indexeddb.ts'
import { createHub } from '../src/testing/hub.ts'
import { done, openForTest } from '../src/testing/open-for-test.ts'
import { settle } from './settle.ts'

const id = 'AAECAwQFBgcICQoLDA0ODw'
const author = { id: 'EBESExQVFhcYGRobHB0eHw', name: 'Ada' }
const versions = ['plain-rows', 'own-rows', 'signed'] as const

interface StoredDatabase {
  readonly version: number
  readonly stores: Readonly<Record<string, readonly (readonly [IDBValidKey, unknown])[]>>
}
type Part = 'rows' | 'journal'

/** Puts what a version stored on this device; gives the prefix. */
async function restore(version: string, parts: readonly Part[] = ['rows', 'journal']): Promise<string> {
  const prefix = createId()
  const file = new URL(`./earlier/${version}.json`, import.meta.url)
  const stored = JSON.parse(readFileSync(file, 'utf8'), toBytes) as Record<Part, StoredDatabase>
  for (const part of parts) {
    const { version: number, stores } = stored[part]
    const db = await openDB(`${prefix}${part === 'journal' ? '-journal' : ''}:${id}`, number, {
      upgrade(upgraded) {
        for (const store of Object.keys(stores)) upgraded.createObjectStore(store, optionsOf(store))
      },
    })
    for (const [store, entries] of Object.entries(stores))
      for (const [key, value] of entries) await db.put(store, value, keyPathOf(store) ? undefined : key)
    db.close()
  }
  return prefix
}

const keyPathOf = (store: string) => (store === 'journal' || store === 'aside' ? 'id' : null)
const optionsOf = (store: string) => ({
  keyPath: keyPathOf(store),
  autoIncrement: store === 'updates' || store === 'copy',
})

function toBytes(_key: string, value: unknown): unknown {
  const { bytes } = (value ?? {}) as { bytes?: unknown }
  return typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'base64')) : value
}

function shown(book: Book): unknown {
  const clients = book.clients().map(({ name, tier, externalRef, note, createdOn }) => {
    return { name, tier, externalRef, note, createdOn }
  })
  const { name, timeZone, currency } = book.settings()
  return {
    clients,
    settings: { name, timeZone, currency },
    kinds: book
      .changes()
      .slice(0, 99)
      .map(({ kind }) => kind),
  }
}

const expected = {
  clients: [
    { name: 'Acme Dental', tier: 'enterprise', externalRef: 'C-1', note: 'by hand', createdOn: '2026-01-02' },
    { name: 'Bolt', tier: null, externalRef: null, note: null, createdOn: '2026-01-03' },
  ],
  settings: { name: 'Northwind', timeZone: 'Europe/Berlin', currency: 'CHF' },
  kinds: [
    'tier.assigned',
    'client.edited',
    'client.added',
    'tier.assigned',
    'client.added',
    'device.added',
    'book.created',
  ],
}
const sound = { storage: 'saved', storageFault: null, setAside: 0, unreadable: 0, conflicting: 0 }

for (const version of versions) {
  for (const [what, parts] of [
    ['as it was stored', ['rows', 'journal']],
    ['of which only the rows are left', ['rows']],
    ['of which only the journal is left', ['journal']],
  ] as const) {
    test(`[F47] [KD2] a book that an earlier version stored, ${version}, ${what}, opens whole, takes edits and opens again`, async () => {
      const storage = indexedDb({ prefix: await restore(version, parts), tidyAfterMs: 0 })
      const book = await openForTest({ id, author, storage })
      expect(shown(book)).toEqual(expected)
      expect(book.status).toMatchObject(sound)
      const before = book.doc.getArray<string>('log').toArray()
      const client = book.clients()[0]!.id
      await done(book.editClient({ client, name: 'Acme & Sons', note: 'by this version' }))
      await book.flush()
      await book.close()
      const again = await openForTest({ id, author, storage })
      expect(again.client(client)).toMatchObject({ name: 'Acme & Sons', note: 'by this version', tier: 'enterprise' })
      expect(again.doc.getArray('log').toArray().slice(0, before.length)).toEqual(before)
      expect(again.doc.getArray('log').length).toBe(before.length + 1)
      expect(again.status).toMatchObject(sound)
      expect(again.problems()).toEqual([])
      await again.close()
    })
  }
}

test('[F47] what earlier versions wrote offline meets in one room: all of it is there on each device, and none is refused', async () => {
  const hub = createHub()
  const books: Book[] = []
  for (const version of versions)
    books.push(
      await openForTest({ id, author, storage: indexedDb({ prefix: await restore(version) }), sync: hub.link().sync }),
    )
  for (const book of books) await settle(hub, book, ({ unsent, sync }) => unsent === 0 && sync === 'online')
  hub.deliverAll()
  for (const book of books) {
    expect(book.clients().map(({ name }) => name)).toEqual([
      ...['Acme Dental', 'Acme Dental', 'Acme Dental'],
      ...['Bolt', 'Bolt', 'Bolt'],
    ])
    expect(book.doc.getArray('log').length).toBe(15)
    expect(book.status).toMatchObject({ ...sound, unsent: 0, recovery: null })
    expect(book.problems()).toEqual([])
    await book.close()
  }
})
