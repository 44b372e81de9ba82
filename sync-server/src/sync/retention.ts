// Once a day, where an operator has set for how long updates are kept: gives older ones' bytes up.
import type { Metrics } from '../metrics.ts'
import { trimLogs, type TrimOptions } from './trim-log.ts'

export interface Retention {
  /** Ends it between two books. Twice is harmless. */
  close(): Promise<void>
}

const dayMs = 86_400_000

/** Begins at once: a server that is started every day would never come to it otherwise. */
export function startRetention({
  keepDays,
  metrics,
  now,
  ...options
}: Omit<TrimOptions, 'before' | 'isStopped'> & { keepDays: number; metrics: Metrics; now: () => number }): Retention {
  let isClosed = false
  const trim = async () => {
    try {
      const before = now() - keepDays * dayMs
      metrics.trimmedUpdates.inc(await trimLogs({ ...options, before, isStopped: () => isClosed }))
    } catch (error) {
      if (!isClosed) options.logger.error({ err: error }, 'old updates could not be looked for')
    }
  }
  let running = trim()
  const timer = setInterval(() => {
    running = running.then(trim)
  }, dayMs).unref()
  return {
    async close() {
      isClosed = true
      clearInterval(timer)
      await running
    },
  }
}
