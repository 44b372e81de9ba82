// What the server does with each message of a device, and what it says once the turn is stored.
import type { Admission } from '@tierbook/core/admission'
import { closeCode, encodeDurable, type ReceiptPosition } from '@tierbook/core/protocol'
import * as Y from 'yjs'
import type { SignHead } from '../identity/sign-head.ts'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics.ts'
import type { ServerStorage } from '../storage/storage.ts'
import type { Connection } from './connection.ts'
import type { Members } from './members.ts'
import { readMessage, writeSyncStep2, writeUpdate } from './messages.ts'
import type { Offenders } from './offenders.ts'
import type { Presence } from './presence.ts'
import type { ResidentBook } from './resident-book.ts'
import { isStateVector } from './state-vector.ts'
import { writeHeadPage } from './head.ts'
import { writeReceiptPage } from './receipts.ts'
import type { Turn } from './turn.ts'

/** What a dialogue works with. */
export interface DialogueContext {
  readonly book: string
  readonly resident: ResidentBook
  readonly storage: ServerStorage
  readonly signHead: SignHead
  readonly members: Members
  readonly presence: Presence<Connection>
  readonly offenders: Offenders
  readonly metrics: Metrics
  readonly logger: Logger
}

/** Takes one frame into the turn. */
export function takeFrame(context: DialogueContext, turn: Turn, connection: Connection, frame: Uint8Array): void {
  const { members, presence, resident } = context
  if (members.get(connection)?.isRefused) return
  const message = readMessage(frame)
  switch (message?.type) {
    case undefined:
      return closeAfterwards(turn, connection, 'not a message of the y-websocket protocol')
    case 'sync-step-1':
      return answerSync(context, turn, connection, message.stateVector)
    case 'sync-step-2':
    case 'update':
      return takeUpdate(context, turn, connection, message)
    case 'awareness': {
      const member = members.get(connection)
      if (!member || member.presence.isSpent()) return
      const claim = (client: number) => resident.claim(turn, connection, client)
      const passOn = presence.take(connection, message.states, claim)
      if (passOn) member.presence.spend(passOn.length)
      // To the sender too: stock clients alone in a book take it as their sign of life.
      if (passOn) turn.afterwards.push(() => members.broadcast(passOn))
      return
    }
    case 'query-awareness':
      turn.afterwards.push(() => sendPresence(context, connection))
      return
    case 'receipts':
      turn.afterwards.push(() => answerReceipts(context, connection, message.position))
      return
    case 'head':
      turn.afterwards.push(() =>
        connection.sendSync(() =>
          writeHeadPage(context, { book: context.book, ...resident.position }, message.position),
        ),
      )
  }
}

function answerReceipts(context: DialogueContext, connection: Connection, position: ReceiptPosition): void {
  const { book, members, resident, storage } = context
  const member = members.get(connection)
  if (!member) return
  connection.sendSync(() => {
    const { frame, isLast } = writeReceiptPage(storage, { book, ...resident.position }, position)
    member.hasReceipts = isLast
    return frame
  })
}

function answerSync(context: DialogueContext, turn: Turn, connection: Connection, stateVector: Uint8Array): void {
  const { members, resident } = context
  if (!isStateVector(stateVector)) return closeAfterwards(turn, connection, 'not a state vector')
  turn.afterwards.push(() => {
    const member = members.get(connection)
    if (!member) return
    connection.sendSync(() => writeSyncStep2(Y.encodeStateAsUpdate(resident.doc, stateVector)))
    if (member.isSynced || !connection.isOpen) return
    member.isSynced = true
    const durable = Y.encodeStateVector(resident.doc)
    // Asked after it has everything, so that its answer has no gaps; viewers have nothing to give.
    if (connection.role !== 'viewer') members.ask(connection, durable)
    if (connection.wantsAcks) connection.send(encodeDurable(Y.decodeStateVector(durable)))
    sendPresence(context, connection)
  })
}

function takeUpdate(
  context: DialogueContext,
  turn: Turn,
  connection: Connection,
  { type, update }: { type: 'sync-step-2' | 'update'; update: Uint8Array },
): void {
  const { resident, members, metrics } = context
  const member = members.get(connection)
  if (member && type === 'sync-step-2') member.isAsked = false
  const admission = resident.take(turn, connection, update)
  metrics.updates.inc({ decision: admission.decision })
  switch (admission.decision) {
    case 'nothing-new':
      return
    case 'gap':
      if (member) member.hasGap = true
      // An answer with a gap is all the device has; asking it again would go on for ever.
      if (type === 'update') {
        turn.afterwards.push(() => members.ask(connection, Y.encodeStateVector(resident.doc)))
      }
      return
    case 'refuse':
      return refuse(context, turn, connection, admission)
    case 'accept': {
      if (member) member.hasGap = false
      const { changed, clocks } = admission
      const frame = changed && writeUpdate(changed)
      turn.afterwards.push(() => {
        if (frame) members.broadcast(frame, connection)
        if (connection.wantsAcks) connection.send(encodeDurable(clocks))
      })
    }
  }
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
  if (all) connection.send(all)
}
