// Group commit: whatever books want stored in one turn of the event loop goes to disk in one transaction.
import type { Metrics } from '../metrics.ts'
import { type BookWrite, ConflictError, type ServerStorage } from '../storage/storage.ts'

/** Stores writes and knows whether storing works. */
export interface Committer {
  /**
   * Resolves when the write is on disk, with the head of the book's chain; rejects with nothing of it stored, with a {@link ConflictError} where
   * another server wrote meanwhile. One write per book at a time.
   */
  commit(write: BookWrite): Promise<Uint8Array>
  /** The last failure that no later commit or check has cleared. */
  readonly failure: Error | null
  /** Tries a write of its own and clears or sets {@link failure}. */
  check(): Promise<Error | null>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

interface Waiting {
  readonly write: BookWrite
  readonly resolve: (head: Uint8Array) => void
  readonly reject: (error: Error) => void
}

/** `onStored` hears what is on disk after each transaction. */
export function createCommitter(options: {
  storage: ServerStorage
  metrics: Metrics
  onStored?: (positions: ReadonlyMap<string, number>) => void
}): Committer {
  const { storage, metrics, onStored } = options
  let waiting: Waiting[] = []
  let running: Promise<void> | null = null
  let failure: Error | null = null

  const store = async (group: readonly Waiting[]) => {
    const end = metrics.commits.startTimer()
    try {
      const heads = await storage.commit(group.map(({ write }) => write))
      failure = null
      metrics.commitBooks.observe(group.length)
      for (const [i, { resolve }] of group.entries()) resolve(heads[i] as Uint8Array)
      const moved = group.filter(({ write }) => write.updates.length > 0)
      if (moved.length > 0)
        onStored?.(new Map(moved.map(({ write }) => [write.book, write.expectedSeq + write.updates.length])))
    } catch (cause) {
      if (cause instanceof ConflictError) return await storeOthers(group, cause)
      // One book's fault must not stop the others (F25): each gets a transaction of its own.
      if (group.length > 1) {
        for (const one of group) await store([one])
        return
      }
      failure = cause instanceof Error ? cause : new Error(String(cause))
      metrics.failedCommits.inc()
      group[0]?.reject(failure)
    } finally {
      end()
    }
  }
  /** Whoever was overtaken judges again; the others did nothing wrong. */
  const storeOthers = async (group: readonly Waiting[], conflict: ConflictError) => {
    const overtaken = group.filter(({ write }) => conflict.books.includes(write.book))
    metrics.commitConflicts.inc(overtaken.length)
    for (const { write, reject } of overtaken) reject(new ConflictError([write.book], { cause: conflict }))
    const others = group.filter((one) => !overtaken.includes(one))
    if (others.length > 0) await store(others)
  }
  const run = async () => {
    // Let the other books of this turn come along.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      await store(group)
    }
    running = null
  }
  return {
    commit: (write) =>
      new Promise((resolve, reject) => {
        waiting.push({ write, resolve, reject })
        running ??= run()
      }),
    get failure() {
      return failure
    },
    async check() {
      try {
        await storage.check()
        failure = null
      } catch (cause) {
        failure = cause instanceof Error ? cause : new Error(String(cause))
      }
      return failure
    },
    async idle() {
      while (running) await running
    },
  }
}
