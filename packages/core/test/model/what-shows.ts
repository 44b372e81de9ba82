// What a book shows of its log, in the oracle's words.
import type { Book } from '../../src/book.ts'
import type { Described, ShownFields } from './described.ts'
import type { ClientView, OnDay } from './oracle.ts'

/** The clients of `book`, seen on each of `days`. Activity is not in it, since clocks cap it; names and the like are in {@link fieldsShown}. */
export function whatShows(book: Book, days: readonly string[]): readonly ClientView[] {
  const contested = new Map(book.contested().map(({ client, sides }) => [client.id, sides.map(({ id }) => id)]))
  const seen = days.map((asOf) => new Map(book.clients({ asOf }).map((row) => [row.id, row])))
  const views = book.clients().map((row): ClientView => ({
    id: row.id,
    contested: row.contested,
    sides: contested.get(row.id) ?? [],
    days: seen.map((rows, place): OnDay => {
      const then = rows.get(row.id)
      const tier = book.tierOn(row.id, days[place] ?? '')
      if (!then || tier !== then.tier) throw new Error(`${row.id}: tierOn gives ${tier}, the overview ${then?.tier}`)
      return { tier, status: then.status, scheduled: then.scheduled }
    }),
    history: book.history(row.id).map(({ id, kind, from, to, retracted }) => {
      return { id, kind, from, to, takenBack: retracted?.entry ?? null }
    }),
  }))
  return views.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** What describes the clients, the tiers and the book, by place; a field of `described` that `book` does not show is null. */
export function fieldsShown(book: Book, described: Described): ShownFields {
  const shown = new Map<string, unknown>()
  const clients = book.clients()
  for (const { id, name, createdOn, externalRef, note, otherRefs } of clients) {
    const refs = Object.fromEntries((otherRefs ?? []).map((ref) => [`ref:${ref.system}`, ref.id]))
    for (const [field, value] of Object.entries({ name, createdOn, externalRef, note, ...refs }))
      shown.set(`clients/${id}/${field}`, value)
  }
  for (const { id, name, typicalUse, rank, colour } of book.tiers())
    for (const [field, value] of Object.entries({ name, typicalUse, rank, colour }))
      shown.set(`tiers/${id}/${field}`, value)
  const { name, timeZone, currency } = book.settings()
  for (const [field, value] of Object.entries({ name, timeZone, currency })) shown.set(`meta/${field}`, value)
  const ids = new Set(clients.map(({ id }) => id))
  for (const place of described.keys()) {
    const [root, id = ''] = place.split('/')
    if ((root === 'tiers' || ids.has(id)) && !shown.has(place)) shown.set(place, null)
  }
  return shown
}
