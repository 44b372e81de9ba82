import { createId } from '@tierbook/core'
import * as encoding from 'lib0/encoding'
import { once } from 'node:events'
import { connect } from 'node:net'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket as Socket } from 'ws'
import type { TierbookServer } from '../src/index.ts'
import { openStockClient, startSampleServer } from './sample-server.ts'

const closes = async (server: TierbookServer, code: number) =>
  (await server.metrics.registry.metrics()).includes(`tierbook_closes_total{code="${code}"} 1`)

test('an upgrade whose URL cannot be parsed is refused, and its token stays out of the log', async () => {
  const { logger, logged } = recordingLogger()
  const server = await startSampleServer({ logger })
  for (const path of ['//?token=secret-of-ada', 'http://[?token=secret-of-ada']) {
    const answer = await sendRaw(
      server,
      `GET ${path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1.1 101 /)
  }
  expect(logged()).toContain('a connection was refused')
  expect(logged()).not.toContain('secret')
  expect(logged()).not.toContain('"level":50')
})

test('[AD5] a refusal is logged with who, code and reason, and counted; what was written is not in it', async () => {
  const { logger, logged } = recordingLogger()
  const server = await startSampleServer({ logger })
  const [id, actor] = [createId(), createId()]
  const eve = await openStockClient(server, { id, actor })
  await eve.synced()
  eve.doc.getMap('clients').set('x/name', 'Name of a client')
  expect(await eve.closed).toMatchObject({ code: 4422, reason: expect.stringMatching(/^unlogged-change: /) as string })
  const lines = logged()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.filter(({ msg }) => msg === 'an update was refused')).toEqual([
    expect.objectContaining({
      level: 40,
      book: id,
      actor,
      device: actor,
      code: 'unlogged-change',
      reason: 'clients x/name: no entry about x comes with it',
    }),
  ])
  expect(await server.metrics.registry.metrics()).toContain('tierbook_refusals_total{code="unlogged-change"} 1')
  expect(logged()).not.toContain('Name of a client')
  expect(logged()).not.toMatch(/eyJ|token=/)
})

test('odd ranges get the whole file', async () => {
  const { logger, logged } = recordingLogger()
  const server = await startSampleServer({ logger })
  const whole = await fetch(`http://127.0.0.1:${server.port}/robots.txt`)
  const text = await whole.text()
  for (const range of ['bytes=10-5', 'bytes=0-99999999999999999999', 'bytes=x-y', 'bytes=0-1,2-3']) {
    const answer = await fetch(`http://127.0.0.1:${server.port}/robots.txt`, { headers: { range } })
    expect([answer.status, await answer.text()], range).toEqual([whole.status, text])
  }
  expect(logged()).not.toContain('a request failed')
})

test('whoever hangs up in the middle of a body is not logged as a fault', async () => {
  const { logger, logged } = recordingLogger()
  const server = await startSampleServer({ logger })
  const socket = connect(server.port, '127.0.0.1')
  socket.write('POST /api/join HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n{')
  await once(socket, 'data') // the server waits for the rest
  socket.destroy()
  await vi.waitFor(() => expect(logged()).toMatch(/a request (was cut off|failed)/))
  expect(logged()).not.toContain('a request failed')
})

test('half a request is cut', async () => {
  const server = await startSampleServer({ environment: { TIERBOOK_REQUEST_SECONDS: '1' } })
  for (const half of [
    'GET / HTTP/1.1\r\nHost: a\r\n',
    'POST /api/join HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{',
  ])
    expect(await sendRaw(server, half)).toMatch(/^(HTTP\/1.1 408 |$)/)
})

test('asking to sync again and again without reading the answers ends the connection, not the server', async () => {
  const server = await startSampleServer({ environment: { TIERBOOK_MAX_BUFFERED_BYTES: '65536' } })
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await ada.synced()
  const added = await ada.book.addClient({ name: 'Acme' })
  await ada.book.editClient({ client: added.ok ? added.value.id : '', note: 'x'.repeat(9_000) })
  const token = await server.accessToken({ book: id, actor: createId(), role: 'viewer' })
  const greedy = new Socket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)
  onTestFinished(() => greedy.terminate())
  greedy.on('error', () => {})
  await once(greedy, 'open')
  greedy.pause()
  // Some 50 MiB of answers, where the system's own buffers take a few.
  for (let i = 0; i < 5_000; i++) greedy.send(Uint8Array.from([0, 0, 1, 0]))
  await vi.waitFor(async () => expect(await closes(server, 1013)).toBe(true), { timeout: 15_000 })
  expect((await ada.book.addClient({ name: 'Beta' })).ok).toBe(true)
})

test('[AD6] a flood of presence is not passed on beyond what one device may show', async () => {
  const startedAt = Date.now()
  const server = await startSampleServer({ now: () => startedAt }) // nothing comes back while the test runs
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await ada.synced()
  let received = 0
  ada.provider.ws?.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => (received += data.byteLength))
  const bob = await openStockClient(server, { id, role: 'viewer', connect: false })
  const token = await server.accessToken({ book: id, actor: bob.actor, role: 'viewer' })
  const flood = new Socket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)
  onTestFinished(() => flood.terminate())
  await once(flood, 'open')
  for (let clock = 1; clock <= 40; clock++) flood.send(presenceOf({ clients: 64, clock, state: 'x'.repeat(4_000) }))
  flood.send(Uint8Array.from([3]))
  await ada.book.addClient({ name: 'Acme' })
  // The question comes after the flood and gets everybody's presence, so all of the flood was judged by then.
  await vi.waitFor(() => expect(received).toBeGreaterThan(500_000), { timeout: 10_000 })
  bob.provider.connect()
  await bob.synced()
  expect(received).toBeLessThan(1_200_000)
  expect(ada.provider.wsconnected).toBe(true)
})

function presenceOf({ clients, clock, state }: { clients: number; clock: number; state: string }): Uint8Array {
  const states = encoding.createEncoder()
  encoding.writeVarUint(states, clients)
  for (let client = 1; client <= clients; client++) {
    encoding.writeVarUint(states, client)
    encoding.writeVarUint(states, clock)
    encoding.writeVarString(states, JSON.stringify({ state }))
  }
  const frame = encoding.createEncoder()
  encoding.writeVarUint(frame, 1)
  encoding.writeVarUint8Array(frame, encoding.toUint8Array(states))
  return encoding.toUint8Array(frame)
}

function recordingLogger() {
  const lines: string[] = []
  return {
    logger: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
    logged: () => lines.join(''),
  }
}

/** Sends the text as it is; gives what came back until the server closed. */
async function sendRaw(server: TierbookServer, text: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return answer
}
