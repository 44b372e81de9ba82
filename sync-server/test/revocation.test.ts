// Signing a device out, then ending its signatures (LG6): nothing comes behind the first, and the second has seen all that came before.
import { type Book, createId, memory, openBook } from '@tierbook/core'
import { verifyLog } from '@tierbook/core/audit'
import { webSocket } from '@tierbook/core/websocket'
import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket as RawSocket } from 'ws'
import * as Y from 'yjs'
import { writeUpdate } from '../src/sync/messages.ts'
import { join } from './sample-process.ts'
import { startSampleServer } from './sample-server.ts'

/** A server with a book, and Ben, whom its owner let in. */
async function startWithBen() {
  const server = await startSampleServer()
  const [id, owner, ben] = [createId(), createId(), createId()]
  const link = (await server.ownerLink())?.url.split('#')[1] ?? ''
  const { token } = (await join(server.port, { invite: link, actor: owner, book: id })).body
  const call = async (path: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(answer.status).toBe(200)
    return (await answer.json()) as { invite?: string }
  }
  const { invite = '' } = await call('/api/invites', { role: 'editor' })
  const bens = (await join(server.port, { invite, actor: ben })).body.token
  const open = async (actor: string, more: { token: string; WebSocket?: typeof WebSocket; isOwner?: boolean }) => {
    const { isOwner = false, ...how } = more
    const book = await openBook({
      id,
      author: { id: actor, name: isOwner ? 'Ada' : 'Ben' },
      device: actor,
      storage: memory(),
      sync: webSocket({ url: `ws://127.0.0.1:${server.port}/sync`, maxPauseMs: 20, ...how }),
      ...(isOwner ? { create: { name: 'Northwind', timeZone: 'UTC', currency: 'EUR' } } : {}),
    })
    onTestFinished(() => book.close())
    await vi.waitFor(() => expect(book.status).toMatchObject({ sync: 'online', unsent: 0 }), { timeout: 10_000 })
    return book
  }
  return {
    id,
    ben: { actor: ben, device: ben, token: bens },
    url: `ws://127.0.0.1:${server.port}/sync/${id}?token=${bens}`,
    openOwner: (more: { WebSocket?: typeof WebSocket } = {}) => open(owner, { token, isOwner: true, ...more }),
    openBen: () => open(ben, { token: bens }),
    signBenOut: () => call('/api/members/revoke', { actor: ben, device: ben }),
  }
}

const names = (book: Book) => book.clients().map(({ name }) => name)

/** A socket on which nothing arrives from `hold` on, until something is asked of the server. */
function createSlowLine() {
  let isHeld = false
  const waiting: (() => void)[] = []
  class Slow extends WebSocket {
    override set onmessage(listener: ((event: MessageEvent) => void) | null) {
      super.onmessage = listener && ((event) => (isHeld ? waiting.push(() => listener(event)) : listener(event)))
    }
    override send(data: Uint8Array<ArrayBuffer>): void {
      super.send(data)
      const [type, step] = data
      if (type !== 0 || step !== 0) return
      isHeld = false
      for (const deliver of waiting.splice(0)) deliver()
    }
  }
  return { WebSocket: Slow, hold: () => (isHeld = true) }
}

test('[LG6] what the server had of a device when it signed it out counts, though the owner who revokes it had not heard of it', async () => {
  const { ben, openOwner, openBen, signBenOut } = await startWithBen()
  const line = createSlowLine()
  const owner = await openOwner({ WebSocket: line.WebSocket })
  const device = await openBen()
  line.hold()
  for (const name of ['Acme', 'Bolt']) await device.addClient({ name })
  await device.flush()
  expect(names(owner)).toEqual([])
  await signBenOut()
  expect(await owner.revokeDevices({ actor: ben.actor, device: ben.device })).toMatchObject({ ok: true })
  expect(names(owner)).toEqual(['Acme', 'Bolt'])
  expect(await verifyLog(owner)).toMatchObject({ actions: 4, vouched: 4, revoked: 1, problems: [] })
})

test('[LG6] [AD3] what a device sends behind the close that signs it out is not taken', async () => {
  const { id, ben, url, openOwner, signBenOut } = await startWithBen()
  const owner = await openOwner()
  const socket = new RawSocket(url)
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  // It does not read that it is signed out, and goes on writing.
  socket.pause()
  await signBenOut()
  const alone = await openBook({ id, author: { id: ben.actor, name: 'Ben' }, device: ben.device, storage: memory() })
  await alone.addClient({ name: 'Too late' })
  await new Promise((resolve) => socket.send(writeUpdate(Y.encodeStateAsUpdate(alone.doc)), resolve))
  const closed = once(socket, 'close')
  socket.resume()
  expect((await closed)[0]).toBe(4401)
  await owner.addClient({ name: 'Behind it' })
  await owner.flush()
  expect(names(owner)).toEqual(['Behind it'])
})
