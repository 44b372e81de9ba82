// Group commit: whatever books want stored in one turn of the event loop goes to disk in one transaction.
import type { Metrics } from '../metrics.ts'
import type { BookWrite, ServerStorage } from '../storage/storage.ts'

/** Stores writes and knows whether storing works. */
export interface Committer {
  /** Resolves when the write is on disk, with the head of the book's chain; rejects with nothing of it stored. One write per book at a time. */
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

export function createCommitter({ storage, metrics }: { storage: ServerStorage; metrics: Metrics }): Committer {
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
    } catch (cause) {
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
