// Heads from a server that lies, against a bare socket server; the real server's tests show honest ones.
import { once } from 'node:events'
import { generateKeyPairSync, sign } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { encodeHeadPage, headText, type ServerHead } from '../protocol/head.ts'
import { subprotocol } from '../protocol/wire.ts'
import { openForTest } from '../testing/open-for-test.ts'
import type { HistoryDoubt } from './sync.ts'
import { webSocket } from './websocket.ts'

const key = generateKeyPairSync('ed25519')
const zeros = 'A'.repeat(43)

function signedHead(book: string): ServerHead {
  const unsigned = { generation: 7, seq: 0, head: zeros, signedAt: 1 }
  const signature = sign(null, Buffer.from(headText(book, unsigned)), key.privateKey).toString('base64url')
  return { ...unsigned, signature, publicKey: key.publicKey.export({ format: 'jwk' }).x as string }
}

/** Opens a book on a server that shows the head that `head` makes. */
async function show(head: (book: string) => ServerHead) {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => subprotocol })
  onTestFinished(() => sockets.close())
  await once(sockets, 'listening')
  sockets.on('connection', (socket, request) => {
    const book = request.url?.split('/').at(-1) ?? ''
    socket.send(Uint8Array.from([0, 1, 2, 0, 0])) // sync step 2 of an empty book
    socket.send(encodeHeadPage({ generation: 7, from: 0, to: 0, rows: [], head: head(book) }))
  })
  const heads: ServerHead[] = []
  const doubts: HistoryDoubt[] = []
  const adapter = webSocket({ url: `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}/sync`, token: 't' })
  const history = {
    last: () => heads.at(-1) ?? null,
    take: (taken: ServerHead) => void heads.push(taken),
    doubt: (doubt: HistoryDoubt) => void doubts.push(doubt),
  }
  const book = await openForTest({ sync: { start: (context) => adapter.start({ ...context, history }) } })
  onTestFinished(() => book.close())
  return { book, heads, doubts }
}

test('[SY5] a head with a right signature is remembered', async () => {
  const { heads } = await show(signedHead)
  await vi.waitFor(() => expect(heads).toHaveLength(1))
})

test.each([
  ['another signature', (head: ServerHead) => ({ ...head, signature: 'A'.repeat(86) })],
  ['another key', (head: ServerHead) => ({ ...head, publicKey: zeros })],
  ['a time that was not signed', (head: ServerHead) => ({ ...head, signedAt: 2 })],
  ['a key that is none', (head: ServerHead) => ({ ...head, publicKey: 'x' })],
])('[SY5] a head with %s ends the sync with words and is not remembered', async (_what, change) => {
  const { book, heads, doubts } = await show((id) => change(signedHead(id)))
  await vi.waitFor(() => expect(doubts).toMatchObject([{ code: 'bad-signature' }]))
  expect(book.status).toMatchObject({ sync: 'refused', reason: expect.stringContaining('bad-signature') as string })
  expect(heads).toEqual([])
})
