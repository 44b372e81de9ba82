// What the log says about a client's money: its usage, the prices that name it, and what took such a price back. None of it is in the
// client's chain of the entry table, which is there for tiers; so it is found by kind and by the client's id in the text, and only what has
// both is parsed.
import { type LoggedAction, readAction } from '../log/logged-action.ts'
import type { AnyEntry } from '../schema/entries.ts'
import type { BookProjection } from './book-projection.ts'
import { entryAt, type LoggedEntry } from './logged-entry.ts'

const [usage, price, takenBack] = ['usage.recorded', 'price.set', 'entry.retracted'] as const

/** All of it in log order. */
export function moneyEntries({ log }: BookProjection, client: string): readonly LoggedEntry[] {
  const found: LoggedEntry[] = []
  /** Ids of prices that name the client: a retraction has its price's for a subject. */
  const prices = new Set<string>()
  for (const row of log.ordered()) {
    const logged = log.at(row)
    const { kinds } = logged
    const isBilling = kinds.includes(usage) || kinds.includes(price)
    const mayTakeBack = prices.size > 0 && kinds.includes(takenBack)
    if (!isBilling && !mayTakeBack) continue
    const { text } = logged
    if (!(isBilling && text.includes(client)) && !(mayTakeBack && [...prices].some((id) => text.includes(id)))) continue
    found.push(...entriesOf(logged, client, prices))
  }
  return found
}

function entriesOf(logged: LoggedAction, client: string, prices: Set<string>): LoggedEntry[] {
  const action = readAction(logged)
  return action.entries.flatMap((entry, index) => {
    const isPrice = entry.kind === price && namesClient(entry, client)
    if (isPrice) prices.add(entry.subject)
    const isAbout =
      isPrice ||
      (entry.kind === usage && entry.subject === client) ||
      (entry.kind === takenBack && prices.has(entry.subject))
    const found = isAbout ? entryAt(action, index) : undefined
    return found ? [found] : []
  })
}

/** Whether a price or uplift is the client's own, or of a bundle that it pays for or is in. */
function namesClient(entry: AnyEntry, client: string): boolean {
  const {
    client: owner,
    item,
    uplift,
  } = entry as {
    client?: unknown
    item?: { payer?: unknown; members?: readonly unknown[] }
    uplift?: { clients?: readonly unknown[] }
  }
  return (
    owner === client ||
    item?.payer === client ||
    item?.members?.includes(client) === true ||
    uplift?.clients?.includes(client) === true
  )
}
