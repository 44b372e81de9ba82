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
  /** What came while a run was under way may be more than that run saw. */
  let isAskedAgain = false

  const run = () => {
    if (running) {
      isAskedAgain = true
      return
    }
    running = unlessLocked(options.lock, options.tidy)
      .catch(() => undefined)
      .finally(() => {
        running = undefined
        if (isAskedAgain && !isClosed) run()
      })
    isAskedAgain = false
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
