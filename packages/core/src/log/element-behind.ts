// Tells which action wrote a field: it stands right before the action's text. Loaded by a recovery.
import * as Y from 'yjs'
import { visitWaiting } from './waiting-items.ts'

/** The first element of `log` that `client` wrote behind `clock`; of a field that an action described it is that action's text (LG1). */
export function elementBehind(log: Y.Array<unknown>, client: number, clock: number): unknown {
  const { doc } = log
  if (!doc) return undefined
  const structs = doc.store.clients.get(client) ?? []
  for (let index = Y.findIndexSS(structs, clock) + 1; index < structs.length; index++) {
    const struct = structs[index]
    if (struct instanceof Y.Item && struct.parent === log && struct.countable) return struct.content.getContent()[0]
  }
  let found: unknown
  visitWaiting(doc, (value, by, at) => {
    if (by === client && at > clock) found ??= value
  })
  return found
}
