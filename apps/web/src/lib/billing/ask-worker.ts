// Asks the billing worker, which has a copy of the book: only what changed since the last question goes along with one.
import type { Book } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'
import { afterPaint } from '#lib/ui/after-paint.ts'
import type { WorkerCalls } from './billing-worker.ts'
import type { BookPart } from './book-copy.ts'
import { type BookFeed, createBookFeed } from './book-feed.ts'

export interface Question {
  readonly id: number
  readonly name: keyof WorkerCalls
  readonly question: unknown
}

export type ToWorker = { readonly part: BookPart } | Question
export type Answer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string }

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (reason: Error) => void
}

/** One worker serves the whole page, and knows one book at a time; it is started by the first question. */
let worker: Worker | null = null
let feed: (BookFeed & { readonly book: Book }) | null = null
let lastId = 0
const waiting = new Map<number, Waiting>()

/** Calls a function of the worker about `book` as it is by then. Rejects where it throws, which is a bug. */
export async function askWorker<Name extends keyof WorkerCalls>(
  book: Book,
  name: Name,
  question: Parameters<WorkerCalls[Name]>[1],
): Promise<ReturnType<WorkerCalls[Name]>> {
  // The page that asks first is shown first: reading and copying a large book fills every moment until it is done.
  if (feed?.book !== book) await afterPaint()
  await feedOf(book).bring()
  const id = ++lastId
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    tell({ id, name, question })
  })
}

function feedOf(book: Book): BookFeed {
  if (feed?.book === book) return feed
  feed?.close()
  feed = { book, ...createBookFeed(book, (part) => tell({ part })) }
  return feed
}

function tell(message: ToWorker): void {
  worker ??= startWorker()
  worker.postMessage(message)
}

function startWorker(): Worker {
  const started = new Worker(new URL('./billing-worker.ts', import.meta.url), { type: 'module' })
  started.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data.id)
    waiting.delete(data.id)
    if ('error' in data) asked?.reject(new Error(data.error))
    else asked?.resolve(data.value as never)
  })
  started.addEventListener('error', ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message || m.invoices_not_worked_out()))
    waiting.clear()
    feed?.close()
    feed = null
    worker = null
  })
  return started
}
