import { createId } from '@tierbook/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMetrics } from '../metrics.ts'
import { createMemoryStorage } from '../storage/memory-storage.ts'
import type { BookWrite } from '../storage/storage.ts'
import { type Committer, createCommitter } from './committer.ts'

describe('[SY1] group commit', () => {
  let commitMs = 0.5
  let at = 0
  let committer: Committer
  /** Books of each transaction. */
  let transactions: string[][]

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    commitMs = 0.5
    at = 0
    transactions = []
    const storage = createMemoryStorage()
    committer = createCommitter({
      storage: {
        ...storage,
        async commit(writes) {
          transactions.push(writes.map(({ book }) => book))
          at += commitMs
          return writes.map(() => new Uint8Array(32))
        },
      },
      metrics: createMetrics({ processMetrics: false }),
      clock: () => at,
    })
  })
  afterEach(() => {
    committer.close()
    vi.useRealTimers()
  })
  const write = (book: string): BookWrite => ({ book, expectedSeq: 0, updates: [], bindings: new Map(), largestN: 0 })

  it('stores what comes after a pause at once', async () => {
    const [a, b] = [createId(), createId()]
    await committer.commit(write(a))
    at += 100
    await committer.commit(write(b))
    expect(transactions).toEqual([[a], [b]])
  })
  it('gathers what comes right behind a transaction for nine times as long as that took, and stores it in one', async () => {
    const [a, b, c] = [createId(), createId(), createId()]
    await committer.commit(write(a))
    const second = committer.commit(write(b))
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    const third = committer.commit(write(c))
    await vi.advanceTimersByTimeAsync(9 * commitMs - 1)
    expect(transactions).toEqual([[a]])
    await vi.advanceTimersByTimeAsync(1)
    await Promise.all([second, third])
    expect(transactions).toEqual([[a], [b, c]])
  })
  it('waits 8 ms at most, however slow the disk is', async () => {
    const [a, b] = [createId(), createId()]
    commitMs = 50
    await committer.commit(write(a))
    const next = committer.commit(write(b))
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    await vi.advanceTimersByTimeAsync(7)
    expect(transactions).toEqual([[a]])
    await vi.advanceTimersByTimeAsync(1)
    await next
    expect(transactions).toEqual([[a], [b]])
  })
  it('wakes all who would be stored later anyway at once, and lets nobody wait after a pause', async () => {
    const [a, b, c] = [createId(), createId(), createId()]
    expect(committer.rested()).toBeUndefined()
    await committer.commit(write(a))
    const judged: string[] = []
    const judge = async (book: string) => {
      await committer.rested()
      judged.push(book)
      await committer.commit(write(book))
    }
    const all = [judge(b), judge(c)]
    await vi.advanceTimersByTimeAsync(9 * commitMs - 1)
    expect(judged).toEqual([])
    at += 9 * commitMs
    await vi.advanceTimersByTimeAsync(1)
    await Promise.all(all)
    expect(judged).toEqual([b, c])
    expect(transactions).toEqual([[a], [b, c]])
  })
})
