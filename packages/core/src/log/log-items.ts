// Walks the log's elements with their Yjs position (client id and clock): the position says what is durable or was checked before.
import * as Y from 'yjs'
import { visitWaiting, waitingElementAt } from './waiting-items.ts'

/** Called with each element of the log and where Yjs keeps it; a callback, since an object for each of 100,000 costs more than reading them. */
export type VisitElement = (value: unknown, client: number, clock: number) => void

/** Yjs client id to the first clock that is not covered. */
export type Clocks = ReadonlyMap<number, number>

/** Whether `clocks` covers the struct at this position. */
export function isCovered(clocks: Clocks, client: number, clock: number): boolean {
  return clock < (clocks.get(client) ?? 0)
}

/** Visits every element of `log`, in document order, and what waits to get into it. */
export function visitAll(log: Y.Array<unknown>, visit: VisitElement): void {
  for (const walk of walksOver(log)) walk(visit)
}

/** Most elements of one walk: some milliseconds' worth of reading. */
const elementsAWalk = 1_000

/** As {@link visitAll} in several walks one after the other, of `atOnce` elements at most, for a log that does not change meanwhile. */
export function* walksOver(
  log: Y.Array<unknown>,
  atOnce = elementsAWalk,
): Generator<(visit: VisitElement) => void, void> {
  for (let item = log._start; item !== null; item = item.right) {
    if (item.deleted) continue
    const { id, length } = item
    for (let from = id.clock; from < id.clock + length; from += atOnce) {
      const walked = item
      yield (visit) => visitItem(walked, from, visit, from + atOnce)
    }
  }
  const { doc } = log
  if (doc) yield (visit) => visitWaiting(doc, visit)
}

/** Visits the elements that `transaction` added to `log`, whatever else it wrote. Costs work for what is new, not for what is there. */
export function visitAdded(log: Y.Array<unknown>, transaction: Y.Transaction, visit: VisitElement): void {
  for (const [client, after] of transaction.afterState) {
    const before = transaction.beforeState.get(client) ?? 0
    if (after > before) visitFrom(log, transaction.doc, client, before, visit)
  }
}

/** As {@link visitAdded} for a transaction that wrote under the document's own Yjs client id only: a book has hundreds of others to pass by. */
export function visitOwn(log: Y.Array<unknown>, { doc, beforeState }: Y.Transaction, visit: VisitElement): void {
  visitFrom(log, doc, doc.clientID, beforeState.get(doc.clientID) ?? 0, visit)
}

/** Visits the elements of `log` that `clocks` does not cover. */
export function visitUncovered(log: Y.Array<unknown>, doc: Y.Doc, clocks: Clocks, visit: VisitElement): void {
  for (const [client, structs] of doc.store.clients) {
    const last = structs.at(-1)
    const from = clocks.get(client) ?? 0
    if (last && from < last.id.clock + last.length) visitFrom(log, doc, client, from, visit)
  }
}

function visitFrom(log: Y.Array<unknown>, doc: Y.Doc, client: number, from: number, visit: VisitElement): void {
  const structs = doc.store.clients.get(client) ?? []
  for (let index = Y.findIndexSS(structs, from); index < structs.length; index++) {
    const struct = structs[index]
    // A struct may have been merged into an older one: only its tail is new.
    if (struct instanceof Y.Item && struct.parent === log) visitItem(struct, from, visit)
  }
}

/** The element at a place in `doc`; undefined where there is none. */
export function elementAt(doc: Y.Doc, client: number, clock: number): unknown {
  const structs = doc.store.clients.get(client)
  const last = structs?.at(-1)
  if (!structs || !last || clock < 0 || clock >= last.id.clock + last.length)
    return waitingElementAt(doc, client, clock)
  const struct = structs[Y.findIndexSS(structs, clock)]
  return struct instanceof Y.Item ? struct.content.getContent()[clock - struct.id.clock] : undefined
}

/** Whether `transaction` deleted anything in `log`, which no honest peer does (LG2). */
export function deletesFrom(log: Y.Array<unknown>, transaction: Y.Transaction): boolean {
  let found = false
  if (transaction.deleteSet.clients.size === 0) return false
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
    if (struct instanceof Y.Item && struct.parent === log) found = true
  })
  return found
}

function visitItem(item: Y.Item, fromClock: number, visit: VisitElement, toClock = Number.POSITIVE_INFINITY): void {
  if (item.deleted || !item.countable) return
  const values = item.content.getContent()
  const { client, clock } = item.id
  const end = Math.min(values.length, toClock - clock)
  for (let offset = Math.max(0, fromClock - clock); offset < end; offset++)
    visit(values[offset], client, clock + offset)
}
