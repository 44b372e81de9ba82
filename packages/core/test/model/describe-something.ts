// One random change to what describes a client, a tier or the book: few values, so that people write the same and each other's, and now and then a refused one.
import type { Book } from '../../src/book.ts'
import type { Random } from '../../src/testing/random.ts'
import { refusedWord } from './gate.ts'

/** Does one thing. */
export async function describeSomething(book: Book, random: Random): Promise<unknown> {
  const clients = book.clients()
  const some = random.below(12)
  const draw = random.below(clients.length === 0 ? 3 : 10)
  if (draw === 0) return book.editTier({ tier: random.pick(book.tiers()).id, name: `Plan ${some}` })
  if (draw === 1)
    return book.editTier({ tier: random.pick(book.tiers()).id, typicalUse: some < 4 ? null : `For ${some}` })
  if (draw === 2) return book.editBook({ name: `Book ${some}`, currency: random.pick(['EUR', 'CHF', 'GBP']) })
  const client = random.pick(clients).id
  if (draw < 5) return book.editClient({ client, externalRef: some < 3 ? null : `R-${some}` })
  if (draw < 8) {
    const system = random.pick(['Xero', 'HaloPSA'])
    return book.editClient({ client, otherRefs: { [system]: some < 3 ? null : `${system}-${some}` } })
  }
  if (draw === 8) return book.editClient({ client, note: some < 3 ? null : `Note ${some}`, createdOn: '2026-02-03' })
  return book.editClient({ client, name: some < 6 ? `${refusedWord} ${some}` : `Name ${some}`, note: `With ${some}` })
}
