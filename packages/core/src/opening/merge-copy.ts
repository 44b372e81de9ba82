// Brings a copy of this book from elsewhere (a file) into the open one: judged like an update from a peer, applied where it holds something new.
import * as Y from 'yjs'
import { admitUpdate } from '../admission/admit-update.ts'
import { knownBookOfDoc } from '../admission/known-book-of-doc.ts'
import type { MergedCopy } from '../book.ts'
import { fail, type Result, succeed } from '../result.ts'
import { actionsAside } from './actions-aside.ts'
import { findLacking, type LackingAction } from './lacking-actions.ts'
import type { RecoveryParts } from './recovery.ts'

/** Hands actions to the server, all or none. */
type Bring = (actions: readonly LackingAction[]) => Promise<Result<{ brought: number }>>

/** Does what {@link Book.mergeCopy} says. */
export async function mergeCopy(parts: RecoveryParts, bring: Bring, copy: Uint8Array): Promise<Result<MergedCopy>> {
  const { options, now } = parts
  const replica = parts.replica()
  const { doc, projection, status } = replica
  if (status.readOnly) return fail('read-only', 'you may view this book, not change it')
  const admission = admitUpdate(copy, {
    actor: options.author.id,
    // A file may hold what anybody wrote: whose it is, its actions say.
    role: 'owner',
    founding: true,
    known: knownBookOfDoc(doc, { actorOf: () => undefined, largestN: () => projection.log.largestN }),
    now: now(),
  })
  if (admission.decision === 'nothing-new') return succeed({ brought: 0, setAside: 0 })
  if (admission.decision === 'gap')
    return fail('damaged-copy', 'copy: expected a whole book, got one that builds on what is not in it')
  if (admission.decision === 'refuse') return fail('damaged-copy', `copy: ${admission.code}: ${admission.message}`)
  if (options.sync) return mergeIntoShared(parts, bring, copy)
  Y.applyUpdate(doc, copy, { source: 'command', name: 'mergeCopy' })
  await replica.flush()
  return succeed({ brought: admission.actions.length, setAside: 0 })
}

/**
 * A server takes what this author wrote; changes of others it takes only from an owner of a book that has to be founded again (AD7). What it does not
 * take is set aside, so that nothing is lost.
 */
async function mergeIntoShared(
  { options, storage, replica, now, onChange }: RecoveryParts,
  bring: Bring,
  copy: Uint8Array,
): Promise<Result<MergedCopy>> {
  const from = new Y.Doc()
  Y.applyUpdate(from, copy)
  const keptBefore = new Set((await storage().aside.list()).flatMap(({ texts }) => texts ?? []))
  const lacking = findLacking(from, replica().doc).filter(({ text }) => !keptBefore.has(text))
  const own = lacking.filter(({ by }) => by === options.author.id)
  const others = lacking.filter(({ by }) => by !== options.author.id)
  let brought = 0
  let setAside = 0
  for (const actions of [own, others]) {
    if (actions.length === 0) continue
    const answer = await bring(actions)
    if (answer.ok) {
      brought += answer.value.brought
      continue
    }
    setAside += actions.length
    const reason = `from a file: ${answer.error.message}`
    await storage().aside.add([actionsAside(actions, { at: now(), reason, code: null })])
  }
  if (setAside > 0) await onChange()
  return succeed({ brought, setAside })
}
