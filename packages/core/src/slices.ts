// Long work that can be cut: a generator that yields wherever a pause is good, run at once or with pauses in which a page paints and answers.
import { nextTask } from './next-task.ts'

/** Work that gives a `T` in the end. */
export type Slices<T> = Generator<void, T>

/** Longest stretch of work between two pauses, in ms: with what begins within it, and a browser that collects garbage meanwhile, it stays below the 50 ms after which a task counts as long. */
export const sliceMs = 6

/** Runs the work in one go. */
export function runAtOnce<T>(slices: Slices<T>): T {
  for (;;) {
    const { done, value } = slices.next()
    if (done) return value
  }
}

/** Runs the work with pauses; null, with the rest undone, once `isStale` says that what was read so far counts no more. */
export async function runInSlices<T>(slices: Slices<T>, isStale: () => boolean = () => false): Promise<T | null> {
  for (let startedAt = performance.now(); ;) {
    const { done, value } = slices.next()
    if (done) return value
    if (performance.now() - startedAt < sliceMs) continue
    await nextTask()
    if (isStale()) return null
    startedAt = performance.now()
  }
}
