// The devices in a book's room and how far each has come with syncing.
import { encodeDurable } from '@tierbook/core/protocol'
import { parseUpdateMeta } from 'yjs'
import { type Allowance, createAllowance } from './allowance.ts'
import type { Connection } from './connection.ts'
import { writeSyncStep1 } from './messages.ts'
import { frameMessage } from './websocket-frame.ts'

/** Where one connection stands. */
export interface Member {
  /** Its first sync request was answered, so broadcasts reach it in order (F16). */
  isSynced: boolean
  /** It was asked for what the server lacks and has not answered. */
  isAsked: boolean
  /** An update of its had a gap; it is asked again when others have written. */
  hasGap: boolean
  /** It was told every receipt, so it gets each commit's as it happens. */
  hasReceipts: boolean
  /** What it may still show of itself: every byte goes to everybody. */
  readonly presence: Allowance
  /** Refused: whatever it still sends builds on what was refused (F37). */
  isRefused: boolean
}

/** The connections of one room. */
export interface Members {
  readonly size: number
  add(connection: Connection): void
  remove(connection: Connection): boolean
  get(connection: Connection): Member | undefined
  /** To everybody who is in step, the frame serialised once. */
  broadcast(frame: Uint8Array, except?: Connection | null): void
  /** To everybody who was told all earlier receipts. */
  tellReceipts(write: () => Uint8Array | null): void
  /** To whoever wants to know: their updates that another server stored. */
  tellDurable(stored: readonly { actor: string; device: string; bytes: Uint8Array }[]): void
  /** Asks a device for what the server lacks, once until it answers. */
  ask(connection: Connection, stateVector: Uint8Array): void
  /** Asks those whose updates had gaps: what they lacked may have come from others. */
  askThoseWithGaps(stateVector: () => Uint8Array): void
  closeAll(code: number, reason: string): void
}

/** Bytes of presence a second, and at once: some ten times of what a busy tab shows; a tab that relays others' shows 256 KiB when it joins. */
const presenceAllowance = { perSecond: 32_768, burst: 524_288 }

export function createMembers({ now }: { now: () => number }): Members {
  const members = new Map<Connection, Member>()
  const ask = (connection: Connection, stateVector: Uint8Array) => {
    const member = members.get(connection)
    if (!member || member.isAsked) return
    member.isAsked = true
    member.hasGap = false
    connection.send(writeSyncStep1(stateVector))
  }
  return {
    get size() {
      return members.size
    },
    add: (connection) =>
      void members.set(connection, {
        isSynced: false,
        isAsked: false,
        hasGap: false,
        isRefused: false,
        hasReceipts: false,
        presence: createAllowance({ ...presenceAllowance, now }),
      }),
    remove: (connection) => members.delete(connection),
    get: (connection) => members.get(connection),
    broadcast(frame, except) {
      const framed = frameMessage(frame)
      for (const [connection, { isSynced }] of members)
        if (isSynced && connection !== except) connection.sendFramed(framed)
    },
    tellReceipts(write) {
      let framed: Buffer | undefined
      for (const [connection, { hasReceipts }] of members) {
        if (!hasReceipts) continue
        const frame = framed ? null : write()
        if (frame) framed = frameMessage(frame)
        if (!framed) return
        connection.sendFramed(framed)
      }
    },
    tellDurable(stored) {
      if (stored.length === 0) return
      for (const connection of members.keys()) {
        if (!connection.wantsAcks) continue
        const own = stored.filter(({ actor, device }) => actor === connection.actor && device === connection.device)
        const clocks = new Map<number, number>()
        for (const { bytes } of own)
          for (const [client, clock] of parseUpdateMeta(bytes).to)
            clocks.set(client, Math.max(clock, clocks.get(client) ?? 0))
        if (clocks.size > 0) connection.send(encodeDurable(clocks))
      }
    },
    ask,
    askThoseWithGaps(stateVector) {
      for (const [connection, { hasGap }] of members) if (hasGap) ask(connection, stateVector())
    },
    closeAll(code, reason) {
      for (const connection of members.keys()) connection.close(code, reason)
      members.clear()
    },
  }
}
