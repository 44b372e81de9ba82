// Sockets of which nothing comes any more: found out from both ends, and their late end harms nobody who came back.
import { createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket as BareSocket } from 'ws'
import type { TierbookServer } from '../src/index.ts'
import { openStockClient, startSampleServer } from './sample-server.ts'

/** A way to the server on which everything can vanish, without either end being told. */
async function openPath(server: TierbookServer) {
  let isDead = false
  const pairs: Socket[] = []
  const proxy = createServer((near) => {
    const far = connect(server.port, '127.0.0.1')
    pairs.push(near, far)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => {
        if (!isDead) to.write(bytes)
      })
      from.on('error', () => {})
      from.on('close', () => {
        if (!isDead) to.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => {
    for (const socket of pairs) socket.destroy()
    proxy.close()
  })
  return {
    port: (proxy.address() as AddressInfo).port,
    /** From now on nothing passes, and nobody hears of anybody's end. */
    lose: () => (isDead = true),
    restore: () => (isDead = false),
  }
}

const connections = async (server: TierbookServer) => (await server.metrics.connections.get()).values[0]?.value

test('[F14] a socket that answers no ping is cut within two periods, one that answers stays', async () => {
  const server = await startSampleServer({ environment: { TIERBOOK_PING_SECONDS: '1' } })
  const id = createId()
  const url = `ws://127.0.0.1:${server.port}/sync/${id}?token=${await server.accessToken({ book: id, actor: createId(), role: 'editor' })}`
  const [silent, alive] = [false, true].map((autoPong) => new BareSocket(url, { autoPong }))
  if (!silent || !alive) throw new Error('both were made')
  onTestFinished(() => void [silent, alive].map((socket) => socket.terminate()))
  const pings: number[] = []
  silent.on('ping', () => pings.push(performance.now()))
  await Promise.all([once(silent, 'open'), once(alive, 'open')])
  const openedAt = performance.now()
  await once(silent, 'close')
  expect(performance.now() - openedAt).toBeLessThan(3_500)
  expect(pings.length).toBeGreaterThan(0)
  expect(alive.readyState).toBe(BareSocket.OPEN)
  await vi.waitFor(async () => expect(await connections(server)).toBe(1))
})

test('[F14] the late end of a lost socket does not take down who came back on another', async () => {
  const server = await startSampleServer({ environment: { TIERBOOK_PING_SECONDS: '1' } })
  const id = createId()
  const bob = await openStockClient(server, { id, role: 'owner', create: true })
  await bob.synced()
  const path = await openPath(server)
  const actor = createId()
  const ada = await openStockClient(server, { id, actor, connect: false })
  const direct = ada.provider.serverUrl
  ada.provider.serverUrl = `ws://127.0.0.1:${path.port}/sync`
  ada.provider.connect()
  await ada.synced()
  ada.provider.awareness.setLocalState({ name: 'Ada' })
  const seen = () => bob.provider.awareness.getStates().get(ada.doc.clientID)
  await vi.waitFor(() => expect(seen()).toEqual({ name: 'Ada' }))
  path.lose()
  ada.provider.disconnect()
  ada.provider.serverUrl = direct
  ada.provider.connect()
  await vi.waitFor(async () => expect(await connections(server)).toBe(3))
  ada.provider.awareness.setLocalState({ name: 'Ada, back' })
  await vi.waitFor(() => expect(seen()).toEqual({ name: 'Ada, back' }))
  // Whoever is taken down shows again by themselves, so that it happened at all is what counts.
  const gone: number[] = []
  bob.provider.awareness.on('change', ({ removed }: { removed: number[] }) => gone.push(...removed))
  // The server finds the first socket dead.
  await vi.waitFor(async () => expect(await connections(server)).toBe(2), { timeout: 10_000 })
  await ada.book.addClient({ name: 'After' })
  await vi.waitFor(() => expect(bob.book.clients().map(({ name }) => name)).toContain('After'))
  expect(seen()).toEqual({ name: 'Ada, back' })
  expect(gone).toEqual([])
})

// It waits for as long as y-websocket does.
test('[F14] a device whose packets vanish both ways finds out within two ping periods, comes back, and loses nothing', async () => {
  const server = await startSampleServer()
  const path = await openPath(server)
  const [id, actor] = [createId(), createId()]
  const token = await server.accessToken({ book: id, actor, role: 'owner' })
  const book = await openBook({
    id,
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' },
    sync: webSocket({ url: `ws://127.0.0.1:${path.port}/sync`, token, maxPauseMs: 100, maxConnectMs: 2_000 }),
  })
  onTestFinished(() => book.close())
  await vi.waitFor(() => expect(book.status.unsent).toBe(0))
  path.lose()
  const lostAt = performance.now()
  await book.addClient({ name: 'While nothing passes' })
  await vi.waitFor(() => expect(book.status.sync).not.toBe('online'), { timeout: 60_000, interval: 200 })
  expect(performance.now() - lostAt).toBeLessThan(60_000)
  expect(book.status.unsent).toBe(1)
  path.restore()
  await vi.waitFor(() => expect(book.status.unsent).toBe(0), { timeout: 30_000, interval: 200 })
  expect((await server.storage.book(id))?.largestN).toBe(2)
}, 120_000)
