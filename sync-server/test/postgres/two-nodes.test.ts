// Two and three servers over one database: what one stores reaches the devices of the others, whoever was first, with hints and without.
import { createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import type { TierbookServer } from '../../src/index.ts'
import { verifyStore } from '../../src/operate/verify-store.ts'
import { writeAwareness, writeSyncStep2 } from '../../src/sync/messages.ts'
import { logOf, openSocket, openStockClient, startSampleServer } from '../sample-server.ts'
import { openDevice, patient } from './open-device.ts'
import { type SamplePostgres, startPostgres } from './sample-postgres.ts'

let postgres: SamplePostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

const noHints = { TIERBOOK_POLL_MS: '60000', TIERBOOK_HINTS_URL: 'postgres://nobody@127.0.0.1:1/none' }
const slowPoll = { TIERBOOK_POLL_MS: '60000' }

async function startNodes(count: number, environment: Record<string, string> = {}): Promise<TierbookServer[]> {
  const url = await postgres.createDatabase()
  const nodes: TierbookServer[] = []
  for (let i = 0; i < count; i++)
    nodes.push(await startSampleServer({ environment: { TIERBOOK_DATABASE_URL: url, ...environment } }))
  return nodes
}

async function counted(server: TierbookServer, name: string): Promise<number> {
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await server.metrics.registry.metrics())?.[1])
}

test('[SY1] [F28] what one node stores reaches the devices of another by its hint, without a poll', async () => {
  const [one, two] = (await startNodes(2, slowPoll)) as [TierbookServer, TierbookServer]
  const id = createId()
  const ada = await openDevice(one, id, { role: 'owner', create: true })
  await ada.flush()
  const bob = await openDevice(two, id, { role: 'editor' })
  await vi.waitFor(() => expect(bob.settings().created).toBe(true))
  for (let i = 0; i < 10; i++) await ada.addClient({ name: `From one ${i}` })
  await vi.waitFor(() => expect(bob.clients()).toHaveLength(10), { timeout: 10_000 })
  for (let i = 0; i < 10; i++) await bob.addClient({ name: `From two ${i}` })
  await bob.flush()
  await vi.waitFor(() => expect(ada.clients()).toHaveLength(20), { timeout: 10_000 })
  expect(logOf(ada.doc)).toEqual(logOf(bob.doc))
})

test('[F28] with every hint lost, devices of another node have all within a poll period, without a new edit', async () => {
  const [one, two] = (await startNodes(2, {
    TIERBOOK_HINTS_URL: 'postgres://nobody@127.0.0.1:1/none',
    TIERBOOK_POLL_MS: '300',
  })) as [TierbookServer, TierbookServer]
  const id = createId()
  const ada = await openDevice(one, id, { role: 'owner', create: true })
  await ada.flush()
  const bob = await openDevice(two, id, { role: 'editor' })
  await vi.waitFor(() => expect(bob.settings().created).toBe(true))
  await ada.addClient({ name: 'Acme' })
  await vi.waitFor(() => expect(bob.clients()).toHaveLength(1), { timeout: 5_000 })
})

test('[SY1] [TL5] devices that write on three nodes at once lose races and no edit: one log, one chain, receipts everywhere', async () => {
  const nodes = await startNodes(3)
  const id = createId()
  const ada = await openDevice(nodes[0] as TierbookServer, id, { role: 'owner', create: true })
  await ada.flush()
  const books = [ada]
  for (const node of nodes) for (let i = 0; i < 2; i++) books.push(await openDevice(node, id, { role: 'editor' }))
  await Promise.all(books.map((book) => vi.waitFor(() => expect(book.settings().created).toBe(true))))
  await Promise.all(
    books.map(async (book, b) => {
      for (let i = 0; i < 40; i++) {
        await book.addClient({ name: `Client ${b} ${i}` })
        await new Promise((resolve) => setImmediate(resolve))
      }
    }),
  )
  await Promise.all(books.map((book) => book.flush()))
  const all = books.length * 40
  await Promise.all(
    books.map((book) => vi.waitFor(() => expect(book.clients()).toHaveLength(all), { timeout: 20_000 })),
  )
  for (const book of books) expect(logOf(book.doc)).toEqual(logOf(ada.doc))
  const { storage } = nodes[1] as TierbookServer
  expect(await verifyStore(storage, {})).toMatchObject({ findings: [] })
  const receipts = await Array.fromAsync(storage.receipts(id, { after: 0 }))
  const ids = receipts.flatMap(({ actions }) => actions)
  expect(new Set(ids).size).toBe(ids.length)
  const conflicts = await Promise.all(nodes.map((node) => counted(node, 'tierbook_commit_conflicts_total')))
  expect(conflicts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
})

test('[AD3] a client id that was bound on one node cannot be used by somebody else on another, whose devices go on', async () => {
  const [one, two] = (await startNodes(2, noHints)) as [TierbookServer, TierbookServer]
  const id = createId()
  const ada = await openStockClient(one, { id, role: 'owner', create: true })
  await ada.synced()
  await vi.waitFor(async () => expect((await one.storage.book(id))?.largestN).toBe(1))
  const bob = await openStockClient(two, { id })
  await vi.waitFor(() => expect(bob.book.settings().created).toBe(true))
  const second = await openStockClient(one, { id, actor: ada.actor, role: 'owner' })
  await second.synced()
  const bindings = async () => (await two.storage.load(id))?.bindings
  // Eve has a connection before: what she sends is not compared with the store by joining.
  const actor = createId()
  const token = await two.accessToken({ book: id, actor, role: 'editor' })
  const { socket, closed } = await openSocket(`ws://127.0.0.1:${two.port}/sync/${id}?token=${token}`)
  await bob.book.addClient({ name: 'Before' })
  await vi.waitFor(async () => expect((await two.storage.book(id))?.largestN).toBe(2))
  const before = (await one.storage.book(id))?.seq ?? 0
  await second.book.addClient({ name: 'Acme' })
  await vi.waitFor(async () => expect((await one.storage.book(id))?.seq).toBeGreaterThan(before))
  const eve = await openBook({ id, author: { id: actor, name: 'Eve' }, storage: memory() })
  onTestFinished(() => eve.close())
  eve.doc.clientID = second.doc.clientID
  for (let i = 0; i < 5; i++) await eve.addClient({ name: `Forged ${i}` })
  socket.send(writeSyncStep2(Y.encodeStateAsUpdate(eve.doc)) as Uint8Array<ArrayBuffer>)
  expect(await closed).toMatchObject({ code: 4422, reason: expect.stringContaining('foreign-client-id') as string })
  await bob.book.addClient({ name: 'Beta' })
  expect((await bindings())?.get(second.doc.clientID)).toBe(ada.actor)
  const names = () => bob.book.clients().map(({ name }) => name)
  await vi.waitFor(() => expect(names().sort()).toEqual(['Acme', 'Before', 'Beta']))
})

test('[AD3] [AD6] of two people who take one client id on two nodes at the same moment one gets it, in edits and in presence', async () => {
  const [one, two] = (await startNodes(2)) as [TierbookServer, TierbookServer]
  const id = createId()
  const ada = await openDevice(one, id, { role: 'owner', create: true })
  await ada.flush()
  const base = Y.encodeStateAsUpdate(ada.doc)
  for (let round = 1; round <= 12; round++) {
    const client = 1_000 + round
    // Half of the rounds race with a first state of presence, half with a first edit.
    const people = await Promise.all(
      [one, two].map(async (node) => {
        const actor = createId()
        const token = await node.accessToken({ book: id, actor, role: 'editor' })
        const { socket, closed } = await openSocket(`ws://127.0.0.1:${node.port}/sync/${id}?token=${token}`)
        const book = await openBook({ id, author: { id: actor, name: 'Eve' }, storage: memory() })
        onTestFinished(() => book.close())
        Y.applyUpdate(book.doc, base)
        book.doc.clientID = client
        await book.addClient({ name: `Of ${actor}` })
        const edits = () => writeSyncStep2(Y.encodeStateAsUpdate(book.doc, Y.encodeStateVectorFromUpdate(base)))
        const frames = [edits()]
        if (round % 2 === 0) frames.unshift(writeAwareness([{ client, clock: 1, state: JSON.stringify({ actor }) }]))
        const send = (frame: Uint8Array) => socket.send(frame as Uint8Array<ArrayBuffer>)
        const editAgain = () => book.addClient({ name: 'Once more' }).then(() => send(edits()))
        return { actor, socket, closed, begin: () => frames.forEach(send), editAgain }
      }),
    )
    for (const { begin } of round % 4 < 2 ? people : people.toReversed()) begin()
    const owner = await vi.waitFor(async () => {
      const bound = (await one.storage.bindingsOf(id, [client])).get(client)
      expect(bound).toBeDefined()
      return bound
    }, patient)
    const won = people.findIndex(({ actor }) => actor === owner)
    const [winner, loser] = [people[won], people[1 - won]]
    const isThere = (actor: string | undefined) => ada.clients().some(({ name }) => name === `Of ${actor}`)
    await vi.waitFor(() => expect(isThere(owner)).toBe(true), patient)
    // Whose edits have the winner's clocks brings nothing new, says a Yjs update; with one more it is seen whose they are.
    await loser?.editAgain()
    expect(await loser?.closed).toMatchObject({
      code: 4422,
      reason: expect.stringContaining('foreign-client-id') as string,
    })
    await winner?.editAgain()
    await vi.waitFor(() => expect(ada.clients()).toHaveLength(2 * round), patient)
    expect(isThere(loser?.actor)).toBe(false)
    expect((await two.storage.bindingsOf(id, [client])).get(client)).toBe(owner)
    winner?.socket.close()
  }
  const conflicts = await Promise.all([one, two].map((node) => counted(node, 'tierbook_commit_conflicts_total')))
  // They did meet in the store.
  expect(Math.max(...conflicts)).toBeGreaterThan(0)
  expect((await verifyStore(two.storage, {})).findings).toEqual([])
})

test('[AD2] a device that comes from another node is judged with what it saw there, even where the hint was lost', async () => {
  const [one, two] = (await startNodes(2, {
    ...slowPoll,
    TIERBOOK_HINTS_URL: 'postgres://nobody@127.0.0.1:1/none',
  })) as [TierbookServer, TierbookServer]
  const id = createId()
  const ada = await openStockClient(one, { id, role: 'owner', create: true })
  await ada.synced()
  const stays = await openStockClient(two, { id })
  await stays.synced()
  const bob = await openStockClient(one, { id })
  await vi.waitFor(() => expect(bob.book.settings().created).toBe(true))
  for (let i = 0; i < 5; i++) await ada.book.addClient({ name: `Client ${i}` })
  await vi.waitFor(() => expect(bob.book.clients()).toHaveLength(5))
  bob.provider.destroy()
  const moved = await openStockClient(two, { id, actor: bob.actor })
  await moved.synced()
  expect(moved.book.clients()).toHaveLength(5)
  await moved.book.addClient({ name: 'From two' })
  await vi.waitFor(() => expect(stays.book.clients()).toHaveLength(6), { timeout: 10_000 })
})

test('[SY1] one who moves to another node in the middle of an edit is told that it is stored, once', async () => {
  const [one, two] = (await startNodes(2)) as [TierbookServer, TierbookServer]
  const id = createId()
  // A proxy whose target changes: the device itself does not know.
  let target = one.port
  const sockets = new Set<Socket>()
  const proxy = createServer((socket) => {
    const upstream = connect(target, '127.0.0.1')
    for (const each of [socket, upstream]) {
      sockets.add(each)
      each.on('error', () => {})
    }
    socket.pipe(upstream).pipe(socket)
    socket.on('close', () => upstream.destroy())
    upstream.on('close', () => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => void proxy.close())
  const { port } = proxy.address() as AddressInfo
  const actor = createId()
  const token = await one.accessToken({ book: id, actor, role: 'owner' })
  const ada = await openBook({
    id,
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    sync: webSocket({ url: `ws://127.0.0.1:${port}/sync`, token, maxPauseMs: 20 }),
    create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' },
  })
  onTestFinished(() => ada.close())
  await ada.flush()
  for (let move = 0; move < 20; move++) {
    for (let i = 0; i < 3; i++) await ada.addClient({ name: `Client ${move} ${i}` })
    await new Promise((resolve) => setImmediate(resolve))
    target = target === one.port ? two.port : one.port
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  await ada.flush()
  expect(ada.status.unsent).toBe(0)
  expect((await verifyStore(two.storage, {})).findings).toEqual([])
  const ids = (await Array.fromAsync(two.storage.receipts(id, { after: 0 }))).flatMap(({ actions }) => actions)
  expect(ids).toHaveLength(61)
  expect(new Set(ids).size).toBe(61)
})

test('who is revoked on one node is let out of another within a second, and a changed role holds there', async () => {
  const [one, two] = (await startNodes(2)) as [TierbookServer, TierbookServer]
  const id = createId()
  const ada = await openStockClient(one, { id, role: 'owner', create: true })
  await ada.synced()
  const bob = await openStockClient(two, { id })
  await bob.synced()
  const person = {
    book: id,
    actor: bob.actor,
    device: bob.actor,
    name: 'Bob',
    deviceName: null,
    role: 'editor',
  } as const
  await one.storage.access.admit({ ...person, now: Date.now() })
  await one.storage.access.revoke({ book: id, actor: bob.actor, now: Date.now() })
  expect(await bob.closed).toMatchObject({ code: 4401 })
})
