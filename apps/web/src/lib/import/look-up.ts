// Finds the client and the tier that a row names.
import type { Book } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'

/** A client, or words why none is meant. */
export type FoundClient = { readonly id: string; readonly name: string } | { readonly fault: string }

export interface LookUp {
  /** By external id first, then by what any system calls one client, then by a name that one client has. */
  client(name: string, externalRef: string): FoundClient
  /** By name or id, whatever the case. */
  tier(text: string): string | undefined
}

/** Looks up in the book as it is now. */
export function createLookUp(book: Pick<Book, 'clients' | 'tiers'>): LookUp {
  const byRef = new Map<string, FoundClient>()
  const byOtherRef = new Map<string, FoundClient>()
  const byName = new Map<string, FoundClient>()
  for (const { id, name, externalRef, otherRefs } of book.clients()) {
    if (externalRef) byRef.set(externalRef, { id, name })
    for (const ref of otherRefs ?? []) {
      const other = byOtherRef.get(ref.id)
      const isAnothers = other !== undefined && !('id' in other && other.id === id)
      byOtherRef.set(ref.id, isAnothers ? { fault: m.import_bad_several({ text: ref.id }) } : { id, name })
    }
    const key = name.toLowerCase()
    byName.set(key, byName.has(key) ? { fault: m.import_bad_ambiguous({ text: name }) } : { id, name })
  }
  const tiers = new Map(book.tiers().flatMap(({ id, name }) => [[name.toLowerCase(), id] as const, [id, id] as const]))
  return {
    client(name, externalRef) {
      const byReference = externalRef && (byRef.get(externalRef) ?? byOtherRef.get(externalRef))
      const found = byReference || byName.get(name.toLowerCase())
      return found ?? { fault: m.import_bad_client({ text: name || externalRef }) }
    },
    tier: (text) => tiers.get(text.toLowerCase()),
  }
}
