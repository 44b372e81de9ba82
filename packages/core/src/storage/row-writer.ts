// Writes a document's updates down as they come; what could not be written waits and is tried again.
import type * as Y from 'yjs'
import { type DocumentRows, rowsOrigin } from './document-rows.ts'
import { ReplacedError } from './rows-state.ts'
import { type StorageError, toStorageError } from './storage-error.ts'

/** Follows one document at a time. */
export interface RowWriter {
  /** Why the last write failed; null after one that worked. */
  readonly problem: StorageError | null
  /** Writes the updates of `doc` from now on; what waits of another document is let go. */
  follow(doc: Y.Doc): void
  /** Tries what waits at once, once more where a try is under way. */
  retry(): Promise<void>
  /** Resolves when everything that came is written; rejects when it cannot be. */
  flush(): Promise<void>
  close(): void
}

const firstRetryMs = 1_000
const longestRetryMs = 30_000

/** Makes a writer; `onWritten` is called after each write, whether it worked or not. */
export function createRowWriter(options: {
  rows: DocumentRows
  onWritten: () => void
  onReplaced: () => void
}): RowWriter {
  let doc: Y.Doc | undefined
  let waiting: Uint8Array[] = []
  let problem: StorageError | null = null
  let isReplaced = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined

  const onUpdate = (update: Uint8Array, origin: unknown) => {
    if (origin === rowsOrigin || isReplaced) return
    waiting.push(update)
    void write()
  }

  function write(): Promise<void> {
    running ??= writeAll().finally(() => {
      running = undefined
      options.onWritten()
    })
    return running
  }

  async function writeAll(): Promise<void> {
    clearTimeout(timer)
    // Ends no sooner than `write` has noted it as running; updates of one task share a transaction.
    await Promise.resolve()
    while (waiting.length > 0) {
      const batch = [...waiting]
      try {
        await options.rows.append(batch)
        waiting.splice(0, batch.length)
        problem = null
        failures = 0
      } catch (cause) {
        if (cause instanceof ReplacedError) {
          isReplaced = true
          waiting = []
          options.onReplaced()
          return
        }
        problem = toStorageError(cause)
        retryLater()
        return
      }
    }
  }

  function retryLater(): void {
    timer = setTimeout(() => void write(), Math.min(longestRetryMs, firstRetryMs * 2 ** failures++))
    // In Node a script must be able to end with a disk that stays full.
    if (typeof timer === 'object') (timer as { unref(): void }).unref()
  }

  return {
    get problem() {
      return problem
    },
    follow(next) {
      doc?.off('update', onUpdate)
      doc = next
      isReplaced = false
      waiting = []
      problem = null
      doc.on('update', onUpdate)
    },
    async retry() {
      await running
      await write()
    },
    async flush() {
      await write()
      if (problem) throw problem
    },
    close() {
      clearTimeout(timer)
      doc?.off('update', onUpdate)
    },
  }
}
