// EIO at each call that the server makes of its storage: nobody is told what is not so, other books go on, and all heals when the disk works.
import { type Book, createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createSigningKey, openSqliteStorage, type ServerStorage } from '../src/index.ts'
import { verifyStore } from '../src/operate/verify-store.ts'
import { logOf, sampleFolder, startSampleServer } from './sample-server.ts'

const calls = ['book', 'load', 'commit', 'headAt', 'chain', 'updates', 'receipts'] as const
type Call = (typeof calls)[number]

/** Real storage, one call of which fails for one book `times` times once it is armed. */
function failing(real: ServerStorage, call: Call) {
  const fault = { book: '', times: 0 }
  const mayFail = (book: string) => {
    if (book !== fault.book || fault.times === 0) return
    fault.times--
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
  }
  const wrapped = (...parts: unknown[]) => {
    const [first] = parts
    if (Array.isArray(first)) for (const { book } of first as { book: string }[]) mayFail(book)
    else mayFail(first as string)
    return (real[call] as (...all: unknown[]) => unknown)(...parts)
  }
  const isAsync = call === 'book' || call === 'load' || call === 'commit' || call === 'headAt'
  const storage = { ...real, [call]: isAsync ? async (...parts: unknown[]) => wrapped(...parts) : wrapped }
  return { storage, fault }
}

test.each(calls)('[SY1] [F18] [F20] [F25] EIO at %s', async (call) => {
  const file = join(sampleFolder(), 'tierbook.db')
  const { storage, fault } = failing(openSqliteStorage({ file }), call)
  const server = await startSampleServer({ storage, signingKey: createSigningKey() })
  const open = async (id: string, actor: string, device = memory(), create = false) => {
    const token = await server.accessToken({ book: id, actor, role: 'owner' })
    const book = await openBook({
      id,
      author: { id: actor, name: 'Ada' },
      storage: device,
      sync: webSocket({ url: `ws://127.0.0.1:${server.port}/sync`, token, maxPauseMs: 30 }),
      ...(create ? { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } } : {}),
    })
    onTestFinished(() => book.close())
    return book
  }
  const isSent = (book: Book) =>
    vi.waitFor(() => expect(book.status).toMatchObject({ sync: 'online', unsent: 0 }), { timeout: 30_000 })
  const [hurtId, fineId, ada] = [createId(), createId(), createId()]
  const device = memory()
  const before = await open(hurtId, ada, device, true)
  const fine = await open(fineId, createId(), memory(), true)
  await before.addClient({ name: 'Before' })
  await isSent(before)
  await isSent(fine)
  await before.close()
  // Loaded anew: what is remembered of the server is compared, the answer comes from the disk, receipts are asked for.
  await vi.waitFor(async () => expect(await server.metrics.registry.metrics()).toContain('tierbook_open_books 1'))

  fault.book = hurtId
  fault.times = 2
  const hurt = await open(hurtId, ada, device)
  await hurt.addClient({ name: 'Meanwhile' })
  await fine.addClient({ name: 'Elsewhere' })
  await isSent(fine)
  await vi.waitFor(() => expect(fault.times).toBe(0), { timeout: 30_000 })
  await isSent(hurt)

  const other = await open(hurtId, createId())
  await vi.waitFor(() =>
    expect(
      other
        .clients()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['Before', 'Meanwhile']),
  )
  const stored = openSqliteStorage({ file, readOnly: true })
  const doc = new Y.Doc()
  for await (const { bytes } of stored.updates(hurtId)) Y.applyUpdate(doc, bytes)
  expect((await verifyStore(stored, {})).findings).toEqual([])
  await stored.close()
  expect(logOf(doc)).toEqual(logOf(hurt.doc))
  expect(new Set(logOf(doc)).size).toBe(logOf(doc).length)
})
