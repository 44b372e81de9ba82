// What the log says about a client's money: its usage, and the prices that name it. None of it is in the client's chain of the entry table,
// which is there for tiers; so it is found by kind and by the client's id in the text, and only what has both is parsed.
import { readAction } from '../log/logged-action.ts'
import type { BookProjection } from './book-projection.ts'
import { entryAt, type LoggedEntry } from './logged-entry.ts'

const money = new Set(['usage.recorded', 'price.set'])

/** All of it, in log order. */
export function moneyEntries({ log }: BookProjection, client: string): readonly LoggedEntry[] {
  const found: LoggedEntry[] = []
  for (const row of log.orderedWith(money)) {
    const logged = log.at(row)
    const { text } = logged
    if (!text.includes(client)) continue
    const action = readAction(logged)
    for (let index = 0; index < action.entries.length; index++) {
      const one = entryAt(action, index)
      // As its subject, as whose price it is, or as one of those whom a bundle or an uplift names: an id is long enough to be nothing else.
      if (one && money.has(one.entry.kind) && JSON.stringify(one.entry).includes(client)) found.push(one)
    }
  }
  return found
}
