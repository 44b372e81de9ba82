// How soon after a turn a crowded room takes the next one. Telling two hundred devices costs a millisecond whatever is told, so what comes within
// a moment is stored and told together; in a room of a few, and after a pause in any room, nothing waits (docs/decisions/0093-crowds-are-told-in-beats.md).

/** When a room's turns may begin. */
export interface Cadence {
  /** Resolves when the next turn may begin: at once, unless this many devices were told something a moment ago. */
  mayBegin(receivers: number): Promise<void>
  /** Devices were told something just now. */
  told(): void
  /** Whoever waits goes on: there is enough for a turn, or the room closes. */
  hurry(): void
}

/** A write to a socket costs some 5 µs: up to 200 devices, telling takes a hundredth of the time at most. */
const msPerReceiver = 0.5
/** What others do may be seen this much later; a person's own edits are on their screen long before. */
const longestMs = 100
/** A timer is not exact, and so few devices cost little. */
const shortestMs = 5

export function createCadence(now: () => number = () => performance.now()): Cadence {
  let toldAt = Number.NEGATIVE_INFINITY
  let goOn: (() => void) | null = null
  return {
    async mayBegin(receivers) {
      const pauseMs = Math.min(receivers * msPerReceiver, longestMs)
      const left = toldAt + pauseMs - now()
      if (pauseMs < shortestMs || left <= 0) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        goOn = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      goOn = null
    },
    told() {
      toldAt = now()
    },
    hurry: () => goOn?.(),
  }
}
