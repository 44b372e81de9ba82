// Once a day, where an operator has set for how long updates are kept: gives older ones' bytes up.
import type { Metrics } from '../metrics.ts'
import { trimLogs, type TrimOptions } from './trim-log.ts'

export interface Retention {
  /** Ends it between two books. Twice is harmless. */
  close(): Promise<void>
}

const dayMs = 86_400_000

/**
 * Begins `firstAfterMs` after the start: a server that is started every day would never come to it otherwise. Of several over one database each begins at
 * another time, so that the first does the work and the others find it done.
 */
export function startRetention({
  firstAfterMs,
  keepDays,
  metrics,
  now,
  ...options
}: Omit<TrimOptions, 'before' | 'isStopped'> & {
  firstAfterMs: number
  keepDays: number
  metrics: Metrics
  now: () => number
}): Retention {
  let isClosed = false
  const trim = async () => {
    try {
      const before = now() - keepDays * dayMs
      metrics.trimmedUpdates.inc(await trimLogs({ ...options, before, isStopped: () => isClosed }))
    } catch (error) {
      if (!isClosed) options.logger.error({ err: error }, 'old updates could not be looked for')
    }
  }
  let running = Promise.resolve()
  const sweep = () => {
    running = running.then(trim)
  }
  const first = setTimeout(sweep, firstAfterMs).unref()
  const timer = setInterval(sweep, dayMs).unref()
  return {
    async close() {
      isClosed = true
      clearTimeout(first)
      clearInterval(timer)
      await running
    },
  }
}
