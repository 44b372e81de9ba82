// Signed heads from end to end: our adapter remembers the server's history, and the server is then given another one.
import {
  type Book,
  createId,
  type FinalWord,
  type HistoryDoubt,
  memory,
  openBook,
  type ServerHead,
} from '@tierbook/core'
import { closeCode, headText } from '@tierbook/core/protocol'
import { webSocket } from '@tierbook/core/websocket'
import { createPublicKey, verify } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createMemoryStorage, createSigningKey, type ServerStorage, type TierbookServer } from '../src/index.ts'
import { logOf, openStockClient, startSampleServer } from './sample-server.ts'

const signingKey = createSigningKey()

/** What a device remembers, over several openings. */
function memoryOfHistory(known: ServerHead | null = null) {
  const heads: ServerHead[] = known ? [known] : []
  const doubts: HistoryDoubt[] = []
  const words: FinalWord[] = []
  return {
    heads,
    doubts,
    words,
    history: {
      last: () => heads.at(-1) ?? null,
      take: (head: ServerHead) => void heads.push(head),
      doubt: (doubt: HistoryDoubt) => void doubts.push(doubt),
    },
  }
}

type Remembered = ReturnType<typeof memoryOfHistory>

async function openDevice(
  server: TierbookServer,
  options: { id: string; actor?: string; remembered: Remembered; now?: () => number },
): Promise<Book> {
  const actor = options.actor ?? createId()
  const token = await server.accessToken({ book: options.id, actor, role: 'editor' })
  const url = `ws://127.0.0.1:${server.port}/sync`
  const adapter = webSocket({ url, token, maxPauseMs: 20, ...(options.now ? { now: options.now } : {}) })
  const { history, words } = options.remembered
  const book = await openBook({
    id: options.id,
    author: { id: actor, name: 'Grace' },
    storage: memory(),
    sync: { start: (context) => adapter.start({ ...context, history, onFinal: (word) => words.push(word) }) },
  })
  onTestFinished(() => book.close())
  return book
}

/** A server that holds `edits` + 1 updates, and a device that was shown them. */
async function showHistory(storage: ServerStorage, edits: number) {
  const server = await startSampleServer({ storage, signingKey })
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await ada.synced()
  for (let i = 0; i < edits; i++) await ada.book.addClient({ name: `Client ${i}` })
  await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(edits + 1))
  const remembered = memoryOfHistory()
  const book = await openDevice(server, { id, remembered })
  await vi.waitFor(() => expect(remembered.heads).toHaveLength(1))
  await book.close()
  return { server, id, ada, remembered }
}

test('[SY5] a head is signed with the server’s key over what is stored', async () => {
  const storage = createMemoryStorage()
  const { id, remembered } = await showHistory(storage, 2)
  const head = remembered.heads[0] as ServerHead
  const stored = await storage.book(id)
  expect(head).toMatchObject({ generation: stored?.generation, seq: stored?.seq })
  expect([...Buffer.from(head.head, 'base64url')]).toEqual([...(stored?.head ?? [])])
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: head.publicKey }, format: 'jwk' })
  expect(verify(null, Buffer.from(headText(id, head)), key, Buffer.from(head.signature, 'base64url'))).toBe(true)
})

test('[SY5] a device that comes back is shown the rows that lead from its head to the present one, however many', async () => {
  const storage = createMemoryStorage()
  const { server, id, ada, remembered } = await showHistory(storage, 1)
  const actor = createId()
  const seq = (await storage.book(id))?.seq ?? 0
  const update = { bytes: new Uint8Array([0, 0]), actor, device: actor, receivedAt: 5, actions: [] }
  ada.provider.destroy()
  await vi.waitFor(async () => expect(await server.metrics.registry.metrics()).toContain('tierbook_open_books 0'))
  await storage.commit([
    {
      book: id,
      expectedSeq: seq,
      updates: Array.from({ length: 4_500 }, () => update),
      bindings: new Map(),
      largestN: 0,
    },
  ])
  await openDevice(server, { id, remembered })
  await vi.waitFor(() => expect(remembered.heads.at(-1)?.seq).toBe(seq + 4_500))
  expect(remembered.doubts).toEqual([])
})

test('[SY5] the remembered head follows while edits come, once a minute', async () => {
  let now = 0
  const { server, id, ada, remembered } = await showHistory(createMemoryStorage(), 1)
  await openDevice(server, { id, remembered, now: () => now })
  await vi.waitFor(() => expect(remembered.heads).toHaveLength(2))
  const before = remembered.heads[1]?.seq ?? 0
  await ada.book.addClient({ name: 'Soon' })
  now += 60_000
  await ada.book.addClient({ name: 'A minute later' })
  await vi.waitFor(() => expect(remembered.heads.at(-1)?.seq).toBeGreaterThan(before))
  expect(remembered.heads).toHaveLength(3)
})

/** The same book on a server with other contents of the store. */
async function comeBack(storage: ServerStorage, id: string, remembered: Remembered) {
  const server = await startSampleServer({ storage, signingKey })
  const book = await openDevice(server, { id, remembered })
  await book.addClient({ name: 'Made meanwhile' })
  await vi.waitFor(() => expect(remembered.words).toHaveLength(1))
  expect(remembered.words[0]).toMatchObject({ closeCode: closeCode.otherGeneration })
  expect(book.status).toMatchObject({ sync: 'refused', reason: remembered.doubts[0]?.reason })
  return { server, book }
}

/** Copies what `storage` holds of the book, changed row by row. */
async function copyOf(
  storage: ServerStorage,
  id: string,
  change: { keep?: number; generation?: number; actorOf?: (seq: number) => string } = {},
): Promise<ServerStorage> {
  const record = await storage.book(id)
  const copy = createMemoryStorage()
  await copy.registerBook({ book: id, actor: 'ada', now: change.generation ?? record?.generation ?? 0 })
  const rows = (await Array.fromAsync(storage.updates(id))).slice(0, change.keep)
  const updates = rows.map((row) => ({ ...row, actor: change.actorOf?.(row.seq) ?? row.actor, actions: [] }))
  await copy.commit([{ book: id, expectedSeq: 0, updates, bindings: new Map(), largestN: record?.largestN ?? 0 }])
  return copy
}

test('[SY5] [F30] a store that was put back to an older state is not merged with devices that saw more', async () => {
  const storage = createMemoryStorage()
  const { id, remembered } = await showHistory(storage, 4)
  const older = await copyOf(storage, id, { keep: 2 })
  const { server, book } = await comeBack(older, id, remembered)
  expect(remembered.doubts).toMatchObject([{ code: 'rolled-back', known: remembered.heads[0], found: null }])
  expect((await older.book(id))?.seq).toBe(2)
  expect(logOf(book.doc)).toHaveLength(1)
  expect(await server.metrics.registry.metrics()).toContain('tierbook_other_histories_total{doubt="rolled-back"} 1')
})

test('[SY5] [F49] a row that was rewritten is shown to whoever saw the book before', async () => {
  const storage = createMemoryStorage()
  const { id, remembered } = await showHistory(storage, 4)
  const mallory = createId()
  const { book } = await comeBack(
    await copyOf(storage, id, { actorOf: (seq) => (seq === 2 ? mallory : String(seq)) }),
    id,
    remembered,
  )
  expect(remembered.doubts).toMatchObject([{ code: 'rewritten' }])
  expect(logOf(book.doc)).toHaveLength(1)
})

test('[SY5] a book that was made anew is another generation', async () => {
  const storage = createMemoryStorage()
  const { id, remembered } = await showHistory(storage, 2)
  await comeBack(await copyOf(storage, id, { generation: Date.now() + 1 }), id, remembered)
  expect(remembered.doubts).toMatchObject([{ code: 'other-generation' }])
})

test('[SY5] a server that claims the remembered head but has other rows behind it is found out by the device', async () => {
  const storage = createMemoryStorage()
  const { id, remembered } = await showHistory(storage, 2)
  const known = remembered.heads[0] as ServerHead
  const forged = await copyOf(storage, id, { actorOf: () => createId() })
  const more = await copyOf(storage, id)
  const seq = (await forged.book(id))?.seq ?? 0
  const update = { bytes: new Uint8Array([0, 0]), actor: 'eve', device: 'd', receivedAt: 5, actions: [] }
  await forged.commit([{ book: id, expectedSeq: seq, updates: [update], bindings: new Map(), largestN: 0 }])
  await comeBack({ ...forged, headAt: (book, at) => more.headAt(book, at) }, id, remembered)
  expect(remembered.doubts).toMatchObject([{ code: 'rewritten', known }])
  // The device may have handed its own edit over before it saw the rows.
  expect(remembered.doubts[0]?.found?.seq).toBeGreaterThan(seq)
})

test('stock clients and devices that remember nothing are let in', async () => {
  const storage = createMemoryStorage()
  const { id } = await showHistory(storage, 2)
  const server = await startSampleServer({ storage: await copyOf(storage, id, { keep: 2 }), signingKey })
  const fresh = memoryOfHistory()
  await openDevice(server, { id, remembered: fresh })
  await vi.waitFor(() => expect(fresh.heads).toHaveLength(1))
  const stock = await openStockClient(server, { id, role: 'viewer' })
  await stock.synced()
})
