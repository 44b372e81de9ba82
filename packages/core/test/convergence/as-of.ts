// Holds the overview from another point in time against a book that never heard of what came later.
import { isDeepStrictEqual } from 'node:util'
import * as Y from 'yjs'
import type { Book, ClientRow } from '../../src/book.ts'
import { createBookProjection } from '../../src/projection/book-projection.ts'
import { idOfEvent } from '../../src/projection/tier-event.ts'
import { stepAfter, stepOn } from '../../src/projection/timeline.ts'
import type { Random } from '../../src/testing/random.ts'

/** What differs from some random points of view; true where nothing does. */
export function seenFromElsewhere(book: Book, random: Random): unknown {
  const receivedAt = new Map<string, number>()
  const claimedAt = new Map<string, number>()
  let firstReceipt = Number.POSITIVE_INFINITY
  for (const change of book.changes().slice(0, Number.MAX_SAFE_INTEGER)) {
    receivedAt.set(change.action, change.receivedAt ?? change.at)
    claimedAt.set(change.action, change.at)
    firstReceipt = Math.min(firstReceipt, change.receivedAt ?? Number.POSITIVE_INFINITY)
  }
  const moments = [...receivedAt.values(), ...claimedAt.values()]
  if (moments.length === 0) return true
  for (let round = 0; round < 6; round++) {
    const asOf = `202${5 + random.below(3)}-0${1 + random.below(9)}-1${random.below(10)}`
    const knownAt = round < 2 ? undefined : random.pick(moments) + random.below(2) * random.below(100_000)
    // Before the first receipt no server was a witness.
    const recordedAt = knownAt !== undefined && knownAt < firstReceipt ? claimedAt : receivedAt
    const came = shown(book.clients({ asOf, ...(knownAt === undefined ? {} : { knownAt }) }))
    const expected = shown(rowsOfReplay(book, recordedAt, { asOf, knownAt }))
    if (!isDeepStrictEqual(came, expected)) return { asOf, knownAt, came, expected }
    const [first] = came
    if (first && book.tierOn(first.id, asOf, knownAt === undefined ? {} : { knownAt }) !== first.tier)
      return { asOf, knownAt, client: first.id }
  }
  return true
}

function rowsOfReplay(
  book: Book,
  recordedAt: ReadonlyMap<string, number>,
  { asOf, knownAt = Number.POSITIVE_INFINITY }: { asOf: string; knownAt: number | undefined },
): readonly ClientRow[] {
  const doc = new Y.Doc()
  const texts = book.doc.getArray<string>('log').toArray()
  doc.getArray<string>('log').push(
    texts.filter((text) => {
      const { id } = JSON.parse(text) as { id: string }
      return (recordedAt.get(id) ?? Number.POSITIVE_INFINITY) <= knownAt
    }),
  )
  // By timelines of objects: what rows are read from everywhere else is another piece of code.
  const projection = createBookProjection(doc, { now: () => Date.parse(`${asOf}T12:00:00Z`) })
  return projection.rows.query({}).map((row) => {
    const facts = projection.client(row.id)?.facts()
    const step = stepOn(facts?.steps ?? [], asOf)
    const next = stepAfter(facts?.steps ?? [], asOf)
    return {
      ...row,
      tier: step?.tier ?? null,
      status: step?.ended ? 'ended' : !step && next ? 'upcoming' : 'active',
      scheduled: next ? { entry: idOfEvent(next.cause), effectiveOn: next.on, tier: next.tier } : null,
      contested: facts?.contested ?? false,
    }
  })
}

/** Names and activity are always the latest, whenever one looks from. */
function shown(rows: readonly ClientRow[]) {
  return rows
    .map(({ id, tier, status, scheduled, contested }) => ({ id, tier, status, scheduled, contested }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}
