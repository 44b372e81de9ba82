// The client's side of the connection, against a bare socket server that misbehaves in known ways; the real server's tests show the rest.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import * as Y from 'yjs'
import type { Book, BookStatus } from '../book.ts'
import {
  closeCode,
  packedSubprotocol,
  readRetryMs,
  retryReason,
  subprotocol,
  tokenSubprotocolPrefix,
} from '../protocol.ts'
import { openForTest } from '../testing/open-for-test.ts'
import { webSocket } from './websocket.ts'

/** What comes before the token. */
const offered = `${subprotocol},${packedSubprotocol},${tokenSubprotocolPrefix}`

const opened: { close(): unknown }[] = []

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

/** A server that does `onConnection` with each socket; gives its address, how often it was dialled with what, and itself. */
async function listen(onConnection: (socket: import('ws').WebSocket, dial: number) => void) {
  const http: Server = createServer()
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => subprotocol })
  const dials: string[] = []
  sockets.on('connection', (socket, request) => {
    dials.push((request.headers['sec-websocket-protocol'] ?? '').replaceAll(' ', ''))
    onConnection(socket, dials.length)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  opened.push({
    close() {
      for (const socket of sockets.clients) socket.terminate()
      http.close()
    },
  })
  return { url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/sync`, dials, http }
}

async function open(url: string, token: string | (() => string)): Promise<Book> {
  const book = await openForTest({ sync: webSocket({ url, token, maxPauseMs: 20 }) })
  opened.push(book)
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

test('the token travels as a subprotocol, not in the address', async () => {
  const { url, dials } = await listen((socket) => socket.close(closeCode.signInAgain, 'expired'))
  const book = await open(url, 'abc.def.ghi')
  await until(book, ({ sync }) => sync === 'signed-out')
  expect(dials).toEqual([`${offered}abc.def.ghi`])
})

test('[SY4] a permanent close stops the loop and says why', async () => {
  const { url, dials } = await listen((socket) => socket.close(closeCode.noSuchBook, 'no such book'))
  const book = await open(url, 'token')
  expect(await until(book, ({ sync }) => sync === 'refused')).toMatchObject({ reason: 'no such book' })
  await new Promise((resolve) => setTimeout(resolve, 300)) // longer than three pauses: nothing may happen in it
  expect(dials).toHaveLength(1)
})

/** An empty sync step 2, or the question for one. */
const [answer, question] = [Uint8Array.from([0, 1, 2, 0, 0]), Uint8Array.from([0, 0, 1, 0])]

/** What a connection gets whose token has expired, at the first edit: a sync step 1 and the answers to ours come before it. */
const closeAtEdit = (socket: import('ws').WebSocket) => (frame: Buffer) => {
  if (frame[0] === 0 && frame[1] === 2) socket.close(closeCode.signInAgain, 'the access token has expired')
}

test('[F13] [SY4] a connection that ends with its token comes back with the renewed one, and nothing is lost', async () => {
  let token = 'first'
  const { url, dials } = await listen((socket, dial) => {
    socket.send(question)
    socket.send(answer)
    if (dial === 1) socket.on('message', closeAtEdit(socket))
  })
  const book = await open(url, () => token)
  await until(book, ({ sync }) => sync === 'online')
  token = 'renewed'
  await book.addClient({ name: 'Acme' })
  await until(book, ({ sync }) => sync === 'offline')
  await until(book, ({ sync }) => sync === 'online')
  expect(dials).toEqual(['first', 'renewed'].map((each) => `${offered}${each}`))
  expect(book.clients()).toHaveLength(1)
})

test('[F13] [SY4] a server that refuses each new token from the start is not dialled for ever', async () => {
  const { url, dials } = await listen((socket, dial) => {
    if (dial > 1) return socket.close(closeCode.signInAgain, 'revoked')
    socket.send(question)
    socket.send(answer)
    socket.on('message', closeAtEdit(socket))
  })
  let made = 0
  const book = await open(url, () => `token-${++made}`)
  await until(book, ({ sync }) => sync === 'online')
  await book.addClient({ name: 'Acme' })
  await until(book, ({ sync }) => sync === 'signed-out')
  expect(dials).toHaveLength(2)
})

test('[SY4] a frame that the server finds too large is not sent for ever, and the changes stay', async () => {
  const { url, dials } = await listen((socket) => socket.close(1009))
  const book = await open(url, 'token')
  await book.addClient({ name: 'Acme' })
  const status = await until(book, ({ sync }) => sync === 'refused')
  expect(status.reason).toContain('larger than the server takes at once')
  await new Promise((resolve) => setTimeout(resolve, 200)) // longer than three pauses: nothing may happen in it
  expect(dials).toHaveLength(1)
  expect(book.clients()).toHaveLength(1)
})

test('[SY4] a close that is not permanent is tried again', async () => {
  const { url, dials } = await listen((socket) => socket.close(closeCode.tryAgainLater, 'busy'))
  const book = await open(url, 'token')
  await until(book, () => dials.length >= 3)
  expect(['offline', 'connecting', 'loading']).toContain(book.status.sync)
})

test('[F14] [SY4] an attempt that nobody answers is given up and tried again', async () => {
  const { url, dials, http } = await listen((socket) => {
    socket.send(question)
    socket.send(answer)
  })
  const upgrade = http.listeners('upgrade')[0] as (...request: unknown[]) => void
  let attempts = 0
  http.removeAllListeners('upgrade')
  // The first two hang: the socket is accepted, and nothing comes back.
  http.on('upgrade', (...request: unknown[]) => {
    if (++attempts > 2) upgrade.call(http, ...request)
  })
  const book = await openForTest({ sync: webSocket({ url, token: 'token', maxPauseMs: 20, maxConnectMs: 50 }) })
  opened.push(book)
  await until(book, ({ sync }) => sync === 'online')
  expect([attempts, dials.length]).toEqual([3, 1])
})

test('[F13] each dial asks for a token anew', async () => {
  const { url, dials } = await listen((socket, dial) =>
    socket.close(dial < 3 ? closeCode.restart : closeCode.signInAgain),
  )
  let asked = 0
  const book = await open(url, () => `token-${++asked}`)
  await until(book, ({ sync }) => sync === 'signed-out')
  expect(dials.map((dial) => dial.split('.').at(-1))).toEqual(['token-1', 'token-2', 'token-3'])
})

test('[SY4] the token is asked for again where getting it failed', async () => {
  const { url, dials } = await listen((socket) => socket.close(closeCode.signInAgain, 'expired'))
  let asked = 0
  const book = await open(url, () => {
    asked += 1
    if (asked < 3) throw new Error('the place that issues tokens is down')
    return 'fresh'
  })
  await until(book, ({ sync }) => sync === 'signed-out')
  expect(asked).toBe(3)
  expect(dials).toEqual([`${offered}fresh`])
})

test.each([100, 101])(
  'a message %i that cannot be read ends the connection with words and loses nothing',
  async (type) => {
    const { url } = await listen((socket) => socket.send(new Uint8Array([type, 255, 255, 255])))
    const book = await open(url, 'token')
    await book.addClient({ name: 'Acme' })
    const status = await until(book, ({ sync }) => sync === 'refused')
    expect(status.reason).toContain(`type ${type} that could not be read`)
    expect(book.clients()).toHaveLength(1)
  },
)

test('[F12] [SY4] a server that is full says when to come back, and the devices spread from then on', async () => {
  const started: number[] = []
  const { url } = await listen((socket, dial) => {
    started.push(performance.now())
    if (dial === 1) socket.close(closeCode.tryAgainLater, retryReason('too many connections', 1))
  })
  await open(url, 'token')
  await expect.poll(() => started.length, { timeout: 5_000 }).toBe(2)
  const waited = (started[1] ?? 0) - (started[0] ?? 0)
  expect(waited).toBeGreaterThanOrEqual(990)
  expect(waited).toBeLessThan(2_500)
})

test('a hint to come back is read from the end of a reason, and nothing else is', () => {
  expect(readRetryMs(retryReason('full', 7))).toBe(7_000)
  for (const reason of ['', 'full', 'retry after soon', '; retry after 99999 s', '; retry after -1 s'])
    expect(readRetryMs(reason)).toBe(0)
})

test.each([true, false])(
  '[F15] a connection under a fresh Yjs client id goes on, and closes (told: %s)',
  async (isTold) => {
    const { url, dials } = await listen((socket) => socket.send(Uint8Array.from([0, 1, 2, 0, 0])))
    const doc = new Y.Doc()
    const states: string[] = []
    const handle = webSocket({ url, token: 'token', maxPauseMs: 20 }).start({
      book: 'book',
      doc,
      onState: (state) => states.push(state),
      onDurable() {},
      onLoaded() {},
    })
    await expect.poll(() => states.at(-1)).toBe('online')
    doc.clientID += 1
    if (isTold) handle.clientIdChanged()
    doc.getArray('log').push(['under the fresh id'])
    await handle.close()
    expect(dials).toHaveLength(1)
  },
)
