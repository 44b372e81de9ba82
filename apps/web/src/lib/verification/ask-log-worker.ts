// Gives the log of an open book to a worker of its own, piece by piece so that the page stays free, and waits for what it makes of it.
import type { Book } from '@tierbook/core'
import { logContents, type LogVerification } from '@tierbook/core/audit'
import type { ToLogWorker } from './log-worker.ts'

/** Elements that are copied within a few milliseconds. */
const elementsAPiece = 2_000

/** Verifies the log as it is now. Rejects where the worker cannot be loaded. */
export function verify(book: Book, signal: AbortSignal): Promise<LogVerification> {
  return ask<LogVerification>(book, 'verification', signal)
}

/** Makes the audit export of the log as it is now. */
export function auditFile(book: Book, signal: AbortSignal): Promise<Blob> {
  return ask<Blob>(book, 'export', signal)
}

async function ask<T>(book: Book, wanted: 'verification' | 'export', signal: AbortSignal): Promise<T> {
  const worker = new Worker(new URL('./log-worker.ts', import.meta.url), { type: 'module' })
  const tell = (message: ToLogWorker) => worker.postMessage(message)
  try {
    const { elements } = logContents(book)
    for (let at = 0; at < elements.length; at += elementsAPiece) {
      tell({ elements: elements.slice(at, at + elementsAPiece) })
      await new Promise((resolve) => setTimeout(resolve))
      signal.throwIfAborted()
    }
    return await new Promise<T>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<T>) => resolve(data))
      worker.addEventListener('error', ({ message }) => reject(new Error(message)))
      signal.addEventListener('abort', () => reject(signal.reason as Error))
      tell({ book: book.id, wanted })
    })
  } finally {
    worker.terminate()
  }
}
