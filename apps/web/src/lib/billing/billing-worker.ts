// What takes longer than a frame on a large book is worked out here, beside the page.
import { monthFacts } from '#lib/invoices/month-facts.ts'
import { revenueFacts } from '#lib/reports/revenue-facts.ts'
import { forecastFacts } from '#lib/whatif/forecast-facts.ts'
import type { Answer, Question } from './ask-worker.ts'

/** What the worker can be asked; pure functions whose input and output can be copied between threads. */
const calls = { forecastFacts, monthFacts, revenueFacts }

export type WorkerCalls = typeof calls

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  postMessage(answer(data))
})

function answer({ id, name, input }: Question): Answer {
  try {
    return { id, value: calls[name](input as never) }
  } catch (cause) {
    return { id, error: String(cause) }
  }
}
