// One open book: a queue that loads it, judges updates, stores them, and only then tells anybody (SY1). See docs/decisions/0010.
import { admitUpdate, type Admission, knownBookOfDoc } from '@tierbook/core/admission'
import { closeCode, encodeDurable } from '@tierbook/core/protocol'
import * as Y from 'yjs'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics.ts'
import type { BookRecord, NewUpdate, ServerStorage } from '../storage/storage.ts'
import type { Committer } from './committer.ts'
import type { Connection } from './connection.ts'
import { loadBook } from './load-book.ts'
import { type ClientMessage, readMessage, writeSyncStep1, writeSyncStep2, writeUpdate } from './messages.ts'
import { createPresence } from './presence.ts'
import { isStateVector } from './state-vector.ts'

/** An open book. */
export interface Room {
  join(connection: Connection): void
  leave(connection: Connection): void
  /** `release` is called when the frame is no longer held. */
  receive(connection: Connection, frame: Uint8Array, release: () => void): void
  /** Updates that were taken from a socket and are not on disk. */
  readonly unstored: number
  /** Stores what came in and gives the memory back; connections are closed by whoever closes. */
  close(): Promise<void>
}

export interface RoomOptions {
  readonly book: string
  readonly storage: ServerStorage
  readonly committer: Committer
  readonly idleMs: number
  readonly metrics: Metrics
  readonly logger: Logger
  readonly now: () => number
  /** The room is empty, or failed: it must not be used any more. Called once. */
  readonly onGone: () => void
}

/** Most messages in one turn: bounds how long other books wait and how large a transaction gets. */
const maxMessagesPerTurn = 256
/** A snapshot is due after this many updates: loading this many takes a few milliseconds. */
const updatesPerSnapshot = 500

/** What one turn wants stored, and what may be said once it is. */
interface Turn {
  readonly updates: NewUpdate[]
  readonly bindings: Map<number, string>
  readonly afterwards: (() => void)[]
}

interface Received {
  readonly connection: Connection
  readonly frame: Uint8Array
  readonly release: () => void
}

interface Member {
  /** Its first sync request was answered, so broadcasts reach it in order. */
  isSynced: boolean
  /** It was asked for what is missing and has not answered. */
  isAsked: boolean
  /** An update of its had a gap; ask again when others have written. */
  hasGap: boolean
  /** Refused: whatever it still sends builds on what was refused. */
  isRefused: boolean
}

export function openRoom(options: RoomOptions): Room {
  const { book, storage, committer, metrics, logger, now } = options
  const doc = new Y.Doc()
  const members = new Map<Connection, Member>()
  const presence = createPresence<Connection>()
  const inbox: Received[] = []
  let bindings = new Map<number, string>()
  let record: BookRecord | null = null
  let largestN = 0
  let sinceSnapshot = 0
  let unstored = 0
  let running: Promise<void> | null = null
  let idleTimer: NodeJS.Timeout | undefined
  let isGone = false
  let isClosing = false
  const known = knownBookOfDoc(doc, { actorOf: (client) => bindings.get(client), largestN: () => largestN })

  /** The queue: only one thing at a time, and nothing else ever touches the document. */
  const queue = (work: () => Promise<void>) => {
    clearTimeout(idleTimer)
    // `finally` runs later even where the work had nothing to wait for, so the place is taken before it is given back.
    running ??= work()
      .catch(drop)
      .finally(() => {
        running = null
        if (isGone) return
        if (inbox.length > 0) wake()
        else if (members.size === 0 && !isClosing) idleTimer = setTimeout(() => queue(unload), options.idleMs)
      })
  }
  const wake = () => {
    if (!isGone) queue(work)
  }

  async function work(): Promise<void> {
    if (!record) await load()
    while (inbox.length > 0) await takeTurn(inbox.splice(0, maxMessagesPerTurn))
    if (isClosing) await saveSnapshot()
  }

  async function load(): Promise<void> {
    const end = metrics.loads.startTimer()
    const loaded = await loadBook({ storage, book, doc, logger })
    end()
    if (!loaded) throw new Error(`book ${book} is not in the store`)
    record = loaded.record
    bindings = new Map(loaded.bindings)
    largestN = record.largestN
    sinceSnapshot = loaded.sinceSnapshot
  }

  async function takeTurn(messages: readonly Received[]): Promise<void> {
    const turn: Turn = { updates: [], bindings: new Map(), afterwards: [] }
    for (const { connection, frame } of messages) take(turn, connection, frame)
    if (turn.updates.length > 0 || turn.bindings.size > 0) {
      unstored = turn.updates.length
      const before = record as BookRecord
      await committer.commit({
        book,
        expectedSeq: before.seq,
        updates: turn.updates,
        bindings: turn.bindings,
        largestN,
      })
      unstored = 0
      const writers = new Set(
        [before.firstWriter, ...turn.updates.map(({ actor }) => actor)].filter((actor) => actor !== null),
      )
      record = {
        ...before,
        seq: before.seq + turn.updates.length,
        firstWriter: before.firstWriter ?? turn.updates[0]?.actor ?? null,
        isShared: before.isShared || writers.size > 1,
      }
      sinceSnapshot += turn.updates.length
    }
    for (const tell of turn.afterwards) tell()
    for (const { release } of messages) release()
    if (turn.updates.length > 0) askThoseWithGaps()
  }

  function take(turn: Turn, connection: Connection, frame: Uint8Array): void {
    const member = members.get(connection)
    if (member?.isRefused) return
    const message = readMessage(frame)
    if (!message)
      return void turn.afterwards.push(() =>
        connection.close(closeCode.malformed, 'not a message of the y-websocket protocol'),
      )
    switch (message.type) {
      case 'sync-step-1':
        return answerSync(turn, connection, message.stateVector)
      case 'sync-step-2':
      case 'update':
        return takeUpdate(turn, connection, message)
      case 'awareness': {
        const passOn = presence.take(connection, message.states, (client) => claim(turn, connection, client))
        // To the sender too: stock clients alone in a book take it as their sign of life.
        if (passOn) turn.afterwards.push(() => sendToAll(passOn))
        return
      }
      case 'query-awareness':
        turn.afterwards.push(() => sendPresence(connection))
    }
  }

  function answerSync(turn: Turn, connection: Connection, stateVector: Uint8Array): void {
    if (!isStateVector(stateVector))
      return void turn.afterwards.push(() => connection.close(closeCode.malformed, 'not a state vector'))
    turn.afterwards.push(() => {
      const member = members.get(connection)
      if (!member) return
      connection.sendSync(writeSyncStep2(Y.encodeStateAsUpdate(doc, stateVector)))
      if (member.isSynced) return
      member.isSynced = true
      // Asked after it has everything, so that its answer has no gaps; viewers have nothing to give.
      if (connection.role !== 'viewer') askToSync(connection, member)
      if (connection.wantsAcks) connection.send(encodeDurable(Y.decodeStateVector(Y.encodeStateVector(doc))))
      sendPresence(connection)
    })
  }

  function takeUpdate(
    turn: Turn,
    connection: Connection,
    { type, update }: Extract<ClientMessage, { update: Uint8Array }>,
  ): void {
    const { actor, role, device } = connection
    const member = members.get(connection)
    if (member && type === 'sync-step-2') member.isAsked = false
    const receivedAt = now()
    const admission = admitUpdate(update, {
      actor,
      role,
      founding: isFounding(turn, connection),
      known,
      now: receivedAt,
    })
    metrics.updates.inc({ decision: admission.decision })
    switch (admission.decision) {
      case 'nothing-new':
        return
      case 'gap':
        if (member) member.hasGap = true
        // An answer with a gap is all it has; asking again would go on for ever.
        if (member && type === 'update') turn.afterwards.push(() => askToSync(connection, member))
        return
      case 'refuse':
        return refuse(turn, connection, admission)
      case 'accept': {
        if (member) member.hasGap = false
        const bytes = apply(update, connection)
        turn.updates.push({ bytes, actor, device, receivedAt })
        for (const [client, author] of admission.bindings) bind(turn, client, author)
        largestN = admission.largestN
        const frame = writeUpdate(bytes)
        turn.afterwards.push(() => {
          sendToAll(frame, connection)
          if (connection.wantsAcks) connection.send(encodeDurable(admission.clocks))
        })
      }
    }
  }

  /** Applies an admitted update and gives what it changed: without the known structs and the whole delete set that came with it. */
  function apply(update: Uint8Array, connection: Connection): Uint8Array {
    let changed: Uint8Array | null = null
    const keep = (bytes: Uint8Array) => (changed = bytes)
    doc.on('update', keep)
    try {
      Y.applyUpdate(doc, update, connection)
    } finally {
      doc.off('update', keep)
    }
    if (changed === null || doc.store.pendingStructs || doc.store.pendingDs) {
      throw new Error('an admitted update did not apply whole')
    }
    return changed
  }

  function refuse(
    turn: Turn,
    connection: Connection,
    { code, message, ranges }: Extract<Admission, { decision: 'refuse' }>,
  ): void {
    metrics.refusals.inc({ code })
    logger.warn(
      { book, actor: connection.actor, device: connection.device, code, reason: message },
      'an update was refused',
    )
    const member = members.get(connection)
    if (member) member.isRefused = true
    turn.afterwards.push(() => {
      if (connection.wantsAcks)
        connection.send(
          encodeDurable(
            new Map(),
            ranges.map((range) => ({ ...range, code })),
          ),
        )
      connection.close(refusalCloseCodes[code] ?? closeCode.refused, `${code}: ${message}`)
    })
  }

  /** First sight of a client id in presence binds it, so that nobody can write under it first (AD3). */
  function claim(turn: Turn, connection: Connection, client: number): boolean {
    const bound = bindings.get(client)
    if (bound === undefined && connection.role !== 'viewer') bind(turn, client, connection.actor)
    return bound === undefined || bound === connection.actor
  }

  function bind(turn: Turn, client: number, actor: string): void {
    bindings.set(client, actor)
    turn.bindings.set(client, actor)
  }

  function isFounding(turn: Turn, { actor, role }: Connection): boolean {
    if (role !== 'owner' || !record || record.isShared) return false
    const others = [record.firstWriter, ...turn.updates.map((update) => update.actor)]
    return others.every((writer) => writer === null || writer === actor)
  }

  function askToSync(connection: Connection, member: Member): void {
    if (member.isAsked) return
    member.isAsked = true
    member.hasGap = false
    connection.send(writeSyncStep1(Y.encodeStateVector(doc)))
  }

  function askThoseWithGaps(): void {
    for (const [connection, member] of members) if (member.hasGap) askToSync(connection, member)
  }

  function sendToAll(frame: Uint8Array, except?: Connection): void {
    for (const [connection, { isSynced }] of members) if (isSynced && connection !== except) connection.send(frame)
  }

  function sendPresence(connection: Connection): void {
    const all = presence.all()
    if (all) connection.send(all)
  }

  /** The document may be ahead of the store, so it is thrown away; every device comes back and syncs with what is on disk. */
  function drop(error: unknown): void {
    logger.error({ book, err: error, unstored }, 'a book was closed because it could not be loaded or stored')
    unstored += inbox.length
    inbox.length = 0
    for (const connection of members.keys())
      connection.close(closeCode.tryAgainLater, 'the server cannot store right now')
    members.clear()
    end()
  }

  /** The queue is held while the snapshot is written: whoever joins meanwhile finds the book as it was, not an older one (F17). */
  async function unload(): Promise<void> {
    await saveSnapshot()
    if (inbox.length === 0 && members.size === 0) end()
  }

  async function saveSnapshot(): Promise<void> {
    if (!record || sinceSnapshot < updatesPerSnapshot) return
    try {
      await storage.saveSnapshot({ book, seq: record.seq, bytes: Y.encodeStateAsUpdate(doc) })
      sinceSnapshot = 0
    } catch (error) {
      // Only a cache: every update is stored.
      logger.warn({ book, err: error }, 'a snapshot could not be stored')
    }
  }

  function end(): void {
    if (isGone) return
    isGone = true
    clearTimeout(idleTimer)
    doc.destroy()
    options.onGone()
  }

  return {
    join(connection) {
      members.set(connection, { isSynced: false, isAsked: false, hasGap: false, isRefused: false })
      wake()
    },
    leave(connection) {
      if (!members.delete(connection)) return
      const gone = presence.leave(connection)
      if (gone) sendToAll(gone)
      wake()
    },
    receive(connection, frame, release) {
      if (isGone) return
      inbox.push({ connection, frame, release })
      wake()
    },
    get unstored() {
      return unstored + inbox.length
    },
    async close() {
      isClosing = true
      // Whatever is under way, and once more for what came in meanwhile.
      while (running) await running
      wake()
      while (running) await running
      end()
    },
  }
}

const refusalCloseCodes: Readonly<Partial<Record<string, number>>> = {
  'read-only': closeCode.notAllowed,
  'too-large': closeCode.tooLarge,
  malformed: closeCode.malformed,
}
