// What a person can do so that a browser that deletes the book deletes nothing that nobody else has.
import type { BookStatus } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'

/** One or two sentences; whoever is connected is not asked to connect. */
export function evictionWords({ sync, unsent }: Pick<BookStatus, 'sync' | 'unsent'>): string {
  if (sync === 'none') return m.safety_evict_local()
  return sync === 'signed-out' ? m.safety_evict_signed_out({ count: unsent }) : m.safety_evict_unsent({ count: unsent })
}
