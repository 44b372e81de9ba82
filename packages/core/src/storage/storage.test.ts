import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { openBook } from '../opening/open-book.ts'
import { createId } from '../schema/ids.ts'
import { storageContract } from '../testing/storage-contract.ts'
import { deleteBook, indexedDb } from './indexeddb.ts'
import { memory } from './memory.ts'
import type { BookStorage } from './storage.ts'

const places = new Map<string, BookStorage>()
const memoryAt = (place: string) => {
  const storage = places.get(place) ?? memory()
  places.set(place, storage)
  return storage
}

for (const { name, run } of storageContract(memoryAt)) test(`memory: ${name}`, run)
for (const { name, run } of storageContract((place) => indexedDb({ prefix: place }))) test(`IndexedDB: ${name}`, run)

const author = { id: createId(), name: 'Ada' }

test('[F5] an edit right before close is there at the next opening', async () => {
  const id = createId()
  const first = await openBook({ id, author, storage: indexedDb() })
  void first.addClient({ name: 'Acme' })
  await first.close()
  const second = await openBook({ id, author, storage: indexedDb() })
  expect(second.clients().map((row) => row.name)).toEqual(['Acme'])
  expect(second.device).toBe(first.device)
  await second.close()
})

test('[F5] what only reached the journal comes back: "saved" holds without y-indexeddb', async () => {
  const id = createId()
  const storage = memory()
  const first = await openBook({ id, author, storage })
  await first.addClient({ name: 'Acme' })
  await first.flush()
  // The document's own store loses everything, as when the process dies between the two writes.
  const bare: BookStorage = {
    async open(context) {
      const handle = await storage.open({
        ...context,
        doc: new (context.doc.constructor as typeof import('yjs').Doc)(),
      })
      return handle
    },
  }
  const second = await openBook({ id, author, storage: bare })
  expect(second.clients().map((row) => row.name)).toEqual(['Acme'])
  await second.close()
  await first.close()
})

test('two tabs of one profile see each other without a server', async () => {
  const id = createId()
  const [one, two] = [
    await openBook({ id, author, storage: indexedDb() }),
    await openBook({ id, author, storage: indexedDb() }),
  ]
  const seen = new Promise<void>((resolve) => {
    two.subscribe(() => {
      if (two.clients().length === 1) resolve()
    })
  })
  await one.addClient({ name: 'Acme' })
  await seen
  expect(two.clients()).toEqual(one.clients())
  await one.close()
  await two.close()
})

test('a deleted book is gone from the device', async () => {
  const id = createId()
  const first = await openBook({ id, author, storage: indexedDb() })
  await first.addClient({ name: 'Acme' })
  await first.close()
  await deleteBook(id)
  const second = await openBook({ id, author, storage: indexedDb() })
  expect(second.clients()).toEqual([])
  await second.close()
})

test('[F2] a storage that cannot be opened rejects with words, within a second', async () => {
  const { indexedDB } = globalThis
  const broken = {
    open: () => {
      throw new DOMException('denied', 'SecurityError')
    },
  }
  Object.defineProperty(globalThis, 'indexedDB', { value: broken, configurable: true })
  try {
    await expect(openBook({ id: createId(), author, storage: indexedDb() })).rejects.toThrow(
      /storage of this browser could not be opened/,
    )
  } finally {
    Object.defineProperty(globalThis, 'indexedDB', { value: indexedDB, configurable: true })
  }
})
