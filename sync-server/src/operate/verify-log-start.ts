// What `verify` can say where a log begins with a snapshot: the rows before it are chained as ever, and have no bytes to look at.
import * as Y from 'yjs'
import { readActions } from '../storage/logged-actions.ts'
import { type LogStart, SnapshotError, type StoredUpdate } from '../storage/storage.ts'
import { covers } from '../sync/stored-contents.ts'

/** Says that something is wrong: with which update, or with no single one, and what. */
export type Find = (seq: number | null, problem: string) => void

/** The start of a log in the document; of one that has all its bytes nothing, and then everything here is harmless. */
export interface OpenLogStart {
  /** Updates up to this one may be without bytes. */
  readonly trimmedTo: number
  /** Without it nothing that follows can be put into the document. */
  readonly isReadable: boolean
  noteTrimmed(actor: string): void
  /** Whether it has what an update brought that it stands for and that still has its bytes. */
  holds(row: StoredUpdate): boolean
  /** Adds who wrote under the client ids of updates without bytes: those whose actions are there, and who sent them. */
  addAuthors(authors: Map<number, Set<string>>): void
}

export async function openLogStart(start: LogStart | null, doc: Y.Doc, find: Find): Promise<OpenLogStart> {
  const trimmedTo = start?.trimmedTo ?? 0
  const senders = new Set<string>()
  const known = new Map<number, Set<string>>()
  const isReadable = start === null || (await read(start, doc, known, find))
  const clocks = Y.decodeStateVector(Y.encodeStateVector(doc))
  return {
    trimmedTo,
    isReadable,
    noteTrimmed: (actor) => void senders.add(actor),
    holds: ({ seq, bytes }) => seq > (start?.snapshot.seq ?? 0) || covers(clocks, clocksOf(bytes)),
    addAuthors(authors) {
      for (const [client, actors] of known)
        authors.set(client, new Set([...(authors.get(client) ?? []), ...actors, ...senders]))
    },
  }
}

async function read(
  { trimmedTo, snapshot }: LogStart,
  doc: Y.Doc,
  known: Map<number, Set<string>>,
  find: Find,
): Promise<boolean> {
  try {
    const update = Buffer.concat(await snapshot.read())
    for (const struct of Y.decodeUpdate(update).structs) {
      const actors = known.get(struct.id.client) ?? new Set()
      known.set(struct.id.client, actors)
      if (struct instanceof Y.Item) for (const { by } of readActions(struct.content.getContent())) actors.add(by)
    }
    Y.applyUpdate(doc, update)
    return true
  } catch (error) {
    const reason = error instanceof SnapshotError ? 'is not what was stored' : 'cannot be read'
    find(trimmedTo, `what stands for the updates up to it, which have no bytes any more, ${reason}`)
    return false
  }
}

/** None where the update cannot be read, which is said elsewhere. */
function clocksOf(update: Uint8Array): ReadonlyMap<number, number> {
  try {
    return Y.parseUpdateMeta(update).to
  } catch {
    return new Map()
  }
}
