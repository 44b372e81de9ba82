// Seeded randomness: the same book on every machine and in every run.

/** Draws that depend on the seed only. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** An integer in [0, below). */
  below(below: number): number
  pick<T>(items: readonly T[]): T
  bytes(count: number): Uint8Array
}

/** Mulberry32: small, quick, and good enough to spread clients over tiers. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
  }
}
