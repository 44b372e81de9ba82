import { describe, expect, test, vi } from 'vitest'
import { createSilentLogger } from '../logger.ts'
import { createMetrics } from '../metrics.ts'
import { createMemoryStorage } from '../storage/memory-storage.ts'
import { startRetention } from './retention.ts'
import { trimLogs } from './trim-log.ts'
import { createBookWorker } from './worker.ts'

const book = (n: number) => `book${n}`.padEnd(22, '0')

/** A store of three books that notes when one is looked at. */
async function openBooks(look: () => void) {
  const storage = createMemoryStorage()
  for (const n of [1, 2, 3]) await storage.registerBook({ book: book(n), actor: 'ada', now: 1 })
  return {
    ...storage,
    async logStart(id: string) {
      look()
      return storage.logStart(id)
    },
  }
}

describe('old updates', () => {
  test('between two books nine times as long is rested as the first took, 200 ms at most', async () => {
    let at = 0
    let takes = 4
    const rests: number[] = []
    const storage = await openBooks(() => {
      at += takes
      takes *= 10
    })
    await trimLogs({
      storage,
      worker: createBookWorker(),
      logger: createSilentLogger(),
      before: 0,
      clock: () => at,
      rest: async (ms) => rests.push(ms),
    })
    expect(rests).toEqual([36, 200, 200])
  })

  test('are looked for at the time that is this server’s, and a day after its start', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    try {
      let looks = 0
      const retention = startRetention({
        storage: await openBooks(() => looks++),
        worker: createBookWorker(),
        logger: createSilentLogger(),
        metrics: createMetrics({ processMetrics: false }),
        now: () => 0,
        rest: async () => {},
        firstAfterMs: 5_000,
        keepDays: 30,
      })
      await vi.advanceTimersByTimeAsync(4_999)
      expect(looks).toBe(0)
      await vi.advanceTimersByTimeAsync(1)
      await vi.waitFor(() => expect(looks).toBe(3))
      await vi.advanceTimersByTimeAsync(86_400_000 - 5_000)
      await vi.waitFor(() => expect(looks).toBe(6))
      await retention.close()
    } finally {
      vi.useRealTimers()
    }
  })
})
