// Snapshots in packed parts from a bare socket server that cuts, damages and drops them; the real server's tests show whole ones.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import * as decoding from 'lib0/decoding'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import * as Y from 'yjs'
import { encodeDurable } from '../protocol/durable.ts'
import { encodeSnapshotPartHead, snapshotPartBytes } from '../protocol/snapshot-part.ts'
import { closeCode, packedSubprotocol, subprotocol } from '../protocol/wire.ts'
import type { FinalWord } from './sync.ts'
import { webSocket } from './websocket.ts'

/** A book's bytes in two parts, and an edit behind them. */
const { snapshot, edit, whole } = makeBook()
const parts = [snapshot.subarray(0, snapshotPartBytes), snapshot.subarray(snapshotPartBytes)]
const packed = parts.map((part) => gzipSync(part, { level: 1 }))

/** However busy the machine is. */
const eventually = (holds: () => void) => vi.waitFor(holds, { timeout: 20_000 })

/** An empty sync step 2, and the question for one. */
const [answer, question] = [Uint8Array.from([0, 1, 2, 0, 0]), Uint8Array.from([0, 0, 1, 0])]

function makeBook() {
  const doc = new Y.Doc()
  // Texts that do not repeat: a snapshot of two parts.
  for (let i = 0; i < 30; i++) doc.getMap('clients').set(`${i}`, textOf(i))
  const snapshot = Y.encodeStateAsUpdate(doc)
  const before = Y.encodeStateVector(doc)
  doc.getMap('clients').set('0', 'changed')
  return { snapshot, edit: Y.encodeStateAsUpdate(doc, before), whole: doc.getMap('clients').toJSON() }
}

function textOf(seed: number): string {
  let state = seed + 1
  const next = () => (state = (state * 48_271) % 2_147_483_647).toString(36)
  return Array.from({ length: 10_000 }, next).join('').slice(0, 50_000)
}

const partFrame = (part: number, bytes: Uint8Array, length = snapshot.length) =>
  Buffer.concat([encodeSnapshotPartHead({ part, length }), bytes])
const updateFrame = (update: Uint8Array) => {
  const head = encodeVarUint(update.length)
  return Buffer.concat([Uint8Array.of(0, 2), head, update])
}
const encodeVarUint = (number: number) => {
  const bytes: number[] = []
  for (let left = number; ; left = Math.floor(left / 128)) {
    bytes.push(left < 128 ? left : 128 + (left % 128))
    if (left < 128) return Uint8Array.from(bytes)
  }
}
const sendParts = (socket: WebSocket) => {
  for (const [part, bytes] of packed.entries()) socket.send(partFrame(part, bytes))
}
const sendPlain = (socket: WebSocket) => {
  socket.send(updateFrame(snapshot))
  socket.send(updateFrame(edit))
  socket.send(answer)
}

/** A device without the book, on a server that does `onConnection` with each socket. */
async function join(onConnection: (socket: WebSocket, dial: number) => void) {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => subprotocol })
  await once(sockets, 'listening')
  const offers: boolean[] = []
  sockets.on('connection', (socket, request) => {
    offers.push((request.headers['sec-websocket-protocol'] ?? '').includes(packedSubprotocol))
    onConnection(socket, offers.length)
  })
  const doc = new Y.Doc()
  const states: string[] = []
  const reasons: (string | null)[] = []
  const loaded: unknown[] = []
  const finals: FinalWord[] = []
  const url = `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}/sync`
  const handle = webSocket({ url, token: 'token', maxPauseMs: 20 }).start({
    book: 'book',
    doc,
    onState(state, reason) {
      states.push(state)
      reasons.push(reason)
    },
    onDurable() {},
    onLoaded: () => loaded.push(doc.getMap('clients').toJSON()),
    onFinal: (word) => finals.push(word),
  })
  onTestFinished(async () => {
    await handle.close()
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
  })
  return { doc, states, reasons, loaded, finals, offers }
}

test('[SY6] [F10] a snapshot in parts is taken before all that comes behind it, and the book is loaded with the last of it', async () => {
  const { doc, loaded, offers } = await join((socket) => {
    sendParts(socket)
    socket.send(updateFrame(edit))
    socket.send(answer)
  })
  const lengths: number[] = []
  doc.on('update', (update: Uint8Array) => lengths.push(update.length))
  await eventually(() => expect(loaded).toHaveLength(1))
  expect(loaded[0]).toEqual(whole)
  expect(lengths).toEqual([snapshot.length, edit.length])
  expect(offers).toEqual([true])
})

test('[SY6] what is told, and what is asked, while parts are unpacked waits its turn, and is answered', async () => {
  const answers: Uint8Array[] = []
  const later = new Y.Doc()
  const { doc, loaded } = await join((socket) => {
    socket.on('message', (frame: Buffer) => {
      const decoder = decoding.createDecoder(frame)
      if (decoding.readVarUint(decoder) !== 0 || decoding.readVarUint(decoder) !== 1) return
      answers.push(decoding.readVarUint8Array(decoder))
    })
    sendParts(socket)
    socket.send(updateFrame(edit))
    socket.send(answer)
    socket.send(question)
    later.getMap('clients').set('later', 'told')
    socket.send(updateFrame(Y.encodeStateAsUpdate(later)))
  })
  await eventually(() => expect(doc.getMap('clients').toJSON()).toEqual({ ...whole, later: 'told' }))
  expect(loaded).toEqual([whole])
  await eventually(() => expect(answers).toHaveLength(1))
  // It was asked before the last edit came, and had everything from before by then.
  const answered = new Y.Doc()
  Y.applyUpdate(answered, answers[0] as Uint8Array)
  expect(answered.getMap('clients').toJSON()).toEqual(whole)
})

test.each([
  ['is cut', (socket: WebSocket) => socket.send(partFrame(0, packed[0]!.subarray(0, 1_000)))],
  ['has a byte changed', (socket: WebSocket) => socket.send(partFrame(0, withChangedByte(packed[0]!)))],
  ['is not packed at all', (socket: WebSocket) => socket.send(partFrame(0, parts[0]!))],
  ['unpacks to more than it may', (socket: WebSocket) => socket.send(partFrame(0, gzipSync(new Uint8Array(2 ** 25))))],
  ['unpacks to less than it should', (socket: WebSocket) => socket.send(partFrame(0, packed[1]!))],
  ['is not the next', (socket: WebSocket) => socket.send(partFrame(1, packed[1]!))],
  [
    'comes twice',
    (socket: WebSocket) => {
      socket.send(partFrame(0, packed[0]!))
      socket.send(partFrame(0, packed[0]!))
    },
  ],
  [
    'is of another snapshot than the one before it',
    (socket: WebSocket) => {
      socket.send(partFrame(0, packed[0]!))
      socket.send(partFrame(1, packed[1]!, snapshot.length + 1))
    },
  ],
  ['is of a snapshot that is too long', (socket: WebSocket) => socket.send(partFrame(0, packed[0]!, 2 ** 40))],
])(
  '[SY6] a part that %s ends the connection with words, and the book is asked for as it is',
  async (_what, sendDamaged) => {
    const { doc, loaded, reasons, offers } = await join((socket, dial) => {
      if (dial > 1) return sendPlain(socket)
      sendDamaged(socket)
      // Nothing of it may be there before the snapshot is.
      socket.send(updateFrame(edit))
      socket.send(answer)
    })
    doc.getMap('clients').set('typed', 'meanwhile')
    await eventually(() => expect(loaded).toHaveLength(1))
    expect(loaded).toEqual([{ ...whole, typed: 'meanwhile' }])
    expect(reasons.find((reason) => reason?.includes('cannot be unpacked'))).toBeDefined()
    expect(offers).toEqual([true, false])
  },
)

test('[SY6] a connection that is lost between two parts begins again, and nothing of the first is taken', async () => {
  const { doc, loaded, offers } = await join((socket, dial) => {
    if (dial === 1) {
      socket.send(partFrame(0, packed[0]!))
      socket.send(updateFrame(edit), () => socket.terminate())
      return
    }
    sendParts(socket)
    socket.send(updateFrame(edit))
    socket.send(answer)
  })
  const lengths: number[] = []
  doc.on('update', (update: Uint8Array) => lengths.push(update.length))
  await eventually(() => expect(loaded).toEqual([whole]))
  expect(lengths).toEqual([snapshot.length, edit.length])
  expect(offers).toEqual([true, true])
})

test('[SY6] [F37] what the server refused is heard although it closes before the snapshot is whole', async () => {
  const refused = [{ client: 7, from: 0, to: 1, code: 'invalid-action' }]
  const { finals } = await join((socket) => {
    socket.send(partFrame(0, packed[0]!))
    socket.send(encodeDurable(new Map(), refused))
    socket.close(closeCode.refused, 'invalid-action: none')
  })
  await eventually(() => expect(finals).toMatchObject([{ closeCode: closeCode.refused, refused }]))
})

function withChangedByte(bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes)
  const at = bytes.length >> 1
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}
