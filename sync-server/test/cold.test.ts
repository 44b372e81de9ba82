// Books without a document in memory: stored bytes answer whoever reads, an outline tells what is new, and only writing makes an index.
import { createId } from '@tierbook/core'
import { describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createMemoryStorage, createSigningKey, type ServerStorage, type TierbookServer } from '../src/index.ts'
import { readMessage, writeSyncStep1, writeSyncStep2 } from '../src/sync/messages.ts'
import { logOf, openSocket, openStockClient, startSampleServer } from './sample-server.ts'

const environment = { TIERBOOK_IDLE_INDEX_SECONDS: '0' }
const loads = async (server: TierbookServer) =>
  Number(/tierbook_book_load_seconds_count (\d+)/.exec(await server.metrics.registry.metrics())?.[1])

/** A stored book of `clients` clients, as one device wrote it, on a server of its own that is gone. */
async function writeBook(
  storage: ServerStorage,
  clients: number,
): Promise<{ id: string; doc: Y.Doc; signingKey: ReturnType<typeof createSigningKey> }> {
  const signingKey = createSigningKey()
  const server = await startSampleServer({ storage: { ...storage, close: async () => {} }, signingKey })
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await ada.synced()
  for (let i = 0; i < clients; i++) await ada.book.addClient({ name: `Client ${i}`, tier: 'starter' })
  await ada.book.editBook({ name: 'Renamed' })
  await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(clients + 2))
  const doc = new Y.Doc()
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(ada.doc))
  ada.provider.destroy()
  await server.close()
  return { id, doc, signingKey }
}

const sameAs = (doc: Y.Doc, other: Y.Doc) => {
  expect(logOf(doc)).toEqual(logOf(other))
  expect(doc.getMap('clients').toJSON()).toEqual(other.getMap('clients').toJSON())
  expect(Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(other))).toBe(true)
}

describe.each([
  ['from a few updates', 5],
  ['from a snapshot and what came after it', 520],
])('%s', (_what, clients) => {
  test('[F10] a device that has nothing gets all, without an index', async () => {
    const storage = createMemoryStorage()
    const { id, doc, signingKey } = await writeBook(storage, clients)
    if (clients > 500) expect((await storage.load(id))?.snapshot?.outline).toBeTruthy()
    const server = await startSampleServer({ storage, signingKey, environment })
    const reader = await openStockClient(server, { id, role: 'viewer' })
    await reader.synced()
    sameAs(reader.doc, doc)
    expect(await loads(server)).toBe(0)
  })

  test('devices that hold the book come back, with their whole delete set, and nothing is loaded', async () => {
    const storage = createMemoryStorage()
    const { id, doc, signingKey } = await writeBook(storage, clients)
    const server = await startSampleServer({ storage, signingKey, environment })
    const devices = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const device = await openStockClient(server, { id, connect: false })
        Y.applyUpdate(device.doc, Y.encodeStateAsUpdate(doc))
        device.provider.connect()
        await device.synced()
        return device
      }),
    )
    await vi.waitFor(async () =>
      expect(await server.metrics.registry.metrics()).toContain('tierbook_updates_total{decision="nothing-new"} 10'),
    )
    expect(await loads(server)).toBe(0)
    // The first edit makes an index, everybody gets it, and the index goes again.
    await devices[0]?.book.addClient({ name: 'New' })
    await vi.waitFor(() => expect(devices.at(-1)?.book.clients()).toHaveLength(clients + 1))
    expect(await loads(server)).toBe(1)
    const late = await openStockClient(server, { id, role: 'viewer' })
    await late.synced()
    sameAs(late.doc, devices[0]?.doc as Y.Doc)
    expect(await loads(server)).toBe(1)
  })

  test('a device that missed the last edits gets those and nothing else', async () => {
    const storage = createMemoryStorage()
    const { id, doc, signingKey } = await writeBook(storage, clients)
    const server = await startSampleServer({ storage, signingKey, environment })
    const ada = await openStockClient(server, { id })
    await ada.synced()
    for (let i = 0; i < 3; i++) await ada.book.addClient({ name: `Later ${i}` })
    await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(clients + 5))
    const before = await loads(server)
    const token = await server.accessToken({ book: id, actor: createId(), role: 'viewer' })
    const { socket } = await openSocket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)
    let bytes = 0
    const updates: Uint8Array[] = []
    const done = new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const frame = new Uint8Array(data as ArrayBuffer)
        const message = readMessage(frame)
        if (message?.type !== 'update' && message?.type !== 'sync-step-2') return
        bytes += frame.length
        updates.push(message.update)
        if (message.type === 'sync-step-2') resolve()
      })
    })
    socket.send(writeSyncStep1(Y.encodeStateVector(doc)) as Uint8Array<ArrayBuffer>)
    await done
    for (const update of updates) Y.applyUpdate(doc, update)
    sameAs(doc, ada.doc)
    expect(bytes).toBeLessThan(6_000)
    expect(await loads(server)).toBe(before)
  })
})

test('[F41] a device that lacks only a delete is given it', async () => {
  const storage = createMemoryStorage()
  const { id, doc, signingKey } = await writeBook(storage, 3)
  const server = await startSampleServer({ storage, signingKey, environment })
  const token = await server.accessToken({ book: id, actor: createId(), role: 'viewer' })
  const { socket } = await openSocket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)
  const answer = new Promise<Uint8Array>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const message = readMessage(new Uint8Array(data as ArrayBuffer))
      if (message?.type === 'sync-step-2') resolve(message.update)
    })
  })
  socket.send(writeSyncStep1(Y.encodeStateVector(doc)) as Uint8Array<ArrayBuffer>)
  const { structs, ds } = Y.decodeUpdate(await answer)
  expect(structs).toEqual([])
  expect(ds.clients.size).toBe(1)
  expect([...ds.clients]).toEqual([...Y.decodeUpdate(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc))).ds.clients])
})

test('[AD2] [AD3] what an outline cannot decide is judged with an index, and forged or broken frames without one', async () => {
  const storage = createMemoryStorage()
  const { id, doc, signingKey } = await writeBook(storage, 3)
  const server = await startSampleServer({ storage, signingKey, environment })
  const send = async (update: Uint8Array) => {
    const eve = createId()
    const token = await server.accessToken({ book: id, actor: eve, role: 'editor' })
    const { socket, closed } = await openSocket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)
    socket.send(writeSyncStep2(update) as Uint8Array<ArrayBuffer>)
    return closed
  }
  expect((await send(Uint8Array.from([1, 2, 3]))).code).toBe(4400)
  expect(await loads(server)).toBe(0)
  const [client] = [...doc.store.clients.keys()]
  const forged = new Y.Doc()
  Y.applyUpdate(forged, Y.encodeStateAsUpdate(doc))
  forged.clientID = client as number
  forged.getMap('clients').set('x/name', 'forged')
  expect(await send(Y.encodeStateAsUpdate(forged))).toMatchObject({
    code: 4422,
    reason: expect.stringContaining('foreign-client-id') as string,
  })
  const wiped = new Y.Doc()
  Y.applyUpdate(wiped, Y.encodeStateAsUpdate(doc))
  wiped.getArray('log').delete(0, 1)
  expect((await send(Y.encodeStateAsUpdate(wiped))).code).toBe(4422)
  expect((await storage.book(id))?.largestN).toBe(5)
})

test('a snapshot whose bytes were damaged is not handed out; the updates are', async () => {
  const storage = createMemoryStorage()
  const { id, doc, signingKey } = await writeBook(storage, 520)
  const { SnapshotError } = await import('../src/storage/storage.ts')
  const damaged: ServerStorage = {
    ...storage,
    async load(book, options) {
      const loaded = await storage.load(book, options)
      if (!loaded?.snapshot) return loaded
      const { seq, outline } = loaded.snapshot
      return {
        ...loaded,
        snapshot: {
          seq,
          outline,
          read: () => Promise.reject(new SnapshotError(book, seq)),
          readPacked: () => Promise.reject(new SnapshotError(book, seq)),
        },
      }
    },
  }
  const server = await startSampleServer({
    storage: damaged,
    signingKey,
    environment: { TIERBOOK_IDLE_INDEX_SECONDS: '30' },
  })
  const reader = await openStockClient(server, { id, role: 'viewer' })
  await reader.synced()
  sameAs(reader.doc, doc)
  expect(await loads(server)).toBe(0)
})

test('[F44] two who renamed one client offline: what follows is stored, everybody has one name, and who comes back brings nothing new', async () => {
  const storage = createMemoryStorage()
  const { id, doc, signingKey } = await writeBook(storage, 3)
  const start = () => startSampleServer({ storage: { ...storage, close: async () => {} }, signingKey, environment })
  const server = await start()
  const devices = await Promise.all([1, 2].map(() => openStockClient(server, { id, connect: false })))
  for (const [n, { doc: own, book }] of devices.entries()) {
    Y.applyUpdate(own, Y.encodeStateAsUpdate(doc))
    const client = book.clients()[0]?.id ?? ''
    await book.editClient({ client, name: `Name ${n}` })
    await book.recordActivity([{ client, at: Date.now() - n }])
  }
  const [ada, bob] = devices as [(typeof devices)[0], (typeof devices)[0]]
  ada.provider.connect()
  await ada.synced()
  bob.provider.connect()
  await bob.synced()
  await vi.waitFor(() => sameAs(ada.doc, bob.doc))
  // What is stored says it all: replayed, and in the outline of the next server.
  const replayed = new Y.Doc()
  for await (const { bytes } of storage.updates(id)) Y.applyUpdate(replayed, bytes)
  sameAs(replayed, ada.doc)
  for (const { provider } of devices) provider.destroy()
  await server.close()
  const next = await start()
  const back = await openStockClient(next, { id, connect: false })
  Y.applyUpdate(back.doc, Y.encodeStateAsUpdate(ada.doc))
  back.provider.connect()
  await back.synced()
  await vi.waitFor(async () =>
    expect(await next.metrics.registry.metrics()).toContain('tierbook_updates_total{decision="nothing-new"} 1'),
  )
  expect(await loads(next)).toBe(0)
})

test('of the books whose devices left, only the latest few hundred stay in memory for those that come back', async () => {
  const server = await startSampleServer({ environment: { TIERBOOK_IDLE_BOOK_SECONDS: '3600' } })
  const openBooks = async () =>
    Number(/tierbook_open_books (\d+)/.exec(await server.metrics.registry.metrics())?.[1] ?? Number.NaN)
  const ids = Array.from({ length: 300 }, () => createId())
  for (const id of ids) {
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    await ada.synced()
    ada.provider.destroy()
  }
  await vi.waitFor(async () => expect(await openBooks()).toBe(256))
  // One that was given up is read again.
  const again = await openStockClient(server, { id: ids[0] as string, role: 'viewer' })
  await again.synced()
})
