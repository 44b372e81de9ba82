// An open book: judges updates, and stores what a turn brought. No document is in memory: an outline decides what is nothing new, an index, while
// somebody writes, the rest, and stored bytes answer whoever syncs. Only its room's queue may call it.
import {
  admitUpdate,
  type Admission,
  type BookIndex,
  createBookIndex,
  createDeletedRanges,
  type FreshStruct,
  type KnownBook,
  outlineStored,
  takeStored,
} from '@tierbook/core/admission'
import type { Role } from '@tierbook/core/protocol'
import * as Y from 'yjs'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics.ts'
import { type BookRecord, ConflictError, type LoadedBook, type ServerStorage } from '../storage/storage.ts'
import type { Pieces } from './book-work.ts'
import { type Arrival, readArrivals, stillStands, writersOf } from './arrivals.ts'
import { changedBytes } from './changed-bytes.ts'
import type { Committer } from './committer.ts'
import { knownBookOfOutline, NeedsIndex } from './outlined-book.ts'
import { createRepeats } from './repeats.ts'
import { type Asker, openStoredContents } from './stored-contents.ts'
import type { Turn } from './turn.ts'
import type { BookWorker } from './worker.ts'

/** Who sends an update. */
export interface Author {
  readonly actor: string
  readonly device: string
  readonly role: Role
}

/** A book of a room. What is read of it for others must be read after {@link store}. */
export interface OpenBook {
  /** What is stored of it. */
  readonly position: { readonly generation: number; readonly seq: number; readonly head: Uint8Array }
  /** Whether the index is in memory. */
  readonly hasIndex: boolean
  /** Makes the index; rejects where the store cannot give the book whole. */
  makeIndex(): Promise<void>
  /** Gives the index's memory back. */
  release(): Promise<void>
  /** The state vector of all that is stored. */
  stateVector(): Uint8Array
  /** Gives the memory back of what was kept for others who ask or send the same. */
  forgetRepeats(): void
  /** Messages, each in consecutive pieces, with all that somebody with this state vector lacks; the last one says that it was all. `unpacks`: see {@link Asker}. */
  answer(stateVector: Uint8Array, options: Pick<Asker, 'unpacks'>): Promise<readonly Pieces[]>
  /** Judges an update; an accepted one is taken into the index and put into the turn. */
  take(turn: Turn, author: Author, update: Uint8Array): Taken | NotTaken
  /** Whether the author may write under a client id; the first who asks owns it from then on (AD3). */
  claim(turn: Turn, author: Author, client: number): boolean
  /** Whose a client id is, as far as this server knows. */
  ownerOf(client: number): string | undefined
  /**
   * Resolves with `stored` when the turn is on disk. With `judge-again` nothing of it is, since what others stored meanwhile may change what was
   * decided; then, and where it rejects, the book must be thrown away: its index is ahead of the store.
   */
  store(turn: Turn): Promise<'stored' | 'judge-again'>
  /** Takes in what other servers stored. Rejects where the store is not the one that this book was read from. */
  catchUp(turn?: Turn): Promise<void>
  /** What came from other servers since it was asked for last, in the order of the chain. */
  takeArrivals(): readonly Arrival[]
  /** Makes the next opening fast; a failure is logged and harmless. */
  saveSnapshot(): Promise<void>
  /** The same beside the queue, where much was written: nobody writes for the moment, or, with `busy`, nobody stopped for long. */
  tidy(options: { busy: boolean }): void
  close(): void
}

/** What was decided, and what an accepted update changed. */
export type Taken =
  | (Extract<Admission, { decision: 'accept' }> & { readonly changed: Uint8Array })
  | Exclude<Admission, { decision: 'accept' }>

/** Nothing was done: the index must be in memory first, or another server may know more. */
export type NotTaken = 'needs-index' | 'needs-latest'

/** A snapshot is due after this many updates: reading this many takes a few milliseconds. */
const updatesPerSnapshot = 500
/** So it is after this many bytes, however few updates brought them. */
const bytesPerSnapshot = 1_048_576
/** While somebody writes, a snapshot waits until so many times as much lies behind it: making one costs what the whole book costs. */
const patience = 4
/** In a stream without a pause it waits twice as long, since reading what lies behind it delays who writes. */
const busyPatience = 8
/** Rejects where the store does not have the book. */
export async function openBook(request: {
  book: string
  storage: ServerStorage
  committer: Committer
  worker: BookWorker
  metrics: Metrics
  logger: Logger
  now: () => number
}): Promise<OpenBook> {
  const { book, storage, committer, worker, metrics, logger, now } = request
  const load = async () => {
    const found = await storage.load(book)
    if (!found) throw new Error(`book ${book} is not in the store`)
    return found
  }
  const openContents = (found: LoadedBook) =>
    openStoredContents(found, {
      storage,
      worker,
      onDamaged: (seq) => logger.warn({ book, seq }, 'a snapshot could not be read; reading every update instead'),
    })
  const loaded = await load()
  const bindings = new Map(loaded.bindings)
  const { generation } = loaded.record
  let { seq, head, firstWriter, isShared, largestN } = loaded.record
  const contents = await openContents(loaded)
  let index: BookIndex | null = null
  let known: KnownBook | null = knownBookOfOutline(contents.outline)
  let compacting: Promise<void> | null = null
  /** Where it was tried last: what fails, or comes behind another server's, is not tried again with each edit. */
  let compactedAt = Number.NEGATIVE_INFINITY
  const repeats = createRepeats()
  let arrivals: Arrival[] = []

  const bind = (turn: Turn, client: number, actor: string) => {
    bindings.set(client, actor)
    turn.bindings.set(client, actor)
  }
  /** Nobody but this owner has written to the book: its history may still be coming, in several frames (AD7). */
  const isFounding = (turn: Turn, { actor, role }: Author) =>
    role === 'owner' &&
    !isShared &&
    (firstWriter ?? actor) === actor &&
    [...turn.writers].every((writer) => writer === actor)

  async function makeIndex(): Promise<void> {
    if (index) return
    const end = metrics.loads.startTimer()
    // What others stored meanwhile is in the outline then, and is told.
    await catchUp()
    const { clocks, deletes, state } = await worker.index(await contents.read())
    contents.outline = { clocks, deleted: createDeletedRanges(deletes) }
    index = createBookIndex({
      ...contents.outline,
      state,
      actorOf: (client) => bindings.get(client),
      largestN: () => largestN,
    })
    known = index
    end()
  }
  /** Follows the store to a later position; whoever calls sees to it that the index or the outline does too. */
  async function moveTo(record: BookRecord, wanted: Iterable<number> = []): Promise<readonly Arrival[]> {
    if (record.generation !== generation || record.seq < seq)
      throw new Error(`book ${book} is another one in the store: it was restored, or lost what was stored`)
    const arrived = await readArrivals(storage, book, { after: seq, to: record.seq })
    const clients = [...new Set([...writersOf(arrived), ...wanted])]
    const bound = clients.length > 0 ? await storage.bindingsOf(book, clients) : []
    for (const [client, actor] of bound) bindings.set(client, actor)
    ;({ seq, head } = record)
    firstWriter = record.firstWriter
    isShared ||= record.isShared
    largestN = Math.max(largestN, record.largestN)
    contents.grow(arrived)
    arrivals.push(...arrived)
    return arrived
  }
  async function catchUp(turn?: Turn, wanted: Iterable<number> = []): Promise<readonly Arrival[]> {
    const record = await storage.book(book)
    if (!record) throw new Error(`book ${book} is not in the store`)
    const arrived = await moveTo(record, wanted)
    if (turn) turn.isCurrent = true
    if (arrived.length === 0) return arrived
    repeats.forgetAnswers()
    for (const { bytes } of arrived) {
      if (index) takeStored(index, bytes)
      else outlineStored(contents.outline, bytes)
    }
    return arrived
  }
  /** After a lost race: whether the turn may be stored behind what was first. */
  async function standsBehindOthers(turn: Turn): Promise<boolean> {
    const wanted = [...turn.bindings.keys()]
    const taken = await storage.bindingsOf(book, wanted)
    for (const client of wanted) {
      const actor = taken.get(client)
      if (actor !== undefined && actor !== turn.bindings.get(client)) return false
      if (actor !== undefined) turn.bindings.delete(client)
    }
    return stillStands(turn, await catchUp(turn))
  }
  const isDue = (times: number) => {
    const { updates, bytes } = contents.tail
    return updates >= updatesPerSnapshot * times || bytes >= bytesPerSnapshot * times
  }
  /** Beside whatever the queue does: it reads what is stored already, and stores a cache. */
  function compact(): Promise<void> {
    compactedAt = seq
    compacting ??= contents
      .compact()
      .catch((error: unknown) => logger.warn({ book, err: error }, 'a snapshot could not be stored'))
      .finally(() => (compacting = null))
    return compacting
  }
  async function saveSnapshot(): Promise<void> {
    await compacting
    if (isDue(1)) await compact()
  }

  return {
    get position() {
      return { generation, seq, head }
    },
    get hasIndex() {
      return index !== null
    },
    makeIndex,
    async release() {
      await saveSnapshot()
      index = null
      known = knownBookOfOutline(contents.outline)
    },
    stateVector: () => Y.encodeStateVector(contents.outline.clocks),
    forgetRepeats: () => repeats.forget(),
    answer: (stateVector, { unpacks }) =>
      repeats.answer({ stateVector, unpacks }, () =>
        contents.answer({ clocks: Y.decodeStateVector(stateVector), unpacks }),
      ),
    take(turn, author, update) {
      if (!known) throw new Error(`book ${book} is closed`)
      if (repeats.isNothingNew(update)) return { decision: 'nothing-new' }
      const { actor, role, device } = author
      const receivedAt = now()
      const context = { actor, role, founding: isFounding(turn, author), known, now: receivedAt }
      const admission = admitUnlessUnknown(update, context)
      if (admission === null) return 'needs-index'
      const mayBeBehind = admission.decision === 'gap' || admission.decision === 'refuse'
      if (mayBeBehind && !turn.isCurrent) return 'needs-latest'
      if (admission.decision === 'nothing-new') repeats.noteNothingNew(update)
      if (admission.decision !== 'accept') return admission
      if (!index) return 'needs-index'
      const before = admission.isAllNew ? nothingKnown : new Map(contents.outline.clocks)
      const deletes = index.take(admission.changes, valueOf)
      const changed = changedBytes(update, admission, deletes, before)
      turn.updates.push({ bytes: changed, actor, device, receivedAt, actions: admission.actions })
      turn.writers.add(actor)
      turn.isFounding ||= context.founding
      for (const [client, owner] of admission.bindings) bind(turn, client, owner)
      largestN = admission.largestN
      return { ...admission, changed }
    },
    claim(turn, { actor, role }, client) {
      const bound = bindings.get(client)
      if (bound === undefined && role !== 'viewer') bind(turn, client, actor)
      return bound === undefined || bound === actor
    },
    ownerOf: (client) => bindings.get(client),
    async store(turn) {
      const { updates, bindings: newBindings } = turn
      if (turn.mustBeJudgedAgain) return 'judge-again'
      if (updates.length > 0) repeats.forgetAnswers()
      for (let isStored = false; !isStored && (updates.length > 0 || newBindings.size > 0);) {
        try {
          head = await committer.commit({ book, expectedSeq: seq, updates, bindings: newBindings, largestN })
          isStored = true
        } catch (error) {
          if (!(error instanceof ConflictError)) throw error
          if (!(await standsBehindOthers(turn))) return 'judge-again'
        }
      }
      seq += updates.length
      contents.grow(updates)
      firstWriter ??= updates[0]?.actor ?? null
      isShared ||= updates.some(({ actor }) => actor !== firstWriter)
      return 'stored'
    },
    async catchUp(turn) {
      const arrived = await catchUp(turn)
      if (turn && !stillStands(turn, arrived)) turn.mustBeJudgedAgain = true
    },
    takeArrivals() {
      const taken = arrivals
      arrivals = []
      return taken
    },
    saveSnapshot,
    tidy({ busy }) {
      if (isDue(busy ? busyPatience : patience) && seq - compactedAt >= updatesPerSnapshot) void compact()
    },
    close() {
      index = known = null
      repeats.forget()
    },
  }
}

const nothingKnown: ReadonlyMap<number, number> = new Map()

function valueOf({ struct }: FreshStruct, clock: number): unknown {
  return struct.values[clock - struct.clock]
}

/** Null where an outline cannot decide. */
function admitUnlessUnknown(update: Uint8Array, context: Parameters<typeof admitUpdate>[1]): Admission | null {
  try {
    return admitUpdate(update, context)
  } catch (error) {
    if (error instanceof NeedsIndex) return null
    throw error
  }
}
