import { createId, memory, openBook } from '@tierbook/core'
import { decodeDurable, messageType, subprotocol, tokenSubprotocolPrefix } from '@tierbook/core/protocol'
import { webSocket } from '@tierbook/core/websocket'
import { createDecoder, readVarUint } from 'lib0/decoding'
import { describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { readMessage, writeSyncStep1, writeUpdate } from '../src/sync/messages.ts'
import { openSocket, openStockClient, startSampleServer } from './sample-server.ts'

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
    // What was asked of it stands before the answer to a question of its own.
    socket.send(writeSyncStep1(Y.encodeStateVector(doc)) as Uint8Array<ArrayBuffer>)
    await expect.poll(() => asked).toContain('sync-step-2')
    expect(asked).toEqual(['sync-step-1', 'sync-step-2'])
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

  test('[F39] [AD6] nobody is here as another: a state that names another actor is not passed on', async () => {
    const server = await startSampleServer()
    const id = createId()
    const ada = await openStockClient(server, { id, role: 'owner' })
    const eve = await openStockClient(server, { id })
    const mallory = await openStockClient(server, { id })
    const seen = (client: typeof ada) => ada.provider.awareness.getStates().get(client.doc.clientID)
    // A state that is set before the connection stands is sent only as it is by then.
    await Promise.all([ada, eve, mallory].map((client) => client.synced()))
    const names: unknown[] = []
    ada.provider.awareness.on('change', () => names.push(seen(mallory)?.['name']))
    const show = (who: typeof ada, actor: string, name: string) =>
      who.provider.awareness.setLocalState({ actor, name, client: null })
    // Frames of one connection are taken in order, so the second state is judged after the first.
    show(mallory, ada.actor, 'Ada')
    show(mallory, mallory.actor, 'Mallory')
    show(eve, eve.actor, 'Eve')
    await vi.waitFor(() => expect([seen(mallory), seen(eve)]).toMatchObject([{ name: 'Mallory' }, { name: 'Eve' }]))
    // Whoever shows as another keeps what they showed before.
    show(mallory, ada.actor, 'Ada')
    show(eve, eve.actor, 'Eve again')
    await vi.waitFor(() => expect(seen(eve)).toMatchObject({ name: 'Eve again' }))
    show(mallory, mallory.actor, 'Mallory again')
    await vi.waitFor(() => expect(seen(mallory)).toMatchObject({ name: 'Mallory again' }))
    expect(names).not.toContain('Ada')
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
