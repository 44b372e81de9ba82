// When to suggest installing: once the book is worth coming back to, and not again soon after a no.

const fewestClients = 5 // typed or imported: by then somebody works with the book
const quietMs = 60 * 86_400_000 // after "not now"

/** What decides. */
export interface InstallMoment {
  readonly isSample: boolean
  /** Clients in the open book. */
  readonly clients: number
  /** When the person last said "not now", epoch ms; null where never. */
  readonly declinedAt: number | null
  /** Epoch ms. */
  readonly now: number
}

/** Whether this is a moment to suggest it; whether the browser can is another question. */
export function isMomentToInstall({ isSample, clients, declinedAt, now }: InstallMoment): boolean {
  if (isSample || clients < fewestClients) return false
  // A clock that was set back must not silence it for ever.
  return declinedAt === null || now - declinedAt >= quietMs || now < declinedAt
}
