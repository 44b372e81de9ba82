// What the server does with each message of a device, and what it says once the turn is stored.
import type { Admission } from '@tierbook/core/admission'
import { closeCode, encodeDurable, type ReceiptPosition } from '@tierbook/core/protocol'
import type { SignHead } from '../identity/sign-head.ts'
import { decodeStateVector } from 'yjs'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics.ts'
import type { ServerStorage } from '../storage/storage.ts'
import type { Connection } from './connection.ts'
import type { Members } from './members.ts'
import { readMessage, writeAwareness } from './messages.ts'
import type { Offenders } from './offenders.ts'
import type { Presence } from './presence.ts'
import type { PresenceOutbox } from './presence-outbox.ts'
import type { NotTaken, OpenBook } from './open-book.ts'
import { isStateVector } from './state-vector.ts'
import { writeHeadPage } from './head.ts'
import { writeReceiptPage } from './receipts.ts'
import { noteDurable, type Turn } from './turn.ts'

/** What a dialogue works with. */
export interface DialogueContext {
  readonly book: string
  readonly open: OpenBook
  readonly storage: ServerStorage
  readonly signHead: SignHead
  readonly members: Members
  readonly presence: Presence<Connection>
  readonly outbox: PresenceOutbox | null
  readonly offenders: Offenders
  readonly metrics: Metrics
  readonly logger: Logger
}

/** Takes one frame into the turn, or says what it needs to be taken, with nothing done. */
export function takeFrame(
  context: DialogueContext,
  turn: Turn,
  connection: Connection,
  frame: Uint8Array,
): 'taken' | NotTaken {
  const { members, presence, open, outbox } = context
  if (members.get(connection)?.isRefused) return 'taken'
  const message = readMessage(frame)
  switch (message?.type) {
    case undefined:
      closeAfterwards(turn, connection, 'not a message of the y-websocket protocol')
      break
    case 'sync-step-1':
      return answerSync(context, turn, connection, message.stateVector)
    case 'sync-step-2':
    case 'update':
      return takeUpdate(context, turn, connection, message)
    case 'awareness': {
      const member = members.get(connection)
      if (!member || member.presence.isSpent()) break
      const claim = (client: number) => open.claim(turn, connection, client)
      const taken = presence.take(connection, message.states, claim)
      if (taken.length === 0) break
      const frame = writeAwareness(taken)
      member.presence.spend(frame.length)
      // To the sender too: stock clients alone in a book take it as their sign of life. Not where it left during the commit: others were told
      // that already, and whoever joined since would see somebody who is gone (F39).
      turn.afterwards.push(() => {
        if (!members.get(connection)) return
        members.broadcast(frame)
        outbox?.tell(context.book, taken)
      })
      break
    }
    case 'query-awareness':
      turn.afterwards.push(() => sendPresence(context, connection))
      break
    case 'receipts':
      turn.afterwards.push(() => answerReceipts(context, connection, message.position))
      break
    case 'head':
      turn.afterwards.push(() =>
        connection.sendSync(async () => [
          [await writeHeadPage(context, { book: context.book, ...open.position }, message.position)],
        ]),
      )
  }
  return 'taken'
}

async function answerReceipts(
  context: DialogueContext,
  connection: Connection,
  position: ReceiptPosition,
): Promise<void> {
  const { book, members, open, storage } = context
  const member = members.get(connection)
  if (!member) return
  await connection.sendSync(async () => {
    const { frame, isLast } = await writeReceiptPage(storage, { book, ...open.position }, position)
    member.hasReceipts = isLast
    return [[frame]]
  })
}

function answerSync(
  context: DialogueContext,
  turn: Turn,
  connection: Connection,
  stateVector: Uint8Array,
): 'taken' | NotTaken {
  const { members, open } = context
  if (!isStateVector(stateVector)) {
    closeAfterwards(turn, connection, 'not a state vector')
    return 'taken'
  }
  turn.afterwards.push(async () => {
    const member = members.get(connection)
    if (!member) return
    await connection.sendSync(() => open.answer(stateVector, connection))
    if (member.isSynced || !connection.isOpen) return
    member.isSynced = true
    const durable = open.stateVector()
    // Asked after it has everything, so that its answer has no gaps. A viewer's may hold what was written before its role changed: our own
    // client is told that it is refused and sets it aside (AD6). A stock client would only be locked out by that, so it is not asked.
    if (connection.role !== 'viewer' || connection.wantsAcks) members.ask(connection, durable)
    if (connection.wantsAcks) connection.send(encodeDurable(decodeStateVector(durable)))
    sendPresence(context, connection)
  })
  return 'taken'
}

function takeUpdate(
  context: DialogueContext,
  turn: Turn,
  connection: Connection,
  { type, update }: { type: 'sync-step-2' | 'update'; update: Uint8Array },
): 'taken' | NotTaken {
  const { open, members, metrics } = context
  const admission = open.take(turn, connection, update)
  if (typeof admission === 'string') return admission
  const member = members.get(connection)
  if (member && type === 'sync-step-2') member.isAsked = false
  metrics.updates.inc({ decision: admission.decision })
  switch (admission.decision) {
    case 'nothing-new':
      break
    case 'gap':
      if (member) member.hasGap = true
      // An answer with a gap is all the device has; asking it again would go on for ever.
      if (type === 'update') turn.afterwards.push(() => members.ask(connection, open.stateVector()))
      break
    case 'refuse':
      refuse(context, turn, connection, admission)
      break
    case 'accept': {
      if (member) member.hasGap = false
      const { changed, clocks } = admission
      turn.news.push({ update: changed, from: connection })
      if (connection.wantsAcks) noteDurable(turn, connection, clocks)
    }
  }
  return 'taken'
}

function refuse(
  { book, members, offenders, metrics, logger }: DialogueContext,
  turn: Turn,
  connection: Connection,
  { code, message, ranges }: Extract<Admission, { decision: 'refuse' }>,
): void {
  const { actor, device } = connection
  metrics.refusals.inc({ code })
  offenders.note({ book, actor })
  logger.warn({ book, actor, device, code, reason: message }, 'an update was refused')
  const member = members.get(connection)
  if (member) member.isRefused = true
  turn.afterwards.push(() => {
    const refused = ranges.map((range) => ({ ...range, code }))
    if (connection.wantsAcks) connection.send(encodeDurable(new Map(), refused))
    connection.close(refusalCloseCodes[code] ?? closeCode.refused, `${code}: ${message}`)
  })
}

const refusalCloseCodes: Readonly<Partial<Record<string, number>>> = {
  'read-only': closeCode.notAllowed,
  'too-large': closeCode.tooLarge,
  malformed: closeCode.malformed,
}

function closeAfterwards(turn: Turn, connection: Connection, reason: string): void {
  turn.afterwards.push(() => connection.close(closeCode.malformed, reason))
}

function sendPresence({ presence }: DialogueContext, connection: Connection): void {
  const all = presence.all()
  if (all.length > 0) connection.send(writeAwareness(all))
}
