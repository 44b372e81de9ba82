import { expect, onTestFinished, test, vi } from 'vitest'
import { createSilentLogger } from '../logger.ts'
import { createMemoryStorage } from '../storage/memory-storage.ts'
import { followOthers } from './follow-others.ts'

/** A node whose store takes `answerMs` to say where a book stood when it was asked. */
function start({ pollMs, answerMs }: { pollMs: number; answerMs: number }) {
  vi.useFakeTimers()
  let stored = 0
  let known = 0
  let asked = 0
  const following = followOthers({
    exchange: { tellPositions() {}, tellPresence: async () => {}, maxTextBytes: 0, listen() {}, close: async () => {} },
    storage: {
      ...createMemoryStorage(),
      async positions(books) {
        asked++
        const answer = new Map(books.map((book) => [book, stored] as const))
        await new Promise((resolve) => setTimeout(resolve, answerMs))
        return answer
      },
    },
    rooms: {
      room: () => expect.unreachable(),
      find: () => undefined,
      moved(positions) {
        known = positions.get('a') ?? 0
      },
      open: () => ['a'],
      close: async () => 0,
    },
    committer: {
      commit: () => Promise.reject(new Error('nobody writes')),
      rested: () => undefined,
      failure: null,
      check: async () => null,
      idle: async () => {},
      close() {},
    },
    pollMs,
    logger: createSilentLogger(),
  })
  onTestFinished(async () => {
    const closed = following.close()
    await vi.runAllTimersAsync()
    await closed
    vi.useRealTimers()
  })
  return { store: () => (stored = 1), known: () => known, asked: () => asked }
}

test.each([1, 40, 333, 501, 999])(
  '[F28] without hints, what others stored %i ms after the last question is known within the poll period',
  async (afterMs) => {
    const { store, known } = start({ pollMs: 1_000, answerMs: 100 })
    await vi.advanceTimersByTimeAsync(afterMs)
    store()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(known()).toBe(1)
  },
)

test('a store that answers slowly is left alone for a tenth of the period between two questions', async () => {
  const { asked } = start({ pollMs: 1_000, answerMs: 5_000 })
  await vi.advanceTimersByTimeAsync(51_000)
  expect(asked()).toBe(11)
})
