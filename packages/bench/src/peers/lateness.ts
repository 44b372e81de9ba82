// How late edits are that are sent at a fixed rate, whatever the servers do.

/** From sending an edit to hearing of it. */
export interface Lateness {
  sent(clock: number): void
  /** Whatever was sent up to this clock has come. */
  reached(clock: number): void
  /** Edits that have not come. */
  readonly waiting: number
}

/** Puts each edit's lateness in ms into `into`. */
export function createLateness(into: number[]): Lateness {
  const waiting: { readonly clock: number; readonly sentAt: number }[] = []
  return {
    sent: (clock) => void waiting.push({ clock, sentAt: performance.now() }),
    reached(clock) {
      const now = performance.now()
      while ((waiting[0]?.clock ?? Number.POSITIVE_INFINITY) <= clock) into.push(now - (waiting.shift()?.sentAt ?? now))
    },
    get waiting() {
      return waiting.length
    },
  }
}

/** Sends as many as are due every millisecond; gives how many that were. */
export async function sendAtRate(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  send: (nth: number) => void,
): Promise<number> {
  const startedAt = performance.now()
  const wanted = perSecond * seconds
  for (let sent = 0; sent < wanted;) {
    const due = Math.min(wanted, Math.floor(((performance.now() - startedAt) / 1_000) * perSecond))
    for (; sent < due; sent++) send(sent)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return wanted
}
