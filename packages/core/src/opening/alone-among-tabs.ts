// Waits until no other tab of this browser profile does the same; where the runtime has no locks it just goes on.

/** Runs `work` while no other tab holds `name`; not at all where `signal` comes before its turn does. */
export async function aloneAmongTabs(name: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const { locks } = (globalThis.navigator ?? {}) as { locks?: LockManager }
  if (!locks) return work()
  try {
    await locks.request(name, { signal }, work)
  } catch (cause) {
    if ((cause as Error).name !== 'AbortError') throw cause
  }
}
