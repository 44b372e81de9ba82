// What takes longer than a frame on a large book is worked out here, beside the page, from a copy of the book.
import { exportMonth, goneOfMonth, invoicesOfMonth, monthFacts, sealedMonth } from '#lib/invoices/month-facts.ts'
import { revenueFacts } from '#lib/reports/revenue-facts.ts'
import { forecastFacts } from '#lib/whatif/forecast-facts.ts'
import type { Answer, Question, ToWorker } from './ask-worker.ts'
import { createBookCopy } from './book-copy.ts'

/** What the worker can be asked about the book. */
const calls = { exportMonth, forecastFacts, goneOfMonth, invoicesOfMonth, monthFacts, revenueFacts, sealedMonth }

export type WorkerCalls = typeof calls

const book = createBookCopy()

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if ('part' in data) book.take(data.part)
  else postMessage(answer(data))
})

function answer({ id, name, question }: Question): Answer {
  try {
    return { id, value: calls[name](book, question as never) }
  } catch (cause) {
    return { id, error: String(cause) }
  }
}
