// Walks the log's elements with their Yjs position (client id and clock): the position says what is durable or was checked before.
import * as Y from 'yjs'

/** One element of the log where Yjs keeps it. */
export interface LogElement {
  readonly value: unknown
  readonly client: number
  readonly clock: number
}

/** Yjs client id to the first clock that is not covered. */
export type Clocks = ReadonlyMap<number, number>

/** Whether `clocks` covers the struct at this position. */
export function isCovered(clocks: Clocks, client: number, clock: number): boolean {
  return clock < (clocks.get(client) ?? 0)
}

/** Every element of `log`, in document order. */
export function* allElements(log: Y.Array<unknown>): Generator<LogElement> {
  for (let item = log._start; item !== null; item = item.right) yield* elementsOf(item)
}

/** The elements that `transaction` added to `log`, whatever else it wrote. Costs work for what is new, not for what is there. */
export function* addedElements(log: Y.Array<unknown>, transaction: Y.Transaction): Generator<LogElement> {
  for (const [client, after] of transaction.afterState) {
    const before = transaction.beforeState.get(client) ?? 0
    if (after <= before) continue
    const structs = transaction.doc.store.clients.get(client) ?? []
    for (let index = Y.findIndexSS(structs, before); index < structs.length; index++) {
      const struct = structs[index]
      if (!(struct instanceof Y.Item) || struct.parent !== log) continue
      // A struct may have been merged into an older one: only its tail is new.
      for (const element of elementsOf(struct)) if (element.clock >= before) yield element
    }
  }
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

function* elementsOf(item: Y.Item): Generator<LogElement> {
  if (item.deleted || !item.countable) return
  const values = item.content.getContent()
  const { client, clock } = item.id
  for (let offset = 0; offset < values.length; offset++) {
    yield { value: values[offset], client, clock: clock + offset }
  }
}
