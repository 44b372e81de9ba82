// What is said to a device in one go is written to its socket in one go: an edit, its receipt and an acknowledgement are one call of the system
// and one packet, and wake the device once.
import type { Writable } from 'node:stream'

/** Writes to one socket. */
export interface GatheredWrites {
  /** Written as soon as what runs now has ended, behind what came before and together with what comes until then. */
  write(frame: Buffer): void
  /** Those that wait are written now: what is written past this comes behind them. */
  flush(): void
  /** Bytes that wait. */
  readonly waiting: number
}

/** So much is copied into one piece as quickly as it would be passed on in several. */
const copiedBytes = 4_096
const endOfThis = Promise.resolve()

export function createGatheredWrites(stream: Writable): GatheredWrites {
  let frames: Buffer[] = []
  let waiting = 0

  function flush(): void {
    const [gathered, bytes] = [frames, waiting]
    const [first] = gathered
    if (!first) return
    frames = []
    waiting = 0
    if (gathered.length === 1) stream.write(first)
    else if (bytes <= copiedBytes) stream.write(Buffer.concat(gathered, bytes))
    else {
      stream.cork()
      for (const frame of gathered) stream.write(frame)
      stream.uncork()
    }
  }
  return {
    write(frame) {
      if (frames.push(frame) === 1) void endOfThis.then(flush)
      waiting += frame.length
    },
    flush,
    get waiting() {
      return waiting
    },
  }
}
