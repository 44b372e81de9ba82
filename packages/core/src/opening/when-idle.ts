// Work that is worth doing and may wait.

/** A page that is never idle still gets to it. */
const idleWithinMs = 5_000

/** Calls `work` once the page is idle; gives what calls it off. Safari has no idle callbacks. */
export function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const handle = requestIdleCallback(work, { timeout: idleWithinMs })
    return () => cancelIdleCallback(handle)
  }
  const timer = setTimeout(work, idleWithinMs)
  return () => clearTimeout(timer)
}
