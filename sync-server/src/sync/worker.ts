// Hands long work on large books to a thread of its own, so that the other books go on meanwhile; what is small is done at once.
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { type BookWork, bookWork, type Pieces } from './book-work.ts'
import { ownMemory } from './own-memory.ts'

/** The same work, done wherever it disturbs least. What it is given is its own from then on. Rejects where it cannot be done. */
export type BookWorker = {
  readonly [Work in keyof BookWork]: (...given: Parameters<BookWork[Work]>) => Promise<ReturnType<BookWork[Work]>>
} & {
  /** Ends the thread; what is under way is given up. Twice is harmless. */
  close(): Promise<void>
}

/** What the thread is asked: a name and what it is given. */
export interface Question {
  readonly id: number
  readonly ask: { [Work in keyof BookWork]: readonly [Work, ...Parameters<BookWork[Work]>] }[keyof BookWork]
}

/** What it says. */
export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string }

/** Work on fewer bytes takes some ten milliseconds, less than it takes to start a thread on a busy machine. */
const smallBytes = 1_048_576
/** A thread that worked on a large book holds hundreds of MiB until it ends. */
const idleMs = 2_000

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

export function createBookWorker(): BookWorker {
  const waiting = new Map<number, Waiting>()
  let next = 0
  let thread: Worker | null = null
  let idle: NodeJS.Timeout | undefined
  let isClosed = false

  function start(): Worker {
    const started = new Worker(threadFile(), { name: 'tierbook-books' })
    const end = (error: Error) => {
      if (thread === started) thread = null
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    }
    started.on('message', (answer: Answer) => {
      const asked = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.ok) asked?.resolve(answer.value)
      else asked?.reject(new Error(answer.message))
      if (waiting.size === 0) rest(started)
    })
    started.on('error', end)
    started.on('exit', (code) => {
      if (thread === started) end(new Error(`the thread for large books ended with ${code}`))
    })
    return started
  }
  function rest(started: Worker): void {
    started.unref()
    idle = setTimeout(() => {
      if (thread === started) thread = null
      void started.terminate()
    }, idleMs).unref()
  }
  function ask(question: Question['ask']): Promise<unknown> {
    if (isClosed) return Promise.reject(new Error('the server is closing'))
    clearTimeout(idle)
    thread ??= start()
    thread.ref()
    const id = next++
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      thread?.postMessage({ id, ask: question } satisfies Question, ownMemory(question.slice(1)))
    })
  }
  const isSmall = (updates: readonly Pieces[]) =>
    updates.flat().reduce((bytes, { length }) => bytes + length, 0) < smallBytes

  return {
    async index(updates) {
      if (isSmall(updates)) return bookWork.index(updates)
      return (await ask(['index', updates])) as ReturnType<BookWork['index']>
    },
    async compact(updates) {
      if (isSmall(updates)) return bookWork.compact(updates)
      return (await ask(['compact', updates])) as ReturnType<BookWork['compact']>
    },
    async diff(update, stateVector) {
      if (isSmall([update])) return bookWork.diff(update, stateVector)
      return (await ask(['diff', update, stateVector])) as ReturnType<BookWork['diff']>
    },
    async isSame(updates, snapshot) {
      if (isSmall([...updates, snapshot])) return bookWork.isSame(updates, snapshot)
      return (await ask(['isSame', updates, snapshot])) as boolean
    },
    async close() {
      isClosed = true
      clearTimeout(idle)
      const ending = thread
      thread = null
      for (const { reject } of waiting.values()) reject(new Error('the server is closing'))
      waiting.clear()
      await ending?.terminate()
    },
  }
}

/** Beside this file, as a source or as it was built. */
function threadFile(): string {
  const isSource = import.meta.url.endsWith('.ts')
  return fileURLToPath(new URL(isSource ? './work-thread.ts' : './work-thread.js', import.meta.url))
}
