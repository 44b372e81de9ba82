// An open book: judges updates, and stores what a turn brought. Its document is in memory only while somebody writes; until then an outline
// of it decides what is nothing new, and stored bytes answer whoever syncs. Only its room's queue may call it.
import { admitUpdate, type Admission, knownBookOfDoc } from '@tierbook/core/admission'
import type { Role } from '@tierbook/core/protocol'
import * as Y from 'yjs'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics.ts'
import { type BookRecord, ConflictError, type ServerStorage, SnapshotError } from '../storage/storage.ts'
import { apply, applyAlone, changesOf } from './apply-update.ts'
import { type Arrival, readArrivals, stillStands, writersOf } from './arrivals.ts'
import { knownBookOfOutline, NeedsDocument } from './book-outline.ts'
import type { Committer } from './committer.ts'
import { loadBook } from './load-book.ts'
import { writeSyncStep2 } from './messages.ts'
import { openStoredContents, type StoredContents } from './stored-answer.ts'
import type { Turn } from './turn.ts'

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
  /** Whether the document is in memory. */
  readonly isResident: boolean
  /** Brings the document into memory; rejects where the store cannot give it whole. */
  makeResident(): Promise<void>
  /** Gives the document's memory back, unless the store lacks what it takes to do without. */
  release(): Promise<void>
  /** The state vector of all that is stored. */
  stateVector(): Uint8Array
  /** Whether {@link answer} can be given as the book is now, or needs the document first. */
  canAnswer(stateVector: Uint8Array): boolean
  /** Gives the memory of answers back that were kept for others who ask the same. */
  forgetAnswers(): void
  /** Frames with all that somebody with this state vector lacks; the last one says that it was all. */
  answer(stateVector: Uint8Array): Promise<readonly Uint8Array[]>
  /**
   * Takes what `takeAll` takes in one transaction of the document, which costs a third of one for each: gives what it changed, null where that
   * is nothing. An update that is not all new is not taken meanwhile.
   */
  together(takeAll: () => void): Uint8Array | null
  /** Judges an update; an accepted one is applied and put into the turn. */
  take(turn: Turn, author: Author, update: Uint8Array): Taken | NotTaken
  /** Whether the author may write under a client id; the first who asks owns it from then on (AD3). */
  claim(turn: Turn, author: Author, client: number): boolean
  /** Whose a client id is, as far as this server knows. */
  ownerOf(client: number): string | undefined
  /**
   * Resolves with `stored` when the turn is on disk. With `judge-again` nothing of it is, since what others stored meanwhile may change what was
   * decided; then, and where it rejects, the book must be thrown away: its document is ahead of the store.
   */
  store(turn: Turn): Promise<'stored' | 'judge-again'>
  /** Takes in what other servers stored. Rejects where the store is not the one that this book was read from. */
  catchUp(turn?: Turn): Promise<void>
  /** What came from other servers since it was asked for last, in the order of the chain. */
  takeArrivals(): readonly Arrival[]
  /** Makes the next opening fast; a failure is logged and harmless. */
  saveSnapshot(): Promise<void>
  close(): void
}

/** What was decided, and what an accepted update changed; null where that is part of what was taken {@link OpenBook.together}. */
export type Taken = Admission & { readonly changed: Uint8Array | null }

/** Nothing was done: the document must be in memory first, the update is to be taken by itself, or another server may know more. */
export type NotTaken = 'needs-document' | 'needs-own-transaction' | 'needs-latest'

/** A snapshot is due after this many updates: applying this many takes a few milliseconds. */
const updatesPerSnapshot = 500
/** So it is after this many bytes, however few updates brought them: reading a book's outline off them takes ten times their memory. */
const bytesPerSnapshot = 1_048_576
/** Devices that come back together ask with few different state vectors; each answer is made once for all of them. */
const keptAnswers = 8

/** Rejects where the store does not have the book. */
export async function openBook(request: {
  book: string
  storage: ServerStorage
  committer: Committer
  metrics: Metrics
  logger: Logger
  now: () => number
}): Promise<OpenBook> {
  const { book, storage, committer, metrics, logger, now } = request
  const loaded = await storage.load(book)
  if (!loaded) throw new Error(`book ${book} is not in the store`)
  const bindings = new Map(loaded.bindings)
  const { generation } = loaded.record
  let { seq, head, firstWriter, isShared, largestN } = loaded.record
  let sinceSnapshot = seq - (loaded.snapshot?.seq ?? 0)
  let bytesSinceSnapshot = 0
  let hasOutline = loaded.snapshot === null || loaded.snapshot.outline !== null
  let doc: Y.Doc | null = null
  let contents: StoredContents | null = await openStoredContents(storage, loaded)
  const answers = new Map<string, readonly Uint8Array[]>()
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
  const knownOf = (resident: Y.Doc) =>
    knownBookOfDoc(resident, { actorOf: (client) => bindings.get(client), largestN: () => largestN })
  let known = contents && knownBookOfOutline(contents.outline)
  let isTogether = false

  async function makeResident(): Promise<void> {
    if (doc) return
    const end = metrics.loads.startTimer()
    const loading = new Y.Doc()
    const loaded = await loadBook({ storage, book, doc: loading, logger })
    if (!loaded) throw new Error(`book ${book} is not in the store`)
    await moveTo(loaded.record)
    doc = loading
    known = knownOf(doc)
    contents = null
    answers.clear()
    end()
  }
  /** Follows the store to a later position; whoever calls sees to it that the document or the outline does too. */
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
    sinceSnapshot += arrived.length
    for (const { bytes } of arrived) bytesSinceSnapshot += bytes.length
    arrivals.push(...arrived)
    return arrived
  }
  async function catchUp(turn?: Turn, wanted: Iterable<number> = []): Promise<readonly Arrival[]> {
    const record = await storage.book(book)
    if (!record) throw new Error(`book ${book} is not in the store`)
    const arrived = await moveTo(record, wanted)
    if (turn) turn.isCurrent = true
    if (arrived.length === 0) return arrived
    answers.clear()
    doc?.transact(() => {
      for (const { bytes } of arrived) Y.applyUpdate(doc as Y.Doc, bytes)
    })
    if (doc?.store.pendingStructs || doc?.store.pendingDs) throw new Error(`what arrived of book ${book} has a gap`)
    for (const { bytes } of doc ? [] : arrived) contents?.outline.add(bytes)
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
  const makeAnswer = async (stateVector: Uint8Array): Promise<readonly Uint8Array[]> => {
    try {
      if (!doc && contents) return await contents.answer(Y.decodeStateVector(stateVector))
    } catch (error) {
      // The updates are still there: they make the document, and that the answer.
      if (!(error instanceof SnapshotError)) throw error
      await makeResident()
    }
    if (!doc) throw new Error(`book ${book} is closed`)
    return [writeSyncStep2(Y.encodeStateAsUpdate(doc, stateVector))]
  }
  async function saveSnapshot(): Promise<void> {
    const isDue = sinceSnapshot >= updatesPerSnapshot || bytesSinceSnapshot >= bytesPerSnapshot || !hasOutline
    if (!doc || !isDue) return
    try {
      const stateVector = Y.encodeStateVector(doc)
      const outline = { stateVector, deletes: Y.encodeStateAsUpdate(doc, stateVector) }
      await storage.saveSnapshot({ book, seq, bytes: Y.encodeStateAsUpdate(doc), outline })
      sinceSnapshot = 0
      bytesSinceSnapshot = 0
      hasOutline = true
    } catch (error) {
      logger.warn({ book, err: error }, 'a snapshot could not be stored')
    }
  }

  return {
    get position() {
      return { generation, seq, head }
    },
    get isResident() {
      return doc !== null
    },
    makeResident,
    async release() {
      await saveSnapshot()
      const stored = await storage.load(book)
      const read = stored && (await openStoredContents(storage, stored))
      if (!stored || !read) return
      await moveTo(stored.record)
      contents = read
      known = knownBookOfOutline(contents.outline)
      answers.clear()
      doc?.destroy()
      doc = null
    },
    stateVector() {
      if (doc) return Y.encodeStateVector(doc)
      return Y.encodeStateVector(contents?.outline.clocks as Map<number, number>)
    },
    canAnswer(stateVector) {
      return doc !== null || (contents?.canAnswer(Y.decodeStateVector(stateVector)) ?? false)
    },
    forgetAnswers: () => answers.clear(),
    async answer(stateVector) {
      const key = Buffer.from(stateVector).toString('latin1')
      const made = answers.get(key) ?? (await makeAnswer(stateVector))
      if (answers.size < keptAnswers) answers.set(key, made)
      return made
    },
    together(takeAll) {
      const resident = doc
      if (!resident) {
        takeAll()
        return null
      }
      isTogether = true
      try {
        return changesOf(resident, () => {
          resident.transact(takeAll)
        })
      } finally {
        isTogether = false
      }
    },
    take(turn, author, update) {
      if (!known) return 'needs-document'
      const { actor, role, device } = author
      const receivedAt = now()
      const context = { actor, role, founding: isFounding(turn, author), known, now: receivedAt }
      const admission = admitUnlessUnknown(update, context)
      if (admission === null) return 'needs-document'
      const mayBeBehind = admission.decision === 'gap' || admission.decision === 'refuse'
      if (mayBeBehind && !turn.isCurrent) return 'needs-latest'
      if (admission.decision !== 'accept') return { ...admission, changed: null }
      if (!doc) return 'needs-document'
      if (isTogether && !admission.isAllNew) return 'needs-own-transaction'
      const changed = isTogether ? null : applyAlone(doc, update)
      if (isTogether) apply(doc, update)
      turn.updates.push({ bytes: changed ?? update, actor, device, receivedAt, actions: admission.actions })
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
      if (updates.length > 0) answers.clear()
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
      sinceSnapshot += updates.length
      for (const { bytes } of updates) bytesSinceSnapshot += bytes.length
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
    close() {
      doc?.destroy()
      doc = null
      contents = known = null
      answers.clear()
    },
  }
}

/** Null where an outline cannot decide. */
function admitUnlessUnknown(update: Uint8Array, context: Parameters<typeof admitUpdate>[1]): Admission | null {
  try {
    return admitUpdate(update, context)
  } catch (error) {
    if (error instanceof NeedsDocument) return null
    throw error
  }
}
