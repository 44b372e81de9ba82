// Runs commands one after the other: each decides on what the one before it left, and resolves when its action is in the document.
import { fail, type Result } from '../result.ts'
import type { Status } from './status.ts'
import type { Writing } from './writing.ts'

/** The one way to write into a book. */
export interface CommandQueue {
  /** Does `work` when its turn comes, once what writes is loaded, unless the book takes no commands by then. */
  run<T>(work: (writing: Writing) => Result<T> | Promise<Result<T>>): Promise<Result<T>>
  /** Does `work` after the commands that wait, before those that come. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when no command waits, for its turn or for what writes. */
  idle(): Promise<void>
  /** Lets waiting commands end and refuses later ones. */
  close(): Promise<void>
}

/** Makes the queue. `load` gives what writes, which comes behind the first rows; where it fails, the next command tries again. */
export function createCommandQueue(parts: {
  status: Pick<Status, 'refusal'>
  load: () => Promise<Writing> | Writing
}): CommandQueue {
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false

  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work)
    // A bug in one command must not stop the ones behind it; its own caller sees the rejection.
    last = next.catch(() => undefined)
    return next
  }

  return {
    run(work) {
      if (isClosed) return Promise.resolve(fail('closed', 'the book is closed'))
      return enqueue(async () => {
        const loading = parts.load()
        const writing = loading instanceof Promise ? await loading.catch(notLoaded) : loading
        if ('ok' in writing) return writing
        // Asked behind the load: a newer schema may have come meanwhile.
        const refusal = parts.status.refusal()
        return refusal ? { ok: false as const, error: refusal } : work(writing)
      })
    },
    exclusively: enqueue,
    async idle() {
      await last
    },
    async close() {
      isClosed = true
      await last
    },
  }
}

function notLoaded(cause: unknown) {
  return fail('not-loaded', `what writes could not be loaded, nothing was changed; try again: ${String(cause)}`)
}
