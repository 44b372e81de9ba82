// The thread in which the long work on large books is done; `worker.ts` starts it and ends it.
import { parentPort } from 'node:worker_threads'
import { bookWork } from './book-work.ts'
import type { Answer, Question } from './worker.ts'

parentPort?.on('message', ({ id, ask }: Question) => {
  parentPort?.postMessage(answer(id, ask))
})

function answer(id: number, [work, ...given]: Question['ask']): Answer {
  try {
    return { id, ok: true, value: (bookWork[work] as (...all: unknown[]) => unknown)(...given) }
  } catch (error) {
    return { id, ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
