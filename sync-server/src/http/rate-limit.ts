// Counts calls per key in fixed windows and forgets old windows by itself, without a timer.

/** Answers whether one more call of `key` is within the limit. */
export function createRateLimit(options: {
  limit: number
  windowMs: number
  now?: () => number
}): (key: string) => boolean {
  const now = options.now ?? Date.now
  let windowStart = 0
  let counts = new Map<string, number>()
  return (key) => {
    const at = now()
    if (at - windowStart >= options.windowMs) {
      windowStart = at
      counts = new Map()
    }
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count <= options.limit
  }
}
