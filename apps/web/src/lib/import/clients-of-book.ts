// The clients of another book on this device as import rows, for somebody who joined a book and wants to bring theirs along.
import { type ImportRow, openBook } from '@tierbook/core'
import { indexedDb } from '@tierbook/core/indexeddb'
import type { ListedBook } from '#lib/device/book-list.ts'

/** Reads a book that is not open; it stays as it is. */
export async function clientsOfBook(entry: ListedBook): Promise<ImportRow[]> {
  const book = await openBook({
    id: entry.id,
    author: { id: entry.actor, name: 'Reader' },
    storage: indexedDb(),
    readOnly: true,
  })
  try {
    const names = new Map(book.tiers().map((tier) => [tier.id, tier.name]))
    return book.clients().map((client, index) => ({
      row: index + 2,
      client: client.name,
      created: client.createdOn,
      ...(client.tier ? { tier: names.get(client.tier) ?? client.tier } : {}),
      ...(client.externalRef ? { externalRef: client.externalRef } : {}),
      ...(client.otherRefs
        ? { otherRefs: Object.fromEntries(client.otherRefs.map(({ system, id }) => [system, id])) }
        : {}),
      ...(client.lastActivity === null ? {} : { lastActivity: new Date(client.lastActivity).toISOString() }),
    }))
  } finally {
    await book.close()
  }
}
