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

/** As a store gives them: pieces that belong to whoever asked. */
function given(updates: readonly Uint8Array[]): Uint8Array[][] {
  return updates.map((update) => [update.slice()])
}

describe.each([
  ['a small book, at once', 3, ''],
  ['a large book, in a thread', 130, 'x'.repeat(9_000)],
])('%s', (_what, clients, note) => {
  test('[F29] index, snapshot and difference are those of the bytes', async () => {
    const worker = createBookWorker()
    onTestFinished(() => worker.close())
    const updates = await sampleUpdates(clients, note)
    expect(await worker.index(given(updates))).toEqual(bookWork.index(given(updates)))
    const doc = new Y.Doc()
    for (const update of updates) Y.applyUpdate(doc, update)
    const compact = await worker.compact(given(updates))
    expect(Buffer.from(compact.stateVector)).toEqual(Buffer.from(Y.encodeStateVector(doc)))
    expect(await worker.index(given([compact.bytes]))).toEqual(bookWork.index([[Y.encodeStateAsUpdate(doc)]]))
    const before = new Y.Doc()
    for (const update of updates.slice(0, 2)) Y.applyUpdate(before, update)
    Y.applyUpdate(
      before,
      await worker.diff([compact.bytes.subarray(0, 10), compact.bytes.subarray(10)], Y.encodeStateVector(before)),
    )
    expect(Y.equalSnapshots(Y.snapshot(before), Y.snapshot(doc))).toBe(true)
  })

  test('updates with a gap are said to have one, and the next question is answered', async () => {
    const worker = createBookWorker()
    onTestFinished(() => worker.close())
    const updates = await sampleUpdates(clients, note)
    const gap = updates.filter((_, i) => i !== 1)
    await expect(worker.index(given(gap))).rejects.toThrow('gap')
    await expect(worker.compact(given(gap))).rejects.toThrow('gap')
    expect((await worker.index(given(updates))).clocks.size).toBe(1)
  })
})

test('while a large book is worked on, the loop goes on; closed, the worker gives up what is under way', async () => {
  const worker = createBookWorker()
  onTestFinished(() => worker.close())
  const updates = await sampleUpdates(130, 'x'.repeat(9_000))
  let turns = 0
  const counting = setInterval(() => turns++, 1)
  onTestFinished(() => clearInterval(counting))
  await Promise.all([worker.compact(given(updates)), worker.compact(given(updates))])
  expect(turns).toBeGreaterThan(2)
  const asked = worker.compact(given(updates))
  const refused = expect(asked).rejects.toThrow('closing')
  await worker.close()
  await refused
  await expect(worker.compact(given(updates))).rejects.toThrow('closing')
})

test('[F19] a thread that has nothing to do ends', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const worker = createBookWorker()
  onTestFinished(() => worker.close())
  const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
  const before = threads()
  await worker.compact(given(await sampleUpdates(130, 'x'.repeat(9_000))))
  expect(threads()).toBeGreaterThanOrEqual(before)
  vi.advanceTimersByTime(2_000)
  await vi.waitFor(() => expect(threads()).toBe(before), 10_000)
})
