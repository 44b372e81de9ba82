// What devices hear of a store that fails: that saving is paused, until it works again, whether they have something to save or not.
import { type Book, createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createMemoryStorage, createSigningKey, type ServerStorage, type TierbookServer } from '../src/index.ts'
import { startSampleServer } from './sample-server.ts'

const patient = { timeout: 20_000, interval: 50 }

/** A store that does whatever `before` says first. */
function doomed(): { storage: ServerStorage; before: { write: () => Promise<void>; read: () => Promise<void> } } {
  const kept = createMemoryStorage()
  const before = { write: async () => {}, read: async () => {} }
  const storage: ServerStorage = {
    ...kept,
    commit: (writes) => before.write().then(() => kept.commit(writes)),
    check: () => before.write().then(() => kept.check()),
    load: (book, options) => before.read().then(() => kept.load(book, options)),
    book: (book) => before.read().then(() => kept.book(book)),
  }
  return { storage, before }
}

async function openDevice(server: TierbookServer, id: string, { create = false } = {}): Promise<Book> {
  const actor = createId()
  const token = await server.accessToken({ book: id, actor, role: 'owner' })
  const book = await openBook({
    id,
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    sync: webSocket({ url: `ws://127.0.0.1:${server.port}/sync`, token, maxPauseMs: 50 }),
    ...(create ? { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } } : {}),
  })
  onTestFinished(() => book.close())
  return book
}

async function start() {
  const { storage, before } = doomed()
  const server = await startSampleServer({ storage, signingKey: createSigningKey() })
  const id = createId()
  const ada = await openDevice(server, id, { create: true })
  await ada.flush()
  const bob = await openDevice(server, id)
  await vi.waitFor(() => expect(bob.settings().created).toBe(true))
  const other = await openDevice(server, createId(), { create: true })
  await other.flush()
  return { before, ada, bob, server, other }
}

const full = () => Promise.reject(new Error('database or disk is full'))
const paused = (books: readonly Book[]) => books.map((book) => book.status.savingPaused)

test('[SY1] [SY2] a full disk pauses saving on every device, of other books too, and all go on when it has room', async () => {
  const { before, ada, bob, other } = await start()
  expect(paused([ada, bob, other])).toEqual([false, false, false])
  before.write = full
  await ada.addClient({ name: 'No room' })
  await vi.waitFor(() => expect(paused([ada, bob, other])).toEqual([true, true, true]), patient)
  expect(ada.status.unsent).toBe(1)
  expect(other.status.sync).toBe('online')
  before.write = async () => {}
  await vi.waitFor(() => expect(paused([ada, bob, other])).toEqual([false, false, false]), patient)
  await ada.flush()
  expect(ada.status.unsent).toBe(0)
})

test('[SY2] a store that cannot be read pauses saving for who comes, until it can', async () => {
  const { before, ada, server } = await start()
  before.read = full
  const late = await openDevice(server, ada.id)
  await vi.waitFor(() => expect(paused([late, ada])).toEqual([true, false]), patient)
  before.read = async () => {}
  await vi.waitFor(() => expect(late.settings().created).toBe(true), patient)
  await vi.waitFor(() => expect(paused([late])).toEqual([false]), patient)
})

test('[SY2] a store that hangs pauses saving after some seconds, readiness says so at once, and what hung is saved', async () => {
  const { before, ada, bob, server } = await start()
  let goOn = () => {}
  const hung = new Promise<void>((resolve) => (goOn = resolve))
  before.write = () => hung
  await ada.addClient({ name: 'Into the pause' })
  await vi.waitFor(() => expect(paused([ada, bob])).toEqual([true, true]), patient)
  expect([ada.status.sync, bob.status.sync]).toEqual(['online', 'online'])
  const ready = () => fetch(`http://127.0.0.1:${server.port}/readyz`)
  const answer = await ready()
  expect([answer.status, await answer.json()]).toMatchObject([
    503,
    { reason: expect.stringContaining('3 s') as string },
  ])
  goOn()
  await vi.waitFor(() => expect(paused([ada, bob])).toEqual([false, false]), patient)
  await ada.flush()
  await vi.waitFor(() => expect(bob.clients()).toHaveLength(1), patient)
  expect((await ready()).status).toBe(200)
})
