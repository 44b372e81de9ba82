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
  /** Undefined, or resolves when the next transaction may begin: what is judged before then is not stored any sooner. */
  rested(): Promise<void> | undefined
  /** The last failure that no later commit or check has cleared. */
  readonly failure: Error | null
  /** Tries a write of its own and clears or sets {@link failure}. Once it is set this is done again and again, until storing works. */
  check(): Promise<Error | null>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  /** Ends what is done by itself. Twice is harmless. */
  close(): void
}

/** Storing that takes longer counts as failing until it comes back: a person should hear it before a query is given up. */
const slowMs = 3_000
/** Between two tries of a store that failed. */
const retryMs = 1_000
/** After a transaction the next one waits this many times as long as that took, so that storing takes a tenth of the time at most (decision 0106). */
const restTimes = 9
/** On a slow disk, or a busy machine, nobody waits longer for others than this. */
const longestRestMs = 8

interface Waiting {
  readonly write: BookWrite
  readonly resolve: (head: Uint8Array) => void
  readonly reject: (error: Error) => void
}

/**
 * `onStored` hears what is on disk after each transaction, `onOutcome` before anybody is told whether storing works; `clock` gives ms.
 */
export function createCommitter(options: {
  storage: ServerStorage
  metrics: Metrics
  clock?: () => number
  onStored?: (positions: ReadonlyMap<string, number>) => void
  onOutcome?: (outcome: { storing: boolean }) => void
}): Committer {
  const { storage, metrics, onStored, onOutcome, clock = () => performance.now() } = options
  let waiting: Waiting[] = []
  let restUntil = Number.NEGATIVE_INFINITY
  let running: Promise<void> | null = null
  let resting: Promise<void> | undefined
  let failure: Error | null = null
  let checking: Promise<Error | null> | null = null
  let retrying: NodeJS.Timeout | undefined
  let isClosed = false

  /** Notes that a store does not answer, and what it answers in the end. */
  const watch = async <T>(storing: Promise<T>): Promise<T> => {
    const slow = setTimeout(() => {
      failure ??= new Error(`the store has not answered for ${slowMs / 1000} s`)
      onOutcome?.({ storing: false })
    }, slowMs)
    return storing.finally(() => clearTimeout(slow))
  }
  const timed = async <T>(storing: () => Promise<T>): Promise<T> => {
    const begunAt = clock()
    try {
      return await storing()
    } finally {
      const endedAt = clock()
      restUntil = endedAt + Math.min((endedAt - begunAt) * restTimes, longestRestMs)
    }
  }
  const works = () => {
    failure = null
    onOutcome?.({ storing: true })
  }
  const tryWrite = async () => {
    clearTimeout(retrying)
    try {
      await watch(storage.check())
      works()
    } catch (cause) {
      failure = cause instanceof Error ? cause : new Error(String(cause))
      onOutcome?.({ storing: false })
      // With nobody who writes, nothing else would find out that it works again.
      if (!isClosed) retrying = setTimeout(() => void check(), retryMs).unref()
    }
    return failure
  }
  const check = () => (checking ??= tryWrite().finally(() => (checking = null)))
  const store = async (group: readonly Waiting[]) => {
    const end = metrics.commits.startTimer()
    try {
      const heads = await timed(() => watch(storage.commit(group.map(({ write }) => write))))
      works()
      metrics.commitBooks.observe(group.length)
      for (const [i, { resolve }] of group.entries()) resolve(heads[i] as Uint8Array)
      const moved = group.filter(({ write }) => write.updates.length > 0)
      if (moved.length > 0)
        onStored?.(new Map(moved.map(({ write }) => [write.book, write.expectedSeq + write.updates.length])))
    } catch (cause) {
      if (cause instanceof ConflictError) {
        // It answers, if only now.
        if (failure) void check()
        return await storeOthers(group, cause)
      }
      // One book's fault must not stop the others (F25): each gets a transaction of its own.
      if (group.length > 1) {
        for (const one of group) await store([one])
        return
      }
      failure = cause instanceof Error ? cause : new Error(String(cause))
      metrics.failedCommits.inc()
      group[0]?.reject(failure)
      // Whether it is one book's fault, or nothing can be stored.
      void check()
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
  /** Everybody who waits goes on at once: one wake-up for all of them. */
  const rested = () => {
    const left = restUntil - clock()
    if (left <= 0) return undefined
    return (resting ??= new Promise<void>((resolve) => setTimeout(resolve, left)).finally(() => (resting = undefined)))
  }
  const run = async () => {
    // Let the other books of this turn come along.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      // At once after a pause. A sync of the disk costs the same whatever it stores, so what comes right behind one is gathered.
      await rested()
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
    rested,
    get failure() {
      return failure
    },
    check,
    async idle() {
      while (running) await running
    },
    close() {
      isClosed = true
      clearTimeout(retrying)
    },
  }
}
