// Waits until no other tab of this browser profile does the same; where the runtime has no locks it just goes on.

/** Runs `work` while no other tab holds `name`. */
export async function aloneAmongTabs(name: string, work: () => Promise<void>): Promise<void> {
  const { locks } = (globalThis.navigator ?? {}) as { locks?: LockManager }
  if (locks) await locks.request(name, work)
  else await work()
}
