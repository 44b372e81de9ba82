// Message 101 from end to end: our adapter on real books, against the real server.
import { type Book, createId, memory, openBook, type ReceiptKeeper, type ReceiptPage } from '@tierbook/core'
import type { BookSync } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { TierbookServer } from '../src/index.ts'
import { logOf, openStockClient, startSampleServer } from './sample-server.ts'

/** Keeps receipts as a book does: the first of an action counts. */
function keeper() {
  const times = new Map<string, number>()
  const pages: ReceiptPage[] = []
  const receipts: ReceiptKeeper = {
    position: () => ({ generation: pages.at(-1)?.generation ?? 0, seq: pages.at(-1)?.to ?? 0 }),
    take(page) {
      pages.push(page)
      for (const { action, receivedAt } of page.receipts) {
        if (!times.has(action)) times.set(action, receivedAt)
      }
    },
  }
  return { receipts, times, pages }
}

async function openReader(server: TierbookServer, id: string, receipts: ReceiptKeeper): Promise<Book> {
  const actor = createId()
  const token = await server.accessToken({ book: id, actor, role: 'editor' })
  const adapter = webSocket({ url: `ws://127.0.0.1:${server.port}/sync`, token, maxPauseMs: 20 })
  const sync: BookSync = { start: (context) => adapter.start({ ...context, receipts }) }
  const book = await openBook({ id, author: { id: actor, name: 'Grace' }, storage: memory(), sync })
  onTestFinished(() => book.close())
  return book
}

const ids = (book: Book) => logOf(book.doc).map((text) => (JSON.parse(text) as { id: string }).id)

test('[TL5] receipts of old actions come in pages, of new ones with their commit, to the sender and to others', async () => {
  let now = Date.UTC(2026, 10, 1)
  const server = await startSampleServer({ now: () => now })
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await ada.book.addClient({ name: 'Acme' })
  await vi.waitFor(async () => expect((await server.storage.book(id))?.largestN).toBe(2))
  const old = now
  now += 60_000
  const grace = keeper()
  const book = await openReader(server, id, grace.receipts)
  await vi.waitFor(() => expect([...grace.times.values()]).toEqual([old, old]))
  await book.addClient({ name: 'Zenith' })
  await ada.book.addClient({ name: 'Nadir' })
  await vi.waitFor(() => {
    expect(grace.times.size).toBe(4)
    expect([...grace.times].sort()).toEqual(
      ids(book)
        .map((action, i) => [action, i < 2 ? old : now])
        .sort(),
    )
  })
})

test('[TL5] who comes back is told only what it missed', async () => {
  const server = await startSampleServer()
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  for (let i = 0; i < 5; i++) await ada.book.addClient({ name: `Client ${i}` })
  await vi.waitFor(async () => expect((await server.storage.book(id))?.largestN).toBe(6))
  const grace = keeper()
  const first = await openReader(server, id, grace.receipts)
  await vi.waitFor(() => expect(grace.times.size).toBe(6))
  await first.close()
  const before = grace.pages.length
  await ada.book.addClient({ name: 'Made meanwhile' })
  await vi.waitFor(async () => expect((await server.storage.book(id))?.largestN).toBe(7))
  await openReader(server, id, grace.receipts)
  await vi.waitFor(() => expect(grace.times.size).toBe(7))
  expect(grace.pages.slice(before).flatMap(({ receipts }) => receipts)).toHaveLength(1)
})

test('[TL5] the same text sent again keeps its first receipt', async () => {
  let now = Date.UTC(2026, 10, 1)
  const server = await startSampleServer({ now: () => now })
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await vi.waitFor(async () => expect((await server.storage.book(id))?.largestN).toBe(1))
  now += 60_000
  const [text] = logOf(ada.doc)
  ada.doc.getArray('log').push([text])
  await vi.waitFor(async () => expect(await Array.fromAsync(server.storage.receipts(id, { after: 0 }))).toHaveLength(2))
  const grace = keeper()
  await openReader(server, id, grace.receipts)
  await vi.waitFor(() => expect([...grace.times.values()]).toEqual([now - 60_000]))
})
