// A refused device recovers by itself against the real server (SY3, F37), and a device keeps what it has where the server lost history (SY5).
import { type Book, type BookStatus, type BookStorage, createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createMemoryStorage, createSigningKey, type TierbookServer } from '../src/index.ts'
import { startSampleServer } from './sample-server.ts'

async function openDevice(
  server: TierbookServer,
  options: {
    id: string
    actor: string
    role?: 'owner' | 'editor'
    storage?: ReturnType<typeof memory>
    create?: boolean
  },
): Promise<Book> {
  const token = await server.accessToken({ book: options.id, actor: options.actor, role: options.role ?? 'owner' })
  const book = await openBook({
    id: options.id,
    author: { id: options.actor, name: 'Ada' },
    storage: options.storage ?? memory(),
    sync: webSocket({ url: `ws://127.0.0.1:${server.port}/sync`, token, maxPauseMs: 20 }),
    ...(options.create ? { create: { name: 'Northwind', timeZone: 'UTC', currency: 'EUR' } } : {}),
  })
  onTestFinished(() => book.close())
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

const isSent = ({ unsent, sync }: BookStatus) => unsent === 0 && sync === 'online'
const names = (book: Book) => book.clients().map((row) => row.name)

test('[SY3] [F37] a refused update: the device recovers by itself, what is good is there once, everybody goes on', async () => {
  const server = await startSampleServer()
  const [id, actor] = [createId(), createId()]
  const book = await openDevice(server, { id, actor, create: true })
  await book.addClient({ name: 'Before' })
  await until(book, isSent)
  const peer = await openDevice(server, { id, actor: createId(), role: 'editor' })
  await until(peer, ({ loaded, sync }) => loaded && sync === 'online')

  book.doc.getMap('nonsense').set('key', 'value')
  await book.addClient({ name: 'After' })
  const { recovery } = await until(book, (status) => status.recovery?.phase === 'done')
  expect(recovery?.reason).toContain('unknown-root')
  await book.addClient({ name: 'Later' })
  await until(book, isSent)
  expect(names(book)).toEqual(['After', 'Before', 'Later'])
  await peer.addClient({ name: 'Peer' })
  await until(peer, isSent)
  for (const each of [book, peer]) {
    await until(each, () => names(each).length === 4)
    expect(each.doc.getArray('log').length).toBe(5)
    expect([...each.doc.share.keys()]).not.toContain('nonsense')
  }
  expect((await book.setAside()).map(({ kind }) => kind)).toEqual(['replica'])
})

test('[SY5] a server whose data is gone gets a device’s own history back, without anybody doing anything', async () => {
  const signingKey = createSigningKey()
  const [id, actor, storage] = [createId(), createId(), memory()]
  const before = await startSampleServer({ storage: createMemoryStorage(), signingKey })
  const first = await openDevice(before, { id, actor, storage, create: true })
  for (let place = 0; place < 5; place++) await first.addClient({ name: `Client ${place}` })
  await until(first, isSent)
  await vi.waitFor(async () => expect(await headIn(storage, id)).toBeDefined())
  const log = first.doc.getArray('log').toArray()
  await first.close()
  await before.close()

  const after = await startSampleServer({ storage: createMemoryStorage(), signingKey })
  const second = await openDevice(after, { id, actor, storage })
  const { recovery } = await until(second, (status) => status.recovery?.phase === 'done')
  expect(recovery).toMatchObject({ sentAgain: log.length, refused: 0, ofOthers: 0 })
  await until(second, isSent)
  expect(second.doc.getArray('log').toArray()).toEqual(log)
  expect(second.settings()).toMatchObject({ name: 'Northwind', created: true })
  const other = await openDevice(after, { id, actor: createId(), role: 'editor' })
  await until(other, () => names(other).length === 5)
})

/** What the device remembers of the server's history. */
async function headIn(storage: BookStorage, book: string): Promise<unknown> {
  const handle = await storage.open({ book, doc: new Y.Doc(), onProblem() {} })
  return handle.marks.get('server-head')
}

test('[F8] [SY2] two tabs of one profile that send each other’s edits: each hears that its own are on disk', async () => {
  const server = await startSampleServer()
  const [id, actor] = [createId(), createId()]
  const [one, two] = [await openDevice(server, { id, actor, create: true }), await openDevice(server, { id, actor })]
  await until(one, isSent)
  await until(two, isSent)
  // What a channel between tabs does: each applies what the other writes, and its connection sends it on.
  const origin = { source: 'tabs', name: 'test' }
  for (const [from, to] of [
    [one, two],
    [two, one],
  ] as const)
    from.doc.on('update', (update: Uint8Array, by: unknown) => {
      if (by !== origin) Y.applyUpdate(to.doc, update, origin)
    })
  for (let place = 0; place < 20; place++) await (place % 2 ? one : two).addClient({ name: `Client ${place}` })
  for (const book of [one, two]) {
    await until(book, isSent)
    expect(names(book)).toHaveLength(20)
  }
})
