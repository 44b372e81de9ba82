import { describe, expect, it, vi } from 'vitest'
import { createCadence } from './cadence.ts'

describe('the cadence of a room', () => {
  it('lets the first turn begin at once, and the next ones of a crowd 100 ms apart', async () => {
    vi.useFakeTimers()
    try {
      let at = 0
      const cadence = createCadence(() => at)
      await cadence.mayBegin(200)
      cadence.told()
      at = 10
      let hasBegun = false
      const next = cadence.mayBegin(200).then(() => (hasBegun = true))
      await vi.advanceTimersByTimeAsync(89)
      expect(hasBegun).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      await next
      expect(hasBegun).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })
  it('never waits with a few devices, nor long after something was told', async () => {
    let at = 0
    const cadence = createCadence(() => at)
    cadence.told()
    await cadence.mayBegin(9)
    at = 110
    await cadence.mayBegin(5_000)
  })
  it('goes on when hurried, and waits again the next time', async () => {
    const cadence = createCadence(() => 0)
    cadence.told()
    const next = cadence.mayBegin(200)
    cadence.hurry()
    await next
    let hasBegun = false
    void cadence.mayBegin(200).then(() => (hasBegun = true))
    await Promise.resolve()
    expect(hasBegun).toBe(false)
    cadence.hurry()
  })
})
