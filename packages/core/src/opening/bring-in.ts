// Brings actions into a book for somebody else: those that were set aside, each as its author made it (AD7).
import * as Y from 'yjs'
import { fail, type Result, succeed } from '../result.ts'
import { actionsOf, writtenAside } from './actions-aside.ts'
import { type LackingAction, lackingOf, writeAgain } from './lacking-actions.ts'
import type { OpenBookOptions } from './open-book.ts'
import type { RecoveryParts } from './recovery.ts'
import { openServerBook } from './server-book.ts'

/** See `Book.bringIn`. */
export async function bringIn(parts: RecoveryParts, id: string): Promise<Result<{ brought: number }>> {
  const item = (await parts.storage().aside.list()).find((each) => each.id === id && each.kind === 'actions')
  if (!item)
    return fail(
      'unknown-set-aside',
      `setAside: expected the id of actions that were set aside, got ${JSON.stringify(id)}`,
    )
  // What their author brought meanwhile is there, and what was changed again since stays as it is.
  const lacking = lackingOf(actionsOf(item), parts.replica().doc, writtenAside(item))
  const brought = await bring(parts, lacking)
  if (!brought.ok) return brought
  await parts.storage().aside.remove([id])
  await parts.onChange()
  return brought
}

/** Brings actions in, through the server where there is one. */
export async function bring(
  parts: RecoveryParts,
  actions: readonly LackingAction[],
): Promise<Result<{ brought: number }>> {
  const replica = parts.replica()
  if (replica.status.readOnly) return fail('read-only', 'you may view this book, not change it')
  if (actions.length === 0) return succeed({ brought: 0 })
  if (parts.options.sync) {
    const answer = await offer(parts, actions)
    if (!answer.ok) return answer
  } else replica.doc.transact(() => writeByAuthor(replica.doc, actions), { source: 'command', name: 'bringIn' })
  return succeed({ brought: actions.length })
}

/** On a connection of its own: where the server does not take them, this book has nothing that it would refuse. */
async function offer(parts: RecoveryParts, actions: readonly LackingAction[]): Promise<Result<null>> {
  if (parts.replica().status.sync !== 'online') return fail('offline', 'the server cannot be reached now')
  const { options } = parts
  const beside = openServerBook({ book: options.id, sync: options.sync as NonNullable<OpenBookOptions['sync']> })
  try {
    const final = (await beside.loaded) ?? (await beside.deliver((doc) => writeByAuthor(doc, actions)))
    return final ? fail('not-admitted', `the server does not take them: ${final.reason}`) : succeed(null)
  } finally {
    await beside.close()
  }
}

/** AD7: each Yjs client id is bound to one author, so actions of several go under several. */
function writeByAuthor(doc: Y.Doc, actions: readonly LackingAction[]): void {
  const ours = doc.clientID
  for (const by of new Set(actions.map((action) => action.by))) {
    doc.clientID = new Y.Doc().clientID
    writeAgain(
      doc,
      actions.filter((action) => action.by === by),
    )
  }
  doc.clientID = ours
}
