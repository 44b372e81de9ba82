// What a book shows of its log, in the oracle's words.
import type { Book } from '../../src/book.ts'
import type { ClientView, OnDay } from './oracle.ts'

/** The clients of `book`, seen on each of `days`. Names and activity are not in it: no log says the first, and clocks cap the second. */
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
