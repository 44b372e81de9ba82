import { createId } from '@tierbook/core'
import { describe, expect, test, vi } from 'vitest'
import { join } from 'node:path'
import { createMemoryStorage, createSigningKey, openSqliteStorage, type ServerStorage } from '../src/index.ts'
import { logOf, openStockClient, sampleFolder, startSampleServer } from './sample-server.ts'

/** A real storage whose calls wait for, or fail at, whatever a test says. */
function faulty(): {
  storage: ServerStorage
  before: Partial<Record<'commit' | 'load' | 'check', () => Promise<void>>>
} {
  const memory = createMemoryStorage()
  const before: Partial<Record<'commit' | 'load' | 'check', () => Promise<void>>> = {}
  const storage: ServerStorage = {
    ...memory,
    async commit(writes) {
      await before.commit?.()
      return memory.commit(writes)
    },
    async load(book, options) {
      await before.load?.()
      return memory.load(book, options)
    },
    async check() {
      await before.check?.()
      await memory.check()
    },
  }
  return { storage, before }
}

const full = () => Promise.reject(new Error('database or disk is full'))

describe('a store that fails', () => {
  test('[SY1] nobody sees what could not be stored, readiness says so, and all heals when it works again', async () => {
    const { storage, before } = faulty()
    const server = await startSampleServer({ storage, signingKey: createSigningKey() })
    const ready = async () => (await fetch(`http://127.0.0.1:${server.port}/readyz`)).status
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    const bob = await openStockClient(server, { id, role: 'viewer' })
    await vi.waitFor(() => expect(bob.book.settings().created).toBe(true))
    before.commit = full
    before.check = full
    const droppedBob = new Promise<number | undefined>((resolve) =>
      bob.provider.once('connection-close', (event) => resolve(event?.code)),
    )
    await ada.book.addClient({ name: 'Acme' })
    expect(await droppedBob).toBe(1013)
    expect(bob.book.clients()).toEqual([])
    expect(await ready()).toBe(503)
    delete before.check
    expect(await ready()).toBe(200)
    delete before.commit
    await vi.waitFor(() => expect(bob.book.clients()).toHaveLength(1), { timeout: 10_000 })
    expect((await Array.fromAsync(storage.updates(id))).length).toBeGreaterThan(1)
  })

  test('[F25] one book that cannot be stored does not stop the others', async () => {
    const memory = createMemoryStorage()
    const bad = createId()
    const storage: ServerStorage = {
      ...memory,
      commit: (writes) => (writes.some(({ book }) => book === bad) ? full() : memory.commit(writes)),
    }
    const server = await startSampleServer({ storage, signingKey: createSigningKey() })
    const good = createId()
    const [broken, fine] = await Promise.all(
      [bad, good].map((id) => openStockClient(server, { id, role: 'owner', create: true })),
    )
    await broken?.book.addClient({ name: 'Lost' })
    await fine?.book.addClient({ name: 'Kept' })
    await vi.waitFor(async () => expect((await storage.book(good))?.largestN).toBe(2))
    expect((await storage.book(bad))?.seq).toBe(0)
  })

  test('[F21] stopping with a store that fails says how many updates are not stored', async () => {
    const { storage, before } = faulty()
    const server = await startSampleServer({ storage, signingKey: createSigningKey() })
    const ada = await openStockClient(server, { id: createId(), role: 'owner' })
    await ada.synced()
    let reached: () => void
    const isReached = new Promise<void>((resolve) => (reached = resolve))
    let fail: (error: Error) => void
    before.commit = () => {
      reached()
      return new Promise<void>((_resolve, reject) => (fail = reject))
    }
    await ada.book.addClient({ name: 'Acme' })
    await isReached
    const closing = server.close()
    fail!(new Error('disk gone'))
    expect((await closing).unstored).toBeGreaterThan(0)
  })
})

test('[F22] an edit made while a slow commit lasts is stored by the next one, and a stop waits for both', async () => {
  const { storage, before } = faulty()
  const server = await startSampleServer({ storage, signingKey: createSigningKey() })
  const received = async () => (await server.metrics.receivedBytes.get()).values[0]?.value ?? 0
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(1))
  const held: (() => void)[] = []
  before.commit = () => new Promise((resolve) => held.push(resolve))
  await ada.book.addClient({ name: 'First' })
  await vi.waitFor(() => expect(held).toHaveLength(1))
  const bytes = await received()
  await ada.book.addClient({ name: 'Meanwhile' })
  await vi.waitFor(async () => expect(await received()).toBeGreaterThan(bytes))
  const closing = server.close()
  held.shift()?.()
  await vi.waitFor(() => expect(held).toHaveLength(1))
  held.shift()?.()
  expect(await closing).toEqual({ unstored: 0 })
  expect((await storage.book(id))?.largestN).toBe(3)
})

describe('loading and unloading', () => {
  test('[F10] nothing is said to be synced before the book is loaded', async () => {
    const { storage, before } = faulty()
    const server = await startSampleServer({ storage, signingKey: createSigningKey() })
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    await ada.book.addClient({ name: 'Acme' })
    await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(2))
    ada.provider.destroy()
    await vi.waitFor(async () => expect(await server.metrics.registry.metrics()).toContain('tierbook_open_books 0'))
    let release: () => void = () => {}
    before.load = () => new Promise((resolve) => (release = resolve))
    const bob = await openStockClient(server, { id, role: 'viewer' })
    await vi.waitFor(() => expect(bob.provider.wsconnected).toBe(true))
    expect(bob.provider.synced).toBe(false)
    release()
    await bob.synced()
    expect(bob.book.clients()).toHaveLength(1)
  })

  test('[F18] a failed load leaves the store as it was, and the next one finds everything', async () => {
    const { storage, before } = faulty()
    const server = await startSampleServer({ storage, signingKey: createSigningKey() })
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    await ada.book.addClient({ name: 'Acme' })
    await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(2))
    ada.provider.destroy()
    await vi.waitFor(async () => expect(await server.metrics.registry.metrics()).toContain('tierbook_open_books 0'))
    const head = (await storage.book(id))?.head
    before.load = full
    const bob = await openStockClient(server, { id })
    const dropped = new Promise<number | undefined>((resolve) =>
      bob.provider.once('connection-close', (event) => resolve(event?.code)),
    )
    expect(await dropped).toBe(1013)
    expect((await storage.book(id))?.head).toEqual(head)
    delete before.load
    await vi.waitFor(() => expect(bob.book.clients()).toHaveLength(1), { timeout: 10_000 })
  })

  test('[F17] leaving and joining in the gap loses nothing, whatever the store’s pace', async () => {
    const { storage, before } = faulty()
    let turn = 0
    const slow = () => new Promise<void>((resolve) => setTimeout(resolve, (turn++ * 7) % 23))
    before.commit = slow
    before.load = slow
    const server = await startSampleServer({ storage, signingKey: createSigningKey() })
    const id = createId()
    const names: string[] = []
    let last: string[] = []
    for (let i = 0; i < 12; i++) {
      const client = await openStockClient(server, { id, role: 'owner', create: i === 0 })
      await client.synced()
      for (let j = 0; j <= i % 3; j++) {
        names.push(`Client ${i}.${j}`)
        await client.book.addClient({ name: `Client ${i}.${j}` })
      }
      // Everything is on its way when it is stored; the room may be anywhere between commit and unload when the next one joins.
      await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(logOf(client.doc).length))
      last = client.book.clients().map((row) => row.name)
      client.provider.destroy()
    }
    expect(last).toEqual(expect.arrayContaining(names))
  })
})

test('[F39] who left while a commit was under way is not shown to whoever joined with it', async () => {
  const { storage, before } = faulty()
  const server = await startSampleServer({ storage, signingKey: createSigningKey() })
  const id = createId()
  const received = async () => (await server.metrics.receivedBytes.get()).values[0]?.value ?? 0
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  const bob = await openStockClient(server, { id })
  await vi.waitFor(() => expect(bob.book.settings().created).toBe(true))
  const held: (() => void)[] = []
  before.commit = () => new Promise((resolve) => held.push(resolve))
  await ada.book.addClient({ name: 'Held' })
  await vi.waitFor(() => expect(held).toHaveLength(1))
  // While the first commit lasts, these wait for the next turn: somebody who joins, an edit, and somebody's presence.
  const bytes = await received()
  const carol = await openStockClient(server, { id })
  await vi.waitFor(async () => expect(await received()).toBeGreaterThan(bytes))
  await ada.book.addClient({ name: 'Next', note: 'x'.repeat(5_000) })
  bob.provider.awareness.setLocalState({ name: 'x'.repeat(3_000) })
  await vi.waitFor(async () => expect(await received()).toBeGreaterThan(bytes + 8_000))
  held.shift()?.()
  await vi.waitFor(() => expect(held).toHaveLength(1))
  bob.provider.disconnect()
  await vi.waitFor(async () => expect((await server.metrics.connections.get()).values[0]?.value).toBe(2))
  delete before.commit
  held.shift()?.()
  await carol.synced()
  await ada.book.addClient({ name: 'Later' })
  await vi.waitFor(() => expect(carol.book.clients().map(({ name }) => name)).toContain('Later'))
  expect([...carol.provider.awareness.getStates().keys()]).not.toContain(bob.doc.clientID)
})

test('a snapshot makes the next opening short, and one that cannot be read is passed over', async () => {
  const storage = openSqliteStorage({ file: join(sampleFolder(), 'tierbook.db') })
  const server = await startSampleServer({ storage, signingKey: createSigningKey() })
  const isUnloaded = () =>
    vi.waitFor(async () => expect(await server.metrics.registry.metrics()).toContain('tierbook_open_books 0'))
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await ada.synced()
  for (let i = 0; i < 520; i++) await ada.book.addClient({ name: `Client ${i}` })
  await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(521), { timeout: 20_000 })
  ada.provider.destroy()
  await isUnloaded()
  const loaded = await storage.load(id)
  expect(loaded?.snapshot?.seq).toBe(loaded?.record.seq)
  expect(await loaded?.readTail()).toHaveLength(0)
  for (const damage of [false, true]) {
    if (damage)
      await storage.saveSnapshot({ book: id, seq: 1_000_000, bytes: Uint8Array.from([1, 2, 3]), outline: null })
    const reader = await openStockClient(server, { id, role: 'viewer' })
    await vi.waitFor(() => expect(reader.book.clients()).toHaveLength(520))
    expect(logOf(reader.doc)).toEqual(logOf(ada.doc))
    reader.provider.destroy()
    await isUnloaded()
  }
})

test('a large book that came in one update gets a snapshot as soon as it is left', async () => {
  const { storage } = faulty()
  const server = await startSampleServer({ storage, signingKey: createSigningKey() })
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true, connect: false })
  for (let i = 0; i < 140; i++) await ada.book.addClient({ name: `Client ${i}`, note: 'x'.repeat(9_000) })
  ada.provider.connect()
  await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(141), { timeout: 30_000 })
  ada.provider.destroy()
  await vi.waitFor(async () => expect((await storage.load(id))?.snapshot).not.toBe(null), { timeout: 30_000 })
  const loaded = await storage.load(id)
  expect(loaded?.record.seq).toBeLessThan(10)
  expect(loaded?.snapshot?.seq).toBe(loaded?.record.seq)
})

test('[F23] a reader that does not read is closed, and the others are not held up', async () => {
  const server = await startSampleServer({ environment: { TIERBOOK_MAX_BUFFERED_BYTES: '65536' } })
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  const bob = await openStockClient(server, { id })
  await bob.synced()
  // Node's own client cannot stop reading, so a bare socket of ws stands in.
  const { WebSocket: Socket } = await import('ws')
  const token = await server.accessToken({ book: id, actor: createId(), role: 'viewer' })
  const paused = new Socket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)
  await new Promise((resolve) => paused.on('open', resolve))
  paused.send(Uint8Array.from([0, 0, 1, 0]))
  await new Promise((resolve) => paused.once('message', resolve))
  paused.pause()
  const note = 'x'.repeat(9_000)
  const added = await ada.book.addClient({ name: 'Acme' })
  const client = added.ok ? added.value.id : ''
  for (let i = 0; i < 3_000; i++) {
    await ada.book.editClient({ client, note: `${i} ${note}` })
    if (i % 100 !== 0) continue
    await vi.waitFor(() => expect(bob.book.client(client)?.note?.startsWith(`${i} `)).toBe(true))
    if ((await server.metrics.registry.metrics()).includes('tierbook_closes_total{code="1013"} 1')) break
  }
  expect(await server.metrics.registry.metrics()).toContain('tierbook_closes_total{code="1013"} 1')
  paused.terminate()
}, 60_000)
