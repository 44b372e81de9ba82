/** Runs `work` once the page has nothing else to do. */
export function whenIdle(work: () => void): void {
  // Safari has no idle callback.
  if ('requestIdleCallback' in window) requestIdleCallback(() => work())
  else setTimeout(work)
}
