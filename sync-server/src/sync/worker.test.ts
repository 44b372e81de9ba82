// Long work on large books: done in a thread that ends when it is idle, with what it gives the same as without one.
import { createId, memory, openBook } from '@tierbook/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { bookWork } from './book-work.ts'
import { createBookWorker } from './worker.ts'

/** A book as the updates it was made by, with its last name overwritten. */
async function sampleUpdates(clients: number, note: string): Promise<Uint8Array[]> {
  const book = await openBook({
    id: createId(),
    author: { id: createId(), name: 'Ada' },
    storage: memory(),
    signed: false,
    create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' },
  })
  const updates = [Y.encodeStateAsUpdate(book.doc)]
  book.doc.on('update', (update: Uint8Array) => updates.push(update))
  for (let i = 0; i < clients; i++) await book.addClient({ name: `Client ${i}`, tier: 'starter', note })
  await book.editBook({ name: 'Renamed' })
  await book.close()
  return updates
}

describe.each([
  ['a small book, at once', 3, ''],
  ['a large book, in a thread', 130, 'x'.repeat(9_000)],
])('%s', (_what, clients, note) => {
  test('[F29] index, snapshot and difference are those of the bytes', async () => {
    const worker = createBookWorker()
    onTestFinished(() => worker.close())
    const updates = await sampleUpdates(clients, note)
    expect(await worker.index(updates)).toEqual(bookWork.index(updates))
    const doc = new Y.Doc()
    for (const update of updates) Y.applyUpdate(doc, update)
    const compact = await worker.compact(updates)
    expect(Buffer.from(compact.stateVector)).toEqual(Buffer.from(Y.encodeStateVector(doc)))
    expect(await worker.index([compact.bytes])).toEqual(bookWork.index([Y.encodeStateAsUpdate(doc)]))
    const before = new Y.Doc()
    for (const update of updates.slice(0, 2)) Y.applyUpdate(before, update)
    Y.applyUpdate(before, await worker.diff(compact.bytes, Y.encodeStateVector(before)))
    expect(Y.equalSnapshots(Y.snapshot(before), Y.snapshot(doc))).toBe(true)
  })

  test('updates with a gap are said to have one, and the next question is answered', async () => {
    const worker = createBookWorker()
    onTestFinished(() => worker.close())
    const updates = await sampleUpdates(clients, note)
    const gap = updates.filter((_, i) => i !== 1)
    await expect(worker.index(gap)).rejects.toThrow('gap')
    await expect(worker.compact(gap)).rejects.toThrow('gap')
    expect((await worker.index(updates)).clocks.size).toBe(1)
  })
})

test('while a large book is worked on, the loop goes on; closed, the worker gives up what is under way', async () => {
  const worker = createBookWorker()
  onTestFinished(() => worker.close())
  const updates = await sampleUpdates(130, 'x'.repeat(9_000))
  let turns = 0
  const counting = setInterval(() => turns++, 1)
  onTestFinished(() => clearInterval(counting))
  await Promise.all([worker.compact(updates), worker.compact(updates)])
  expect(turns).toBeGreaterThan(2)
  const given = worker.compact(updates)
  const refused = expect(given).rejects.toThrow('closing')
  await worker.close()
  await refused
  await expect(worker.compact(updates)).rejects.toThrow('closing')
})

test('[F19] a thread that has nothing to do ends', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const worker = createBookWorker()
  onTestFinished(() => worker.close())
  const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
  const before = threads()
  await worker.compact(await sampleUpdates(130, 'x'.repeat(9_000)))
  expect(threads()).toBeGreaterThanOrEqual(before)
  vi.advanceTimersByTime(2_000)
  await vi.waitFor(() => expect(threads()).toBe(before))
})
