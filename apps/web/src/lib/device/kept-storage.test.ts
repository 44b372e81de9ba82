import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
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

beforeEach(async () => {
  await new Promise((resolve) => (indexedDB.deleteDatabase('tierbook-device').onsuccess = resolve))
})
afterEach(() => void vi.useRealTimers())

/** Keeps the database from opening, as a busy disk does; resolves to what lets it open. */
async function holdDatabase(): Promise<() => void> {
  let held = true
  await new Promise<void>((resolve) => {
    const request = indexedDB.open('tierbook-device', 2)
    request.onupgradeneeded = () => {
      resolve()
      const transaction = request.transaction!
      const store = request.result.objectStoreNames.contains('values')
        ? transaction.objectStore('values')
        : request.result.createObjectStore('values', { keyPath: 'key' })
      const goOn = () => {
        if (held) store.count().onsuccess = goOn
        else transaction.abort()
      }
      goOn()
    }
    request.onerror = (event) => event.preventDefault()
  })
  return () => void (held = false)
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

test('[F40] where local storage knows nothing yet, a second copy that opens after seconds is waited for', async () => {
  const first = await openKeptStorage(localStorageOf())
  first.setItem('books', '[1]')
  await first.settled()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const release = await holdDatabase()
  const opening = openKeptStorage(localStorageOf())
  await vi.advanceTimersByTimeAsync(9_000)
  release()
  expect((await opening).getItem('books')).toBe('[1]')
})

test('[F40] a second copy that opens after the start keeps what is written, and settling waits for it', async () => {
  const before = await openKeptStorage(localStorageOf())
  before.setItem('books', '[1]')
  await before.settled()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const release = await holdDatabase()
  const opening = openKeptStorage(localStorageOf(new Map([['tierbook.writes', '1'], ['books', '[1]']]))) // prettier-ignore
  await vi.advanceTimersByTimeAsync(2_000)
  const storage = await opening
  storage.setItem('books', '[1,2]')
  let settled = false
  const settling = storage.settled().then(() => (settled = true))
  await vi.advanceTimersByTimeAsync(100)
  expect(settled).toBe(false)
  release()
  await settling
  expect((await openKeptStorage(localStorageOf())).getItem('books')).toBe('[1,2]')
})

test('[F40] a copy that opens late and is ahead is not written over: the next start reads it', async () => {
  const before = await openKeptStorage(localStorageOf())
  for (const books of ['[1]', '[1,2]', '[1,2,3]']) before.setItem('books', books)
  await before.settled()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const release = await holdDatabase()
  const local = localStorageOf(new Map([['tierbook.writes', '1'], ['books', '[1]']])) // prettier-ignore
  const opening = openKeptStorage(local)
  await vi.advanceTimersByTimeAsync(2_000)
  const storage = await opening
  storage.setItem('books', '[1,4]')
  release()
  await storage.settled()
  expect((await openKeptStorage(local)).getItem('books')).toBe('[1,2,3]')
})

test('what a visit wrote without the second copy is not taken back by a value the copy has from before', async () => {
  const before = await openKeptStorage(localStorageOf())
  before.setItem('books', '[1]')
  await before.settled()
  const local = localStorageOf(new Map([['tierbook.writes', '7'], ['books', '[1,2]']])) // prettier-ignore
  const after = await openKeptStorage(local)
  after.setItem('name', 'Ada')
  await after.settled()
  local.values.delete('name') // lost with the browser's process
  local.values.set('tierbook.writes', '7')
  const last = await openKeptStorage(local)
  expect(last.getItem('name')).toBe('Ada')
  expect(last.getItem('books')).toBe('[1,2]')
})

test('a database that never opens holds the start up for ten seconds at most', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const release = await holdDatabase()
  const opening = openKeptStorage(localStorageOf())
  await vi.advanceTimersByTimeAsync(10_000)
  const storage = await opening
  storage.setItem('name', 'Ada')
  await storage.settled()
  expect(storage.getItem('name')).toBe('Ada')
  release()
})
