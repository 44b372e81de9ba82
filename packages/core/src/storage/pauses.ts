// Breaks long work into tasks that leave the page time to paint and to answer.
import { nextTask } from '../next-task.ts'
import { sliceMs } from '../slices.ts'

/** Starts a stretch; the function it gives pauses when the stretch has lasted long enough. */
export function createPauses(): () => Promise<void> {
  let startedAt = performance.now()
  return async () => {
    if (performance.now() - startedAt < sliceMs) return
    await nextTask()
    startedAt = performance.now()
  }
}
