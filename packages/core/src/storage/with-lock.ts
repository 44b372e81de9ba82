// Work that one tab does at a time, where the browser has locks.

/** Runs `work` once no other tab holds `name`; where the browser has no locks it just runs. */
export function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const { locks } = (globalThis.navigator ?? {}) as { locks?: LockManager }
  return locks ? locks.request(name, {}, work) : work()
}

/** Lets one tab do what several would do at once for nothing: runs `work` unless another tab holds `name`, and where the browser has no locks. */
export async function unlessLocked(name: string, work: () => Promise<void>): Promise<void> {
  const { locks } = (globalThis.navigator ?? {}) as { locks?: LockManager }
  if (!locks) return work()
  await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await work()
  })
}
