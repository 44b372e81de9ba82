// Breaks long work into tasks that leave the page time to paint and to answer.
import { nextTask } from '../next-task.ts'

/** Longest stretch of work between two pauses, in ms: four of them fit into the 50 ms after which a task counts as long. */
const sliceMs = 12

/** Starts a stretch; the function it gives pauses when the stretch has lasted long enough. */
export function createPauses(): () => Promise<void> {
  let startedAt = performance.now()
  return async () => {
    if (performance.now() - startedAt < sliceMs) return
    await nextTask()
    startedAt = performance.now()
  }
}
