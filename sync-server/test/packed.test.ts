// A first opening: our own devices are given the snapshot in the packed parts in which it lies, others as it is.
import { createId, memory, openBook, type Book } from '@tierbook/core'
import { messageType } from '@tierbook/core/protocol'
import { webSocket } from '@tierbook/core/websocket'
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { zstdCompressSync } from 'node:zlib'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createSigningKey, openSqliteStorage, type TierbookServer } from '../src/index.ts'
import { logOf, openStockClient, sampleFolder, startSampleServer } from './sample-server.ts'

const signingKey = createSigningKey()

/** A stored book of 1.4 MB, its snapshot in two parts, and an edit behind that; on a server that is gone. */
async function writeBook() {
  const file = join(sampleFolder(), 'tierbook.db')
  const storage = openSqliteStorage({ file })
  onTestFinished(() => storage.close())
  const serve = () => startSampleServer({ storage: { ...storage, close: async () => {} }, signingKey })
  const id = createId()
  const server = await serve()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await ada.synced()
  const note = () => randomBytes(4_900).toString('hex')
  for (let i = 0; i < 140; i++) await ada.book.addClient({ name: `Client ${i}`, note: note() })
  await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(141))
  await server.close()
  const seq = (await storage.load(id))?.snapshot?.seq
  const next = await serve()
  ada.provider.destroy()
  const back = await openStockClient(next, { id, actor: ada.actor, role: 'owner', connect: false })
  Y.applyUpdate(back.doc, Y.encodeStateAsUpdate(ada.doc))
  back.provider.connect()
  await back.synced()
  await back.book.addClient({ name: 'Behind the snapshot' })
  await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(142))
  back.provider.destroy()
  await next.close()
  expect((await storage.load(id))?.snapshot?.seq).toBe(seq)
  return { file, storage, id, doc: back.doc, serve }
}

/** Opens the book on a device of ours that has nothing of it; gives it with the types of the messages that came before it was loaded. */
async function openOurs(server: TierbookServer, id: string): Promise<{ book: Book; types: number[] }> {
  const actor = createId()
  const token = await server.accessToken({ book: id, actor, role: 'editor' })
  const types: number[] = []
  class WatchedSocket extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given)
      this.addEventListener('message', ({ data }) => types.push(new Uint8Array(data as ArrayBuffer)[0] ?? -1))
    }
  }
  const url = `ws://127.0.0.1:${server.port}/sync`
  const sync = webSocket({ url, token, WebSocket: WatchedSocket })
  const book = await openBook({ id, author: { id: actor, name: 'Ada' }, storage: memory(), sync })
  onTestFinished(() => book.close())
  await new Promise<void>((resolve) => {
    const check = () => book.status.loaded && resolve()
    book.subscribe(check)
    check()
  })
  return { book, types }
}

const sameAs = (doc: Y.Doc, other: Y.Doc) => {
  expect(logOf(doc)).toEqual(logOf(other))
  expect(doc.getMap('clients').toJSON()).toEqual(other.getMap('clients').toJSON())
}

const partsIn = (types: readonly number[]) => types.filter((type) => type === messageType.snapshotPart).length

test('[SY6] a device of ours is given the snapshot in its parts and what lies behind it, and a stock client the same as it is', async () => {
  const { id, doc, serve } = await writeBook()
  const server = await serve()
  const { book, types } = await openOurs(server, id)
  sameAs(book.doc, doc)
  expect(partsIn(types)).toBe(2)
  const stock = await openStockClient(server, { id, role: 'viewer' })
  await stock.synced()
  sameAs(stock.doc, doc)
  // It is in step like any other: what one writes the other has.
  await book.addClient({ name: 'New' })
  await book.flush()
  await vi.waitFor(() => expect(stock.book.clients()).toHaveLength(142))
})

test('[SY6] a snapshot that an older program packed is given to both as it is', async () => {
  const { file, storage, id, doc, serve } = await writeBook()
  const database = new DatabaseSync(file)
  onTestFinished(() => database.close())
  const pieces = (await (await storage.load(id))?.snapshot?.read()) ?? []
  expect(pieces).toHaveLength(2)
  const hash = createHash('sha256')
  for (const [part, piece] of pieces.entries()) {
    const packed = zstdCompressSync(piece)
    hash.update(packed)
    database.prepare('UPDATE snapshot_parts SET bytes = ? WHERE part = ?').run(packed, part)
  }
  database.prepare('UPDATE snapshots SET hash = ?').run(hash.digest())
  const { book, types } = await openOurs(await serve(), id)
  sameAs(book.doc, doc)
  expect(partsIn(types)).toBe(0)
  // The snapshot and the one update behind it, not every update.
  expect(types.filter((type) => type === messageType.sync).length).toBeLessThan(10)
  const stock = await openStockClient(await serve(), { id, role: 'viewer' })
  await stock.synced()
  sameAs(stock.doc, doc)
})

test('[SY6] [F49] a part that is not what was stored goes out to nobody; the updates do', async () => {
  const { file, id, doc, serve } = await writeBook()
  const database = new DatabaseSync(file)
  const { bytes } = database.prepare('SELECT bytes FROM snapshot_parts WHERE part = 1').get() as { bytes: Uint8Array }
  bytes[1_000] = (bytes[1_000] ?? 0) ^ 1
  database.prepare('UPDATE snapshot_parts SET bytes = ? WHERE part = 1').run(bytes)
  database.close()
  const { book, types } = await openOurs(await serve(), id)
  sameAs(book.doc, doc)
  expect(partsIn(types)).toBe(0)
})
