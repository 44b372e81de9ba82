// Keeps the open books of a server in step with what other servers store: by what they tell, and by asking the store where that is lost.
import type { Logger } from '../logger.ts'
import type { Exchange } from '../storage/exchange.ts'
import type { ServerStorage } from '../storage/storage.ts'
import type { Committer } from './committer.ts'
import type { Rooms } from './rooms.ts'

/** A question that takes longer makes the store suspect. */
const slowMs = 3_000

/**
 * Sees to it that what others stored is here within `pollMs` where every hint is lost: asks the store about the open books twice in that time, so
 * that what an answer just misses is read in time too, and at once where something may have been missed. Gives how to stop.
 */
export function followOthers(options: {
  exchange: Exchange
  storage: ServerStorage
  rooms: Rooms
  committer: Committer
  pollMs: number
  logger: Logger
}): { close(): Promise<void> } {
  const { exchange, storage, rooms, committer, pollMs, logger } = options
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let asking: Promise<void> | null = null

  const ask = async () => {
    clearTimeout(timer)
    const askedAt = performance.now()
    // Without writers nothing else would find out that it hangs.
    const slow = setTimeout(() => void committer.check(), slowMs)
    try {
      rooms.moved(await storage.positions(rooms.open()))
    } catch (error) {
      logger.warn({ err: error }, 'the store could not be asked what other servers wrote')
      // Without writers nothing else would find out, and readiness is to say so.
      await committer.check()
    } finally {
      clearTimeout(slow)
    }
    if (isClosed) return
    // A store that answers slowly is given time for others.
    const pauseMs = Math.max(pollMs / 2 - (performance.now() - askedAt), pollMs / 10)
    timer = setTimeout(() => void poll(), pauseMs).unref()
  }
  const poll = () => (asking ??= ask().finally(() => (asking = null)))
  exchange.listen({ positions: (positions) => rooms.moved(positions), lost: () => void poll() })
  void poll()

  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await asking
      await exchange.close()
    },
  }
}
