import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { openKeptStorage } from './kept-storage.ts'
import type { KeyValueStorage } from './stored-json.ts'

function localStorageOf(values = new Map<string, string>()): KeyValueStorage & { values: Map<string, string> } {
  return {
    values,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  }
}

test('[F5] what was settled is there after local storage forgot it, and what was removed stays removed', async () => {
  const first = await openKeptStorage(localStorageOf())
  first.setItem('books', '[1]')
  first.setItem('books', '[1,2]')
  first.setItem('gone', 'x')
  first.removeItem('gone')
  await first.settled()
  // The browser process died before it wrote local storage down.
  const second = await openKeptStorage(localStorageOf(new Map([['books', '[1]']])))
  expect(second.getItem('books')).toBe('[1,2]')
  expect(second.getItem('gone')).toBeNull()
})

test('what only local storage has is read from there; both hold what is written', async () => {
  const local = localStorageOf(new Map([['before', 'kept']]))
  const storage = await openKeptStorage(local)
  expect(storage.getItem('before')).toBe('kept')
  storage.setItem('name', 'Ada')
  expect(local.values.get('name')).toBe('Ada')
})

test('[F2] a browser without IndexedDB has local storage alone', async () => {
  const { indexedDB } = globalThis
  Object.defineProperty(globalThis, 'indexedDB', {
    value: {
      open() {
        throw new DOMException('denied', 'SecurityError')
      },
    },
    configurable: true,
  })
  try {
    const storage = await openKeptStorage(localStorageOf(new Map([['books', '[]']])))
    storage.setItem('name', 'Ada')
    await storage.settled()
    expect(storage.getItem('books')).toBe('[]')
    expect(storage.getItem('name')).toBe('Ada')
  } finally {
    Object.defineProperty(globalThis, 'indexedDB', { value: indexedDB, configurable: true })
  }
})
