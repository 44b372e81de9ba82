// One open book: a queue that loads it, takes messages in turns, stores each turn, and only then tells anybody (SY1).
// Why it applies before it stores: docs/decisions/0010-apply-then-store-then-tell.md.
import { cannotStore, closeCode, encodeDurable, retryReason } from '@tierbook/core/protocol'
import type { SignHead } from '../identity/sign-head.ts'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics.ts'
import type { NewUpdate, ServerStorage } from '../storage/storage.ts'
import { type Arrival, readArrivals } from './arrivals.ts'
import { createCadence } from './cadence.ts'
import type { Committer } from './committer.ts'
import type { Connection } from './connection.ts'
import { createMembers } from './members.ts'
import { type ActorState, createPresence, type Elsewhere } from './presence.ts'
import type { PresenceOutbox } from './presence-outbox.ts'
import { writeAwareness } from './messages.ts'
import type { Offenders } from './offenders.ts'
import { openBook, type OpenBook } from './open-book.ts'
import { writeNewReceipts } from './receipts.ts'
import { type Message, takeMessages } from './take-messages.ts'
import { tellNews } from './tell-news.ts'
import { createTurn, type News, type Turn } from './turn.ts'
import type { BookWorker } from './worker.ts'

/** An open book. */
export interface Room {
  join(connection: Connection): void
  leave(connection: Connection): void
  /** `release` is called when the frame is no longer held. */
  receive(connection: Connection, frame: Uint8Array, release: () => void): void
  /** Somebody says that the store has `seq` updates: where this is news, they are read and told. */
  moved(seq: number): void
  /** What this server's devices show of themselves. */
  ownPresence(): readonly ActorState[]
  /** What another server's devices show. */
  hearPresence(from: Elsewhere, states: readonly ActorState[]): void
  /** What was heard from other servers, as far as it is over. */
  dropPresence(isOver: (from: Elsewhere) => boolean): void
  /** Gives the memory back now, not after a while, unless somebody came meanwhile. */
  unloadIfEmpty(): void
  /** Updates that were taken from a socket and are not on disk. */
  readonly unstored: number
  /** Stores what came in and gives the memory back; connections are closed by whoever closes. */
  close(): Promise<void>
}

export interface RoomOptions {
  readonly book: string
  readonly storage: ServerStorage
  readonly committer: Committer
  readonly worker: BookWorker
  readonly signHead: SignHead
  readonly offenders: Offenders
  /** To other servers; null where there are none. */
  readonly outbox: PresenceOutbox | null
  /** How long the book stays open after its last device left, in ms. */
  readonly idleMs: number
  /** How long the index stays in memory after the last edit, in ms. */
  readonly idleIndexMs: number
  readonly metrics: Metrics
  readonly logger: Logger
  readonly now: () => number
  /** The last device left, and nothing is under way: it is kept for those that come back at once. */
  readonly onEmpty: () => void
  /** The room is empty, or failed: it must not be used any more. Called once. */
  readonly onGone: () => void
}

interface Received extends Message {
  readonly release: () => void
}

/** A server's devices come back within seconds of each other. */
const forgetRepeatsMs = 2_000

/** Most messages in one turn: bounds how long other books wait and how large a transaction gets. */
const maxMessagesPerTurn = 256

export function openRoom(options: RoomOptions): Room {
  const { book, logger } = options
  const members = createMembers(options)
  const presence = createPresence<Connection>()
  const cadence = createCadence()
  const inbox: Received[] = []
  let open: OpenBook | null = null
  let unstored = 0
  let running: Promise<void> | null = null
  let idleTimer: NodeJS.Timeout | undefined
  let restTimer: NodeJS.Timeout | undefined
  let isGone = false
  let isClosing = false
  let isStale = false

  /** Only one thing at a time, and nothing else ever touches the document. */
  const queue = (task: () => Promise<void>) => {
    clearTimeout(idleTimer)
    // `finally` runs later even where the task had nothing to wait for, so the place is taken before it is given back.
    running ??= task()
      .catch(drop)
      .finally(() => {
        running = null
        if (isGone) return
        if (inbox.length > 0 || isStale) wake()
        else if (!isClosing) rest()
      })
  }
  /** Nothing to do for now: first what was kept for others who ask or send the same is forgotten, then the index, then the book. */
  const rest = () => {
    restTimer ??= setTimeout(() => {
      restTimer = undefined
      open?.forgetRepeats()
      open?.tidy({ busy: running !== null })
    }, forgetRepeatsMs)
    if (members.size === 0) {
      idleTimer = setTimeout(() => queue(unload), options.idleMs)
      options.onEmpty()
    } else if (open?.hasIndex) idleTimer = setTimeout(() => queue(release), options.idleIndexMs)
  }
  const settle = async () => {
    while (running) await running
  }
  const wake = () => {
    if (!isGone) queue(work)
  }

  async function work(): Promise<void> {
    if (!open) {
      isStale = false
      open = await openBook(options)
      options.outbox?.ask([book])
    }
    if (isStale) await followOthers(open)
    while (inbox.length > 0) {
      if (inbox.length < maxMessagesPerTurn && !isClosing) {
        await cadence.mayBegin(members.size)
        await options.committer.rested()
      }
      await takeTurn(open, inbox.splice(0, maxMessagesPerTurn))
    }
    if (isClosing) await open.saveSnapshot()
  }

  async function followOthers(book: OpenBook): Promise<void> {
    isStale = false
    await book.catchUp()
    tell(book, book.takeArrivals(), [])
  }

  /** Devices hear what is stored now: what came from other servers first, then what a turn brought. */
  function tell(
    book: OpenBook,
    arrivals: readonly Arrival[],
    taken: readonly NewUpdate[],
    news: readonly News[] = [],
  ): void {
    const updates = [...arrivals, ...taken]
    if (updates.length > 0) cadence.told()
    tellNews(members, [...arrivals.map(({ bytes }) => ({ update: bytes, from: null })), ...news])
    const { generation, seq: to } = book.position
    const from = to - updates.length
    members.tellReceipts(() => writeNewReceipts({ generation, from, to, updates }))
    members.tellDurable(arrivals)
    if (updates.length > 0) members.askThoseWithGaps(() => book.stateVector())
  }

  async function takeTurn(book: OpenBook, messages: readonly Received[]): Promise<void> {
    const turn = createTurn()
    await takeMessages({ ...options, open: book, members, presence }, turn, messages)
    unstored = turn.updates.length
    if ((await book.store(turn)) === 'judge-again') return judgeAgain(book, turn, messages)
    unstored = 0
    const arrivals = book.takeArrivals()
    for (const [connection, clocks] of turn.durable) connection.send(encodeDurable(clocks))
    // Most say it at once; those that read the store first are waited for.
    for (const say of turn.afterwards) {
      const said = say()
      if (said instanceof Promise) await said
    }
    tell(book, arrivals, turn.updates, turn.news)
    // An answer may have read the document anew, and more with it.
    const late = book.takeArrivals()
    if (late.length > 0) tell(book, late, [])
    for (const { release } of messages) release()
    book.tidy({ busy: true })
  }

  /** The document holds what was not stored: another one is read, what others stored is told, and the same frames are taken once more. */
  async function judgeAgain(book: OpenBook, turn: Turn, messages: readonly Received[]): Promise<void> {
    const { generation, seq } = book.position
    const after = seq - book.takeArrivals().length
    book.close()
    open = null
    const again = (open = await openBook(options))
    if (again.position.generation !== generation) throw new Error('the book was restored meanwhile')
    tell(again, await readArrivals(options.storage, options.book, { after, to: again.position.seq }), [])
    presence.forget(turn.bindings.keys())
    await takeTurn(again, messages)
    show(presence.all())
  }

  function show(states: readonly ActorState[]): void {
    if (states.length > 0) members.broadcast(writeAwareness(states))
  }

  /** The document may be ahead of the store, so it is thrown away; every device comes back and syncs with what is on disk. */
  function drop(error: unknown): void {
    unstored += inbox.length
    logger.error({ book, err: error, unstored }, 'a book was closed because it could not be loaded or stored')
    inbox.length = 0
    members.closeAll(
      closeCode.tryAgainLater,
      retryReason(`${cannotStore}: the server cannot load or store the book right now`, 1),
    )
    end()
  }

  /** The queue is held while the snapshot is written: whoever joins meanwhile finds the book as it was, not an older one (F17). */
  async function unload(): Promise<void> {
    await open?.saveSnapshot()
    if (inbox.length === 0 && members.size === 0) end()
  }

  async function release(): Promise<void> {
    await open?.release()
    if (open) tell(open, open.takeArrivals(), [])
  }

  function end(): void {
    if (isGone) return
    isGone = true
    clearTimeout(idleTimer)
    clearTimeout(restTimer)
    open?.close()
    // Who was closed by this server did not leave by itself.
    options.outbox?.tell(
      book,
      presence.own().map((state) => ({ ...state, state: 'null' })),
    )
    options.onGone()
  }

  return {
    join(connection) {
      members.add(connection)
      // It may have been told more by another server.
      isStale = true
      wake()
    },
    leave(connection) {
      if (!members.remove(connection)) return
      const left = presence.leave(connection)
      show(left)
      options.outbox?.tell(book, left)
      wake()
    },
    receive(connection, frame, release) {
      if (isGone) return
      inbox.push({ connection, frame, release })
      if (inbox.length >= maxMessagesPerTurn) cadence.hurry()
      wake()
    },
    moved(seq) {
      // Who joins later has it compared anyway, and an empty room is to be forgotten.
      if (members.size === 0 || (open && seq <= open.position.seq)) return
      isStale = true
      wake()
    },
    ownPresence: () => presence.own(),
    hearPresence(from, states) {
      // While the book is being read, its client ids' owners are not known; the server that shows them knew them.
      show(presence.hear(from, states, ({ client, actor }) => (open?.ownerOf(client) ?? actor) === actor))
    },
    dropPresence: (isOver) => show(presence.dropElsewhere(isOver)),
    unloadIfEmpty() {
      if (members.size === 0 && !running && !isGone) queue(unload)
    },
    get unstored() {
      return unstored + inbox.length
    },
    async close() {
      isClosing = true
      cadence.hurry()
      // Whatever is under way, and once more for what came in meanwhile.
      await settle()
      wake()
      await settle()
      end()
    },
  }
}
