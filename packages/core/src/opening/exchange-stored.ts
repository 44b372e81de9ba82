// Exchanging the stored document in a recovery (SY3): the one that was refused is kept whole, the server's takes its place.
import * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import type { StorageHandle } from '../storage/storage.ts'
import type { FinalWord } from '../sync/sync.ts'
import { markNames } from './durability.ts'
import { codeOf } from './hand-over.ts'
import type { RecoveryParts } from './recovery.ts'

/** The whole document as a file; one that an earlier try left and this one contains is let go. */
export async function keepReplica(parts: RecoveryParts, word: FinalWord): Promise<void> {
  const { aside } = parts.storage()
  const { doc } = parts.replica()
  const clocks = Y.decodeStateVector(Y.encodeStateVector(doc))
  const contained = (await aside.list()).filter(
    ({ kind, bytes }) =>
      kind === 'replica' &&
      bytes &&
      [...Y.parseUpdateMeta(bytes).to].every(([client, clock]) => clock <= (clocks.get(client) ?? 0)),
  )
  const bytes = Y.encodeStateAsUpdate(doc)
  await aside.add([
    { id: createId(), kind: 'replica', at: parts.now(), reason: word.reason, code: codeOf(word), bytes },
  ])
  await aside.remove(contained.map(({ id }) => id))
  await parts.onChange()
}

/** Everything in `doc` is on the server's disk: that is where it came from, or who acknowledged it. */
export async function putInPlace(
  storage: StorageHandle,
  { doc, taken }: { doc: Y.Doc; taken: readonly string[] },
): Promise<void> {
  await storage.marks.delete(markNames.projection)
  await storage.marks.delete(markNames.head)
  await storage.replace(doc, taken)
  await storage.marks.set(markNames.durable, [...Y.decodeStateVector(Y.encodeStateVector(doc))])
}
