// One websocket of one device: sending under a cap on what piles up, reading at a limited pace, and closing with a reason.
import type { Role } from '@tierbook/core/protocol'
import { closeCode, closeReason } from '@tierbook/core/protocol'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Access } from '../identity/tokens.ts'
import type { Metrics } from '../metrics.ts'
import { createGatheredWrites } from './gathered-writes.ts'
import { frameHeader, frameMessage, totalLength } from './websocket-frame.ts'

/** What a book's room sees of a device. */
export interface Connection {
  readonly actor: string
  readonly device: string
  readonly role: Role
  /** Our own client, which asked for message 100. */
  readonly wantsAcks: boolean
  /** It takes snapshots in the packed parts in which they lie, and unpacks them itself: message 105. */
  readonly unpacks: boolean
  readonly isOpen: boolean
  send(frame: Uint8Array): void
  /** For what many receive: a message that {@link frameMessage} has made into a websocket's frame already. */
  sendFramed(framed: Buffer): void
  /**
   * For the answer to a sync request, which may be a whole book: messages in consecutive pieces, which are written as they are. It does not count
   * as piled up. Where earlier ones lie unread over the cap, nothing is written and the connection is closed: asking again and again must not
   * fill the memory.
   */
  sendSync(write: () => Promise<readonly (readonly Uint8Array[])[]>): Promise<void>
  /** Tells the reason and ends. Closing twice is harmless. */
  close(code: number, reason: string): void
}

/** A connection as the server made it. */
export interface SocketConnection extends Connection {
  /** Called for each frame, in order. Reading pauses while too much of it was not released. */
  onFrame(handle: (frame: Uint8Array, release: () => void) => void): void
  onClosed(handle: () => void): void
  /** A sign of life for whoever heard nothing for a while; with `ping`, a socket that was silent since the last one is cut. */
  beat(options: { now: number; ping: boolean }): void
}

export interface ConnectionOptions {
  readonly socket: WebSocket
  /** What the websocket writes to. It is not compressed, so each of its frames is written at once and whole, and ours may stand between them. */
  readonly stream: Duplex
  readonly access: Access
  readonly wantsAcks: boolean
  readonly unpacks: boolean
  readonly maxBufferedBytes: number
  readonly messagesPerSecond: number
  readonly heartbeat: Uint8Array
  readonly metrics: Metrics
  readonly now: () => number
}

/** y-websocket gives a connection up after 30 s without a message; pings are invisible to it. */
const heartbeatMs = 15_000
/** Received bytes of one socket that may wait for their turn. */
const maxHeldBytes = 4_194_304
/** How long a closing handshake may take before the socket is cut. */
const closeGraceMs = 2_000

export function createConnection(options: ConnectionOptions): SocketConnection {
  const { socket, stream, access, metrics, now } = options
  let lastSentAt = now()
  let isAlive = true
  let syncBytes = 0
  const writes = createGatheredWrites(stream)
  const timers = new Set<NodeJS.Timeout>()
  const later = (ms: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, ms)
    timers.add(timer)
  }

  const close = (code: number, reason: string) => {
    if (socket.readyState !== socket.OPEN) return
    metrics.closes.inc({ code })
    writes.flush()
    // The protocol allows 123 bytes of reason.
    socket.close(
      code,
      Buffer.from(reason)
        .subarray(0, 120)
        .toString('utf8')
        .replace(/\uFFFD$/, ''),
    )
    socket.resume()
    later(closeGraceMs, () => socket.terminate())
  }
  const maySend = () => {
    if (socket.readyState !== socket.OPEN) return false
    if (stream.writableLength + writes.waiting > options.maxBufferedBytes + syncBytes) {
      close(closeCode.tryAgainLater, 'reading too slowly')
      return false
    }
    lastSentAt = now()
    return true
  }
  const sendFramed = (framed: Buffer) => {
    if (maySend()) writes.write(framed)
  }
  // As one frame: the websocket writes header and contents apart.
  const send = (frame: Uint8Array) => sendFramed(frameMessage(frame))
  const sendPieces = (pieces: readonly Uint8Array[]) => {
    if (socket.readyState !== socket.OPEN) return
    lastSentAt = now()
    const header = frameHeader(totalLength(pieces))
    const length = header.length + totalLength(pieces)
    syncBytes += length
    writes.flush()
    stream.cork()
    stream.write(header)
    for (const piece of pieces.slice(0, -1)) stream.write(piece)
    stream.write(pieces.at(-1) ?? noBytes, () => (syncBytes -= length))
    stream.uncork()
  }
  // A token is a promise until its end only: the device comes back with a fresh one. Timers cannot reach beyond 24 days.
  const expire = () => {
    const left = access.expiresAt - now()
    if (left <= 0) close(closeCode.signInAgain, closeReason.tokenExpired)
    else later(Math.min(left, 2 ** 30), expire)
  }
  expire()
  socket.on('pong', () => (isAlive = true))
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
  })

  return {
    actor: access.actor,
    device: access.device,
    role: access.role,
    wantsAcks: options.wantsAcks,
    unpacks: options.unpacks,
    get isOpen() {
      return socket.readyState === socket.OPEN
    },
    send,
    sendFramed,
    async sendSync(write) {
      if (socket.readyState !== socket.OPEN) return
      if (syncBytes > 0 && stream.writableLength > options.maxBufferedBytes)
        return close(closeCode.tryAgainLater, 'reading too slowly')
      for (const pieces of await write()) sendPieces(pieces)
    },
    close,
    beat({ now: at, ping }) {
      if (ping && !isAlive) return socket.terminate()
      if (ping) {
        isAlive = false
        socket.ping()
      }
      if (at - lastSentAt >= heartbeatMs) send(options.heartbeat)
    },
    onFrame(handle) {
      const pace = createPace(options.messagesPerSecond, now)
      let held = 0
      let isWaiting = false
      // Slowed down, not refused: the sender's own buffers fill, and nothing is lost.
      const steer = () => {
        if (isWaiting || held > maxHeldBytes) socket.pause()
        else socket.resume()
      }
      socket.on('message', (message: Buffer) => {
        // Behind the server's own close nothing is taken: who was signed out writes no more, and what others sent is unacknowledged and comes again.
        if (socket.readyState !== socket.OPEN) return
        isAlive = true
        metrics.receivedBytes.inc(message.length)
        held += message.length
        handle(message, () => {
          held -= message.length
          if (socket.isPaused) steer()
        })
        const wait = pace()
        if (wait > 0 && !isWaiting) {
          isWaiting = true
          later(wait, () => {
            isWaiting = false
            steer()
          })
        }
        if (isWaiting || held > maxHeldBytes) steer()
      })
    },
    onClosed(handle) {
      socket.on('close', handle)
    },
  }
}

const noBytes = new Uint8Array()

/** Gives how many ms to wait after each message so that no second has more than `perSecond`. */
function createPace(perSecond: number, now: () => number): () => number {
  let windowStart = now()
  let count = 0
  return () => {
    const at = now()
    if (at - windowStart >= 1000) {
      windowStart = at
      count = 0
    }
    return ++count >= perSecond ? Math.max(1, windowStart + 1000 - at) : 0
  }
}
