// The thread in which the long work on large books is done; `worker.ts` starts it and ends it.
import { parentPort } from 'node:worker_threads'
import { bookWork } from './book-work.ts'
import { ownMemory } from './own-memory.ts'
import type { Answer, Question } from './worker.ts'

parentPort?.on('message', ({ id, ask }: Question) => {
  const answered = answer(id, ask)
  parentPort?.postMessage(answered, answered.ok && ask[0] !== 'index' ? ownMemory(answered.value) : [])
})

function answer(id: number, [work, ...given]: Question['ask']): Answer {
  try {
    return { id, ok: true, value: (bookWork[work] as (...all: unknown[]) => unknown)(...given) }
  } catch (error) {
    return { id, ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
