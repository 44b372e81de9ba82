// When to dial: again after a lost connection with full jitter, at once when the network is back, never after a final word (SY4).

/** Decides when `dial` is called. */
export interface Dialler {
  /** Dials for the first time. */
  start(): void
  /** The connection was lost or could not be made. `afterMs`: not before. @default 0 */
  lost(options?: { afterMs: number }): void
  /** The connection works: the next pause starts small again. */
  works(): void
  /** The server said something final: no more dialling. */
  stop(): void
  close(): void
}

/** First upper bound of a pause; it doubles with each attempt that fails. */
const firstPauseMs = 400

/** Dials on `start`, and then as told. `hangUp` is called when the browser says that the network is gone. */
export function createDialler(options: {
  dial: () => void
  hangUp: () => void
  maxPauseMs: number
  random: () => number
}): Dialler {
  let failures = 0
  let isStopped = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const dialNow = () => {
    clearTimeout(timer)
    timer = undefined
    if (!isStopped) options.dial()
  }
  const stop = () => {
    isStopped = true
    clearTimeout(timer)
  }
  const stopListening = heedNetwork({
    offline() {
      clearTimeout(timer)
      timer = undefined
      options.hangUp()
    },
    online: dialNow,
  })
  return {
    start: dialNow,
    lost({ afterMs } = { afterMs: 0 }) {
      if (isStopped || timer !== undefined || isOffline()) return
      // Drawn evenly from zero up, so that a thousand devices that lost one server do not come back at once.
      // Where the server says when it has room again, that is the least, and the devices spread over as much again.
      const spread = Math.max(afterMs, Math.min(options.maxPauseMs, firstPauseMs * 2 ** failures++))
      timer = setTimeout(dialNow, afterMs + options.random() * spread)
    },
    works() {
      failures = 0
    },
    stop,
    close() {
      stop()
      stopListening()
    },
  }
}

function isOffline(): boolean {
  return (globalThis.navigator as { onLine?: boolean } | undefined)?.onLine === false
}

/** A socket can look open long after the network is gone; the browser knows first. */
function heedNetwork(on: { offline: () => void; online: () => void }): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {}
  globalThis.addEventListener('offline', on.offline)
  globalThis.addEventListener('online', on.online)
  return () => {
    globalThis.removeEventListener('offline', on.offline)
    globalThis.removeEventListener('online', on.online)
  }
}
