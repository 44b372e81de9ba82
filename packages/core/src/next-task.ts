// A pause in long work, so that a page can paint and answer.

/** Resolves in a task of its own; where the page knows how to, before other work of the page that can wait. */
export function nextTask(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } }
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve))
}
