// Counts calls per key in fixed windows and forgets old windows by itself, without a timer.

/** How often each key was counted in the present window. */
export interface RateLimit {
  /** Counts one and says whether it is within the limit. */
  take(key: string): boolean
  /** Whether one more would be within the limit; counts nothing. */
  allows(key: string): boolean
}

export function createRateLimit(options: { limit: number; windowMs: number; now?: () => number }): RateLimit {
  const now = options.now ?? Date.now
  let windowStart = 0
  let counts = new Map<string, number>()
  const countOf = (key: string) => {
    const at = now()
    if (at - windowStart >= options.windowMs) {
      windowStart = at
      counts = new Map()
    }
    return counts.get(key) ?? 0
  }
  return {
    take(key) {
      const count = countOf(key) + 1
      counts.set(key, count)
      return count <= options.limit
    },
    allows: (key) => countOf(key) < options.limit,
  }
}
