// How much one sender may have passed on: a stock that refills at a steady pace.

/** Spend first, ask before the next: one message may go beyond, so none is too large to ever pass. */
export interface Allowance {
  isSpent(): boolean
  spend(amount: number): void
}

/** `burst` is what may be spent at once, `perSecond` what comes back. */
export function createAllowance(options: { perSecond: number; burst: number; now: () => number }): Allowance {
  const { perSecond, burst, now } = options
  let left = burst
  let countedAt = now()
  const refill = () => {
    const at = now()
    left = Math.min(burst, left + (Math.max(0, at - countedAt) * perSecond) / 1000)
    countedAt = at
  }
  return {
    isSpent() {
      refill()
      return left <= 0
    },
    spend(amount) {
      left -= amount
    },
  }
}
