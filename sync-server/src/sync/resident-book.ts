// A book in memory: judges updates, applies them, and stores what a turn brought. Only its room's queue may call it.
import { admitUpdate, type Admission, knownBookOfDoc } from '@tierbook/core/admission'
import type { Role } from '@tierbook/core/protocol'
import * as Y from 'yjs'
import type { Logger } from '../logger.ts'
import type { ServerStorage } from '../storage/storage.ts'
import type { Committer } from './committer.ts'
import { loadBook } from './load-book.ts'
import type { Turn } from './turn.ts'

/** Who sends an update. */
export interface Author {
  readonly actor: string
  readonly device: string
  readonly role: Role
}

/** A loaded book. */
export interface ResidentBook {
  /** May be ahead of the store within a turn: read it for others only after {@link store}. */
  readonly doc: Y.Doc
  /** What is stored of it. */
  readonly position: { readonly generation: number; readonly seq: number; readonly head: Uint8Array }
  /** Judges an update; an accepted one is applied and put into the turn, and `changed` is what it brought. */
  take(turn: Turn, author: Author, update: Uint8Array): Admission & { readonly changed: Uint8Array | null }
  /** Whether the author may write under a client id; the first who asks owns it from then on (AD3). */
  claim(turn: Turn, author: Author, client: number): boolean
  /** Resolves when the turn is on disk; rejects with nothing of it stored, and then the book must be thrown away. */
  store(turn: Turn): Promise<void>
  /** Makes the next opening fast; a failure is logged and harmless. */
  saveSnapshot(): Promise<void>
}

/** A snapshot is due after this many updates: applying this many takes a few milliseconds. */
const updatesPerSnapshot = 500

/** Loads the book; rejects where the store cannot give it whole. */
export async function openResidentBook(request: {
  book: string
  storage: ServerStorage
  committer: Committer
  logger: Logger
  now: () => number
}): Promise<ResidentBook> {
  const { book, storage, committer, logger, now } = request
  const doc = new Y.Doc()
  const loaded = await loadBook({ storage, book, doc, logger })
  if (!loaded) throw new Error(`book ${book} is not in the store`)
  const bindings = new Map(loaded.bindings)
  const { generation } = loaded.record
  let { seq, head, firstWriter, isShared, largestN } = loaded.record
  let { sinceSnapshot } = loaded
  const known = knownBookOfDoc(doc, { actorOf: (client) => bindings.get(client), largestN: () => largestN })

  const bind = (turn: Turn, client: number, actor: string) => {
    bindings.set(client, actor)
    turn.bindings.set(client, actor)
  }
  /** Nobody but this owner has written to the book: its history may still be coming, in several frames (AD7). */
  const isFounding = (turn: Turn, { actor, role }: Author) =>
    role === 'owner' &&
    !isShared &&
    [firstWriter, ...turn.updates.map((update) => update.actor)].every((writer) => writer === null || writer === actor)

  return {
    doc,
    get position() {
      return { generation, seq, head }
    },
    take(turn, author, update) {
      const { actor, role, device } = author
      const receivedAt = now()
      const admission = admitUpdate(update, { actor, role, founding: isFounding(turn, author), known, now: receivedAt })
      if (admission.decision !== 'accept') return { ...admission, changed: null }
      const changed = apply(doc, update)
      turn.updates.push({ bytes: changed, actor, device, receivedAt, actions: admission.actions })
      for (const [client, owner] of admission.bindings) bind(turn, client, owner)
      largestN = admission.largestN
      return { ...admission, changed }
    },
    claim(turn, { actor, role }, client) {
      const bound = bindings.get(client)
      if (bound === undefined && role !== 'viewer') bind(turn, client, actor)
      return bound === undefined || bound === actor
    },
    async store({ updates, bindings: newBindings }) {
      if (updates.length === 0 && newBindings.size === 0) return
      head = await committer.commit({ book, expectedSeq: seq, updates, bindings: newBindings, largestN })
      seq += updates.length
      sinceSnapshot += updates.length
      firstWriter ??= updates[0]?.actor ?? null
      isShared ||= updates.some(({ actor }) => actor !== firstWriter)
    },
    async saveSnapshot() {
      if (sinceSnapshot < updatesPerSnapshot) return
      try {
        await storage.saveSnapshot({ book, seq, bytes: Y.encodeStateAsUpdate(doc) })
        sinceSnapshot = 0
      } catch (error) {
        logger.warn({ book, err: error }, 'a snapshot could not be stored')
      }
    },
  }
}

/** Applies an admitted update and gives what it changed: without the known structs and the whole delete set that came with it. */
function apply(doc: Y.Doc, update: Uint8Array): Uint8Array {
  const changes: Uint8Array[] = []
  const keep = (bytes: Uint8Array) => void changes.push(bytes)
  doc.on('update', keep)
  try {
    Y.applyUpdate(doc, update)
  } finally {
    doc.off('update', keep)
  }
  const changed = changes[0]
  if (changed === undefined || changes.length > 1 || doc.store.pendingStructs || doc.store.pendingDs) {
    throw new Error('an admitted update did not apply whole')
  }
  return changed
}
