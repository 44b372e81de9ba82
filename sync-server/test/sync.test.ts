import { createId, memory, openBook } from '@tierbook/core'
import { decodeDurable, messageType, subprotocol, tokenSubprotocolPrefix } from '@tierbook/core/protocol'
import { webSocket } from '@tierbook/core/websocket'
import { createDecoder, readVarUint } from 'lib0/decoding'
import { describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createSigningKey } from '../src/index.ts'
import { createTokens } from '../src/identity/tokens.ts'
import { readMessage, writeSyncStep1, writeUpdate } from '../src/sync/messages.ts'
import { logOf, openSocket, openStockClient, startSampleServer } from './sample-server.ts'

describe('stock clients', () => {
  test('[SY1] two stock providers with tokens in their params see each other’s edits', async () => {
    const server = await startSampleServer()
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    const bob = await openStockClient(server, { id })
    await ada.book.addClient({ name: 'Acme', tier: 'starter' })
    await vi.waitFor(() => expect(bob.book.clients().map(({ name }) => name)).toEqual(['Acme']))
    await bob.book.addClient({ name: 'Zenith', tier: 'enterprise' })
    await vi.waitFor(() => expect(ada.book.clients()).toHaveLength(2))
    expect(logOf(ada.doc)).toEqual(logOf(bob.doc))
  })

  test('[AD2] two devices that edited offline come together', async () => {
    const server = await startSampleServer()
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    await ada.synced()
    const bob = await openStockClient(server, { id })
    await vi.waitFor(() => expect(bob.book.settings().created).toBe(true))
    ada.provider.disconnect()
    bob.provider.disconnect()
    for (let i = 0; i < 20; i++) {
      await ada.book.addClient({ name: `Ada ${i}` })
      await bob.book.addClient({ name: `Bob ${i}` })
      await ada.book.editTier({ tier: 'starter', name: `Ada ${i}` })
      await bob.book.editTier({ tier: 'starter', name: `Bob ${i}` })
    }
    ada.provider.connect()
    bob.provider.connect()
    await vi.waitFor(() => expect(ada.book.clients().length + bob.book.clients().length).toBe(80))
    await vi.waitFor(() => expect(logOf(ada.doc)).toEqual(logOf(bob.doc)))
    expect(ada.book.tiers()).toEqual(bob.book.tiers())
  })

  test('[SY1] [F16] a burst of edits with renames among them is stored edit by edit and told in few frames', async () => {
    const server = await startSampleServer()
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    const added = await ada.book.addClient({ name: 'Acme', tier: 'starter' })
    if (!added.ok) throw new Error(added.error.message)
    const { id: client } = added.value
    const bob = await openStockClient(server, { id })
    await vi.waitFor(() => expect(bob.book.clients()).toHaveLength(1))
    const before = [...server.storage.updates(id)].length
    let frames = 0
    bob.doc.on('update', () => frames++)

    const edits = 120
    for (let i = 0; i < edits; i++) {
      if (i % 40 === 7) await ada.book.editClient({ client, name: `Acme ${i}` })
      else await ada.book.assignTier({ client, tier: i % 2 ? 'starter' : 'enterprise', reason: `step ${i}` })
    }
    await vi.waitFor(() => expect(logOf(bob.doc)).toEqual(logOf(ada.doc)))
    expect(bob.book.clients()).toEqual(ada.book.clients())
    expect(bob.book.client(client)?.name).toBe('Acme 87')
    const rows = [...server.storage.updates(id)]
    expect(rows.length).toBe(before + logOf(ada.doc).length - 2)
    const replayed = new Y.Doc()
    for (const { bytes } of rows) Y.applyUpdate(replayed, bytes)
    expect(logOf(replayed)).toEqual(logOf(ada.doc))
    expect(frames).toBeLessThan(edits / 2)
  })

  test('[AD6] a viewer reads and cannot write', async () => {
    const server = await startSampleServer()
    const id = createId()
    const owner = await openStockClient(server, { id, role: 'owner', create: true })
    await owner.book.addClient({ name: 'Acme' })
    const viewer = await openStockClient(server, { id, role: 'viewer' })
    await vi.waitFor(() => expect(viewer.book.clients()).toHaveLength(1))
    await viewer.book.addClient({ name: 'Not mine to add' })
    expect(await viewer.closed).toMatchObject({ code: 4403 })
    expect(owner.book.clients()).toHaveLength(1)
    expect((await server.storage.load(id))?.record.largestN).toBe(2)
  })

  test('[AD6] a viewer who comes with edits from before is read-only and not refused', async () => {
    const server = await startSampleServer()
    const id = createId()
    const owner = await openStockClient(server, { id, role: 'owner', create: true })
    await owner.synced()
    const viewer = await openStockClient(server, { id, role: 'viewer', connect: false })
    await viewer.book.addClient({ name: 'Made while demoted' })
    viewer.provider.connect()
    await viewer.synced()
    await owner.book.addClient({ name: 'Acme' })
    await vi.waitFor(() => expect(viewer.book.clients()).toHaveLength(2))
    expect(owner.book.clients()).toHaveLength(1)
  })

  test('[AD4] a forged edit closes its sender with 4422, and nobody sees it', async () => {
    const server = await startSampleServer()
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    await ada.synced()
    const eve = await openStockClient(server, { id })
    await eve.synced()
    eve.doc.getMap('clients').set('x/name', 'unlogged')
    expect(await eve.closed).toMatchObject({ code: 4422, reason: expect.stringContaining('unlogged-change') as string })
    expect(ada.doc.getMap('clients').size).toBe(0)
    expect(await server.metrics.registry.metrics()).toContain('tierbook_refusals_total{code="unlogged-change"} 1')
  })

  test('[AD7] an owner puts a book begun offline on the server, and an editor cannot', async () => {
    const server = await startSampleServer()
    const id = createId()
    const offline = await openBook({
      id,
      author: { id: createId(), name: 'Grace' },
      storage: memory(),
      create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' },
    })
    await offline.addClient({ name: 'Acme' })
    const history = Y.encodeStateAsUpdate(offline.doc)
    await offline.close()
    const editor = await openStockClient(server, { id, connect: false })
    Y.applyUpdate(editor.doc, history)
    editor.provider.connect()
    expect(await editor.closed).toMatchObject({ code: 4422 })
    const owner = await openStockClient(server, { id, role: 'owner', connect: false })
    Y.applyUpdate(owner.doc, history)
    owner.provider.connect()
    const reader = await openStockClient(server, { id, role: 'viewer' })
    await vi.waitFor(() => expect(reader.book.clients().map(({ name }) => name)).toEqual(['Acme']))
  })
})

describe('our client', () => {
  test('[SY1] [SY2] gets acknowledgements: flush ends and nothing is unsent', async () => {
    const server = await startSampleServer({
      environment: { TIERBOOK_DATA: (await import('./sample-server.ts')).sampleFolder() },
    })
    const id = createId()
    const actor = createId()
    const token = await server.accessToken({ book: id, actor, role: 'owner' })
    const book = await openBook({
      id,
      author: { id: actor, name: 'Ada' },
      storage: memory(),
      sync: webSocket({ url: `ws://127.0.0.1:${server.port}/sync`, token }),
      create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' },
    })
    for (let i = 0; i < 10; i++) await book.addClient({ name: `Client ${i}` })
    await book.flush()
    expect(book.status).toMatchObject({ unsent: 0, sync: 'online' })
    expect((await server.storage.load(id))?.record.seq).toBeGreaterThan(0)
    await book.close()
  })

  test('[F37] is told which clocks were refused before it is closed', async () => {
    const server = await startSampleServer()
    const id = createId()
    const token = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
    const { socket, closed } = await openSocket(`ws://127.0.0.1:${server.port}/sync/${id}`, [
      subprotocol,
      tokenSubprotocolPrefix + token,
    ])
    expect(socket.protocol).toBe(subprotocol)
    const refused: unknown[] = []
    socket.addEventListener('message', ({ data }) => {
      const decoder = createDecoder(new Uint8Array(data as ArrayBuffer))
      if (readVarUint(decoder) === messageType.durable) refused.push(...decodeDurable(decoder).refused)
    })
    const doc = new Y.Doc()
    doc.clientID = 42
    doc.getArray('log').push(['not an action'])
    socket.send(writeUpdate(Y.encodeStateAsUpdate(doc)) as Uint8Array<ArrayBuffer>)
    expect(await closed).toMatchObject({ code: 4422 })
    expect(refused).toEqual([{ client: 42, from: 0, to: 1, code: 'invalid-action' }])
  })
})

describe('who may connect', () => {
  test('[F13] wrong, expired, missing and foreign tokens read nothing and are told for good', async () => {
    const signingKey = createSigningKey()
    const server = await startSampleServer({ signingKey })
    const id = createId()
    const actor = createId()
    await server.accessToken({ book: id, actor, role: 'owner' })
    const access = { book: id, actor, role: 'editor', device: actor } as const
    const expired = await createTokens({
      key: signingKey,
      tokenDays: 1,
      now: () => Date.now() - 2 * 86_400_000,
    }).signAccess(access)
    const foreign = await createTokens({ key: createSigningKey(), tokenDays: 1 }).signAccess(access)
    const otherBook = await server.accessToken({ book: createId(), actor, role: 'editor' })
    const invite = await server.tokens.signInvite({ book: id, role: 'owner', hours: 1 })
    const unknownBook = createId()
    const noBook = await server.tokens.signAccess({ ...access, book: unknownBook })
    const cases: [string, string, number][] = [
      [id, expired.token, 4401],
      [id, foreign.token, 4401],
      [id, invite.invite, 4401],
      [id, 'x', 4401],
      [id, '', 4401],
      [id, otherBook, 4403],
      [unknownBook, noBook.token, 4404],
    ]
    for (const [book, token, code] of cases) {
      const client = await openStockClient(server, { id: book, token })
      expect(await client.closed).toMatchObject({ code })
      expect(client.provider.synced).toBe(false)
    }
  })

  test('[F31] odd book names lead nowhere', async () => {
    const server = await startSampleServer()
    for (const name of ['', '*', '..%2f..', 'a/b', 'x'.repeat(4096), '%00', `${createId()}/`]) {
      const { closed } = await openSocket(`ws://127.0.0.1:${server.port}/sync/${name}?token=x`)
      expect((await closed).code, name).toBe(4404)
    }
  })

  test('a page of another origin may not connect', async () => {
    const { WebSocket: Socket } = await import('ws')
    const server = await startSampleServer()
    const id = createId()
    const token = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
    const codeFor = (origin: string) =>
      new Promise<number>((resolve) => {
        const socket = new Socket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`, { origin })
        socket.on('close', resolve)
        socket.on('open', () => setTimeout(() => socket.close(1000), 50))
      })
    expect(await codeFor('https://evil.example')).toBe(4403)
    expect(await codeFor(`http://127.0.0.1:${server.port}`)).toBe(1000)
  })

  test('[F19] too many connections of one address are asked to come later', async () => {
    const server = await startSampleServer({ environment: { TIERBOOK_MAX_CONNECTIONS_PER_ADDRESS: '2' } })
    const id = createId()
    const token = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
    const url = `ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`
    const first = await openSocket(url)
    await openSocket(url)
    const third = await openSocket(url)
    expect(await third.closed).toMatchObject({ code: 1013 })
    first.socket.close()
    await first.closed
    await vi.waitFor(async () => {
      const { socket } = await openSocket(url)
      socket.send(writeSyncStep1(new Uint8Array([0])) as Uint8Array<ArrayBuffer>)
      await new Promise((resolve, reject) => {
        socket.addEventListener('message', resolve)
        socket.addEventListener('close', reject)
      })
    })
  })

  test('[F13] a connection ends when its token does', async () => {
    let now = Date.now()
    const server = await startSampleServer({ now: () => now })
    const id = createId()
    const token = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
    now += 90 * 86_400_000 - 1_500
    const { closed } = await openSocket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)
    now += 2_000
    expect(await closed).toMatchObject({ code: 4401 })
  })
})

describe('frames', () => {
  test('[F35] [F36] malformed frames end their sender and hurt nobody else', async () => {
    const server = await startSampleServer()
    const id = createId()
    const witness = await openStockClient(server, { id, role: 'owner', create: true })
    await witness.synced()
    const token = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
    const frames = [
      [],
      [0],
      [0, 0],
      [0, 2, 255, 255, 3, 1],
      [0, 0, 3, 255, 255, 1],
      [9],
      [100, 1],
      [1, 200],
      [2, 0],
      [0, 7, 1, 0],
      [3, 3],
      [0, 2, 2, 255, 255],
    ]
    for (const frame of frames) {
      const { socket, closed } = await openSocket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)
      socket.send(Uint8Array.from(frame))
      expect((await closed).code, JSON.stringify(frame)).toBe(4400)
    }
    const { socket, closed } = await openSocket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)
    socket.send(new Uint8Array(17 * 1024 * 1024))
    expect((await closed).code).toBe(1009)
    await witness.book.addClient({ name: 'Still here' })
    await vi.waitFor(async () => expect((await server.storage.load(id))?.record.largestN).toBe(2))
  })

  test('[F34] [AD2] an update with a gap is not stored, and its sender is asked to sync', async () => {
    const server = await startSampleServer()
    const id = createId()
    const token = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
    const { socket } = await openSocket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)
    const asked: string[] = []
    socket.addEventListener('message', ({ data }) =>
      asked.push(readMessage(new Uint8Array(data as ArrayBuffer))?.type ?? ''),
    )
    const doc = new Y.Doc()
    doc.getArray('log').push(['a'])
    const vector = Y.encodeStateVector(doc)
    doc.getArray('log').push(['b'])
    for (let i = 0; i < 100; i++)
      socket.send(writeUpdate(Y.encodeStateAsUpdate(doc, vector)) as Uint8Array<ArrayBuffer>)
    await vi.waitFor(async () =>
      expect(await server.metrics.registry.metrics()).toContain('tierbook_updates_total{decision="gap"} 100'),
    )
    expect(asked).toEqual(['sync-step-1'])
    expect((await server.storage.load(id))?.record.seq).toBe(0)
  })
})

describe('presence', () => {
  test('[F39] [AD6] nobody sets or wipes another’s presence, and leaving takes one’s own down', async () => {
    const server = await startSampleServer()
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner' })
    const eve = await openStockClient(server, { id })
    ada.provider.awareness.setLocalState({ name: 'Ada' })
    const seenByEve = () => eve.provider.awareness.getStates().get(ada.doc.clientID)
    await vi.waitFor(() => expect(seenByEve()).toEqual({ name: 'Ada' }))
    const mallory = await openStockClient(server, { id, connect: false })
    mallory.provider.awareness.clientID = ada.doc.clientID
    mallory.provider.awareness.meta.set(ada.doc.clientID, { clock: 1000, lastUpdated: 0 })
    mallory.provider.connect()
    await mallory.synced()
    mallory.provider.awareness.setLocalState({ name: 'Mallory as Ada' })
    const late = await openStockClient(server, { id })
    await vi.waitFor(() => expect(late.provider.awareness.getStates().get(ada.doc.clientID)).toEqual({ name: 'Ada' }))
    expect(seenByEve()).toEqual({ name: 'Ada' })
    ada.provider.destroy()
    await vi.waitFor(() => expect(seenByEve()).toBeUndefined())
  })

  test('[AD3] a client id first seen in presence is its actor’s from then on', async () => {
    const server = await startSampleServer()
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner', create: true })
    await ada.synced()
    await vi.waitFor(async () =>
      expect((await server.storage.load(id))?.bindings.get(ada.doc.clientID)).toBe(ada.actor),
    )
    const { actor } = ada
    ada.provider.awareness.setLocalState({ at: 1 })
    const eve = await openStockClient(server, { id })
    await eve.synced()
    eve.doc.clientID = ada.doc.clientID
    await eve.book.addClient({ name: 'Under another’s id' })
    expect(await eve.closed).toMatchObject({ reason: expect.stringContaining('foreign-client-id') as string })
    expect((await server.storage.load(id))?.bindings.get(ada.doc.clientID)).toBe(actor)
  })
})
