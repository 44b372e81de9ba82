// Stands in for the runtime's locks between tabs, which are granted by another thread when it likes.

/** Takes the place of `navigator.locks` until the function it gives is called. */
export function replaceTabLocks(): () => void {
  const held = new Map<string, Promise<unknown>>()
  const before = Object.getOwnPropertyDescriptor(navigator, 'locks')

  async function request(name: string, options: LockOptions, work: (lock: { name: string } | null) => Promise<void>) {
    const holder = held.get(name)
    if (holder && options.ifAvailable) return work(null)
    const isAborted = () => options.signal?.aborted === true
    const turn = (holder ?? Promise.resolve()).then(() => (isAborted() ? undefined : work({ name })))
    const over: Promise<unknown> = turn.catch(() => undefined).then(() => held.get(name) === over && held.delete(name))
    held.set(name, over)
    const abort = new Promise<never>((_resolve, reject) =>
      options.signal?.addEventListener('abort', () => reject(new DOMException('no longer wanted', 'AbortError'))),
    )
    return Promise.race([turn, abort])
  }

  Object.defineProperty(navigator, 'locks', { configurable: true, value: { request } })
  return () => {
    if (before) Object.defineProperty(navigator, 'locks', before)
    else delete (navigator as { locks?: unknown }).locks
  }
}
