// Puts many small rows together while nobody waits for the storage; one tab at a time, and never because it must.
import { unlessLocked } from './with-lock.ts'

/** Work that can wait. */
export interface Tidying {
  /** Tidies some time after the last call. */
  soon(): void
  /** Ends what runs; nothing starts any more. */
  close(): Promise<void>
}

/** Makes the schedule for `tidy`, which may fail: what it would have done is done the next time. */
export function createTidying(options: { lock: string; afterMs: number; tidy: () => Promise<void> }): Tidying {
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  let isClosed = false

  const run = () => {
    running ??= unlessLocked(options.lock, options.tidy)
      .catch(() => undefined)
      .finally(() => {
        running = undefined
      })
  }
  return {
    soon() {
      if (isClosed) return
      clearTimeout(timer)
      timer = setTimeout(run, options.afterMs)
      if (typeof timer === 'object') (timer as { unref(): void }).unref()
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await running
    },
  }
}
