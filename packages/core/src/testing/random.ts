// Replayable randomness: the same seed gives the same run on every machine.

/** Draws from one seeded sequence. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [0, below). */
  below(below: number): number
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T
  /** Fills `bytes`, for `openBook`'s `random`. */
  fill(bytes: Uint8Array): Uint8Array
}

/** Starts the sequence of `seed` (mulberry32, a 32-bit generator that is plenty for tests and no good for secrets). */
export function createRandom(seed: number): Random {
  let value = seed >>> 0
  const next = () => {
    value = (value + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(value ^ (value >>> 15), value | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new RangeError('expected items to pick from, got none')
      return items[below(items.length)] as T
    },
    fill(bytes) {
      for (let place = 0; place < bytes.length; place++) bytes[place] = below(256)
      return bytes
    },
  }
}
