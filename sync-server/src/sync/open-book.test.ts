import { createId, memory, openBook as openDeviceBook } from '@tierbook/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createSilentLogger } from '../logger.ts'
import { createMetrics } from '../metrics.ts'
import { createMemoryStorage } from '../storage/memory-storage.ts'
import { createCommitter } from './committer.ts'
import { openBook } from './open-book.ts'
import { createTurn } from './turn.ts'
import { createBookWorker } from './worker.ts'

/** A book as the updates it was made by, one for each of its clients. */
async function sampleUpdates(actor: string, clients: number): Promise<Uint8Array[]> {
  const book = await openDeviceBook({
    id: createId(),
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    signed: false,
    create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' },
  })
  const updates = [Y.encodeStateAsUpdate(book.doc)]
  book.doc.on('update', (update: Uint8Array) => updates.push(update))
  for (let i = 0; i < clients; i++) await book.addClient({ name: `Client ${i}`, note: 'x'.repeat(9_000) })
  await book.close()
  return updates
}

test('[F29] a stream of edits is not held up by a snapshot: one is made when nobody writes for a moment', async () => {
  const [id, actor] = [createId(), createId()]
  // More than the four MiB behind which a snapshot is due, less than the eight of a stream without a pause.
  const updates = await sampleUpdates(actor, 500)
  const storage = createMemoryStorage()
  await storage.registerBook({ book: id, actor, now: 1 })
  const [metrics, logger, worker] = [createMetrics({ processMetrics: false }), createSilentLogger(), createBookWorker()]
  const committer = createCommitter({ storage, metrics })
  onTestFinished(async () => {
    committer.close()
    await worker.close()
  })
  const reads = vi.spyOn(storage, 'updates')
  const book = await openBook({ book: id, storage, committer, worker, metrics, logger, now: () => 1 })
  await book.makeIndex()
  reads.mockClear()
  const author = { actor, device: createId(), role: 'owner' } as const
  for (let at = 0; at < updates.length; at += 50) {
    const turn = createTurn()
    for (const update of updates.slice(at, at + 50))
      expect(book.take(turn, author, update)).toMatchObject({ decision: 'accept' })
    await book.store(turn)
    book.tidy({ busy: true })
  }
  expect(reads).not.toHaveBeenCalled()
  book.tidy({ busy: false })
  await vi.waitFor(async () => expect((await storage.load(id))?.snapshot?.seq).toBe(updates.length), {
    timeout: 20_000,
  })
  book.close()
})
