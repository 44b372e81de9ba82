// Makes ids and Yjs client ids follow the seed, too. Imported before all else, Yjs included: lib0 takes hold of the generator when it loads.
import type { Random } from '../../src/testing/random.ts'

const own = {
  fill: crypto.getRandomValues.bind(crypto),
  now: Date.now,
  elapsed: performance.now.bind(performance),
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  clearTimeout: globalThis.clearTimeout,
}
const cleared = new WeakSet<object>()
let random: Random | null = null

crypto.getRandomValues = ((bytes: Uint8Array<ArrayBuffer>) => {
  if (!random) return own.fill(bytes)
  random.fill(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  return bytes
}) as typeof crypto.getRandomValues

/** What waits for longer than this waits for a machine that is slow or a disk that is full, and here there is none. */
const soonMs = 50

/** A turn of the event loop for what comes soon, since how many milliseconds a turn takes is the machine's affair. */
function afterATurn(work: () => void, ms = 0): ReturnType<typeof setTimeout> {
  const timer = own.setTimeout(() => {}, 2 ** 31 - 1).unref()
  if (ms < soonMs) setImmediate(() => !cleared.has(timer) && work())
  return timer
}

/** What is done again and again is done by the day's clock, which the run does not wait for. */
const never = () => own.setInterval(() => {}, 2 ** 31 - 1).unref()

/** Every draw comes from `seeded` and the runtime's clock stands still and timers count turns, until the function it gives is called. */
export function followSeed(seeded: Random): () => void {
  const now = Date.parse('2026-11-22T12:00:00Z')
  random = seeded
  Date.now = () => now
  performance.now = () => 0
  globalThis.setTimeout = afterATurn as typeof setTimeout
  globalThis.setInterval = never as unknown as typeof setInterval
  globalThis.clearTimeout = ((timer: object | undefined) => {
    if (timer) cleared.add(timer)
    own.clearTimeout(timer as ReturnType<typeof setTimeout>)
  }) as typeof clearTimeout
  return () => {
    random = null
    Date.now = own.now
    performance.now = own.elapsed
    globalThis.setTimeout = own.setTimeout
    globalThis.setInterval = own.setInterval
    globalThis.clearTimeout = own.clearTimeout
  }
}
