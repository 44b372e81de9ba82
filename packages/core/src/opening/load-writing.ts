// Loads what writes when the first command needs it, or before, once the page has nothing better to do.
import type { Writing, WritingParts } from './writing.ts'

/** The loading of one document's {@link Writing}. */
export interface LoadWriting {
  /** Gives it, loaded once; rejects where it cannot be fetched, and then tries again when asked again. */
  load(): Promise<Writing>
  /** In a page: loads it when the page is idle, so that the first command does not wait and a network that goes away later does no harm. */
  loadSoon(): void
  close(): void
}

/** A page that is never idle still gets to it. */
const idleWithinMs = 5_000

/** Prepares the loading; nothing is fetched yet. */
export function loadWriting(parts: WritingParts): LoadWriting {
  let loading: Promise<Writing> | undefined
  let cancel = () => {}
  const load = () => {
    loading ??= import('./writing.ts').then(
      ({ createWriting }) => createWriting(parts),
      (cause: unknown) => {
        loading = undefined
        throw cause
      },
    )
    return loading
  }
  return {
    load,
    loadSoon() {
      // Not in Node, where loading takes no network and a waiting timer would only keep a script alive.
      if (!('document' in globalThis)) return
      cancel = whenIdle(() => void load().catch(() => undefined))
    },
    close: () => cancel(),
  }
}

/** Calls `work` once the page is idle; gives what calls it off. Safari has no idle callbacks. */
function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const handle = requestIdleCallback(work, { timeout: idleWithinMs })
    return () => cancelIdleCallback(handle)
  }
  const timer = setTimeout(work, idleWithinMs)
  return () => clearTimeout(timer)
}
