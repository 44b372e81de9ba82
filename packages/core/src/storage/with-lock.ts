// Lets one tab do what several would do at once for nothing; no correctness hangs on it.

/** Runs `work` unless another tab holds `name`; where the browser has no locks it just runs. */
export async function unlessLocked(name: string, work: () => Promise<void>): Promise<void> {
  const { locks } = (globalThis.navigator ?? {}) as { locks?: LockManager }
  if (!locks) return work()
  await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await work()
  })
}
