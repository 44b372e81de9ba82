// Asks the billing worker; one serves the whole page, and is started by the first question.
import { m } from '#lib/paraglide/messages.js'
import type { WorkerCalls } from './billing-worker.ts'

export interface Question {
  readonly id: number
  readonly name: keyof WorkerCalls
  readonly input: unknown
}

export type Answer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string }

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (reason: Error) => void
}

let worker: Worker | null = null
let lastId = 0
const waiting = new Map<number, Waiting>()

/** Calls a function of the worker. Rejects where it throws, which is a bug. */
export function askWorker<Name extends keyof WorkerCalls>(
  name: Name,
  input: Parameters<WorkerCalls[Name]>[0],
): Promise<ReturnType<WorkerCalls[Name]>> {
  const question: Question = { id: ++lastId, name, input }
  return new Promise((resolve, reject) => {
    waiting.set(question.id, { resolve, reject })
    startedWorker().postMessage(question)
  })
}

function startedWorker(): Worker {
  if (worker) return worker
  worker = new Worker(new URL('./billing-worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data.id)
    waiting.delete(data.id)
    if ('error' in data) asked?.reject(new Error(data.error))
    else asked?.resolve(data.value as never)
  })
  worker.addEventListener('error', ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message || m.invoices_not_worked_out()))
    waiting.clear()
    worker = null
  })
  return worker
}
