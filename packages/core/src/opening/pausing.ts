// Pauses between tries, which end at once when the book is closed.

/** One pause at a time. */
export interface Pausing {
  /** Resolves after `ms`, or when pauses have ended for good. */
  pause(ms: number): Promise<void>
  end(): void
}

/** Makes it for one open book. */
export function createPausing(): Pausing {
  let isOver = false
  let wake = () => {}
  return {
    async pause(ms) {
      if (isOver) return
      let timer: ReturnType<typeof setTimeout> | undefined
      await new Promise<void>((resolve) => {
        wake = resolve
        timer = setTimeout(resolve, ms)
        // In Node a script must be able to end while it pauses.
        if (typeof timer === 'object') (timer as { unref(): void }).unref()
      })
      clearTimeout(timer)
    },
    end() {
      isOver = true
      wake()
    },
  }
}
