// Turns an HTTP upgrade at `/sync/<book>` into a connection: limits, origin, token, book, in this order.
import {
  cannotStore,
  closeCode,
  closeReason,
  packedSubprotocol,
  retryReason,
  subprotocol,
  tokenSubprotocolPrefix,
} from '@tierbook/core/protocol'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { clientAddress } from '../http/client-address.ts'
import { isOriginAllowed } from '../http/origin.ts'
import { createRateLimit } from '../http/rate-limit.ts'
import { admit } from '../identity/standing.ts'
import type { Access, Tokens } from '../identity/tokens.ts'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics.ts'
import type { Settings } from '../settings.ts'
import type { ServerStorage } from '../storage/storage.ts'
import { doubtHistory, readRememberedHead } from './compare-history.ts'
import type { Attendance } from './attendance.ts'
import { createConnection, type SocketConnection } from './connection.ts'
import { createCrowd } from './crowd.ts'
import type { Offenders } from './offenders.ts'
import type { ServerFactsNote } from './server-facts.ts'
import { writeAwareness } from './messages.ts'
import type { Rooms } from './rooms.ts'

/** The websocket half of a server. */
export interface SyncEndpoint {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>
  /** Tells every device to come back later and takes no more. */
  close(): void
}

export interface SyncEndpointOptions {
  readonly settings: Settings
  readonly allowedOrigins: ReadonlySet<string>
  readonly tokens: Tokens
  readonly storage: ServerStorage
  readonly rooms: Rooms
  readonly attendance: Attendance
  readonly offenders: Offenders
  readonly facts: ServerFactsNote
  readonly metrics: Metrics
  readonly logger: Logger
  readonly now: () => number
}

/** Frame limits: an update's own limit in admission, and some bytes for what wraps it. An owner may found a book in one frame (AD7). */
const maxFrameBytes = 16 * 1024 * 1024 + 1024
const maxOwnerFrameBytes = 64 * 1024 * 1024 + 1024
/** Connections of nobody that this server let in, from one address: tokens that are tried out. An office whose key changed comes to some tens. */
const strangersPerMinute = 60
/** How often sockets are looked at for signs of life to send. */
const beatMs = 5_000

export function createSyncEndpoint(options: SyncEndpointOptions): SyncEndpoint {
  const { settings, metrics, logger, rooms, attendance, offenders, now } = options
  const shared = {
    noServer: true,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: chooseProtocol,
  } as const
  const sockets = new WebSocketServer({ ...shared, maxPayload: maxFrameBytes })
  const ownerSockets = new WebSocketServer({ ...shared, maxPayload: maxOwnerFrameBytes })
  const connections = new Set<SocketConnection>()
  const crowd = createCrowd(settings)
  const strangers = createRateLimit({ limit: strangersPerMinute, windowMs: 60_000, now })
  const heartbeat = writeAwareness([])
  let isClosing = false

  options.facts.watch((frame) => {
    for (const connection of connections) if (connection.wantsAcks) connection.send(frame)
  })

  let pingAt = now() + settings.pingSeconds * 1000
  const beats = setInterval(
    () => {
      const at = now()
      const isPing = at >= pingAt
      if (isPing) pingAt = at + settings.pingSeconds * 1000
      for (const connection of connections) connection.beat({ now: at, ping: isPing })
    },
    Math.min(beatMs, settings.pingSeconds * 1000),
  )
  beats.unref()

  function welcome(
    socket: WebSocket,
    { stream, access, address, unpacks }: { stream: Duplex; access: Access; address: string; unpacks: boolean },
  ): void {
    const connection = createConnection({
      socket,
      stream,
      access,
      wantsAcks: socket.protocol === subprotocol,
      unpacks: unpacks && socket.protocol === subprotocol,
      maxBufferedBytes: settings.maxBufferedBytes,
      messagesPerSecond: settings.messagesPerSecond,
      heartbeat,
      metrics,
      now,
    })
    if (isClosing) return connection.close(closeCode.restart, 'the server is stopping')
    if (offenders.mustWait(access))
      return connection.close(closeCode.tryAgainLater, retryReason('too many refused updates', 60))
    const leaveCrowd = crowd.enter({ book: access.book, actor: access.actor, address })
    if (!leaveCrowd) return connection.close(closeCode.tryAgainLater, retryReason('too many connections', 10))
    const room = rooms.room(access.book)
    const leaveAttendance = attendance.enter(connection, access)
    connections.add(connection)
    metrics.connections.set(connections.size)
    connection.onFrame((frame, release) => room.receive(connection, frame, release))
    connection.onClosed(() => {
      leaveCrowd()
      leaveAttendance()
      connections.delete(connection)
      metrics.connections.set(connections.size)
      room.leave(connection)
    })
    if (connection.wantsAcks) connection.send(options.facts.frame)
    room.join(connection)
  }

  async function judgeSafely(request: IncomingMessage, address: string): Promise<Verdict> {
    if (isClosing) return { code: closeCode.restart, reason: 'the server is stopping' }
    // Neither the token nor the store is looked at.
    if (!strangers.allows(address))
      return { code: closeCode.tryAgainLater, reason: retryReason('too many refused connections', 60) }
    try {
      return await judge(options, request)
    } catch (error) {
      logger.warn({ err: error }, 'who connects could not be looked up')
      const reason = retryReason(`${cannotStore}: the server cannot read its store right now`, 2)
      return { code: closeCode.tryAgainLater, reason }
    }
  }

  return {
    async upgrade(request, socket, head) {
      // Until the websocket takes over, an error on the socket would have no listener and end the process.
      const ignore = () => socket.destroy()
      socket.on('error', ignore)
      const address = clientAddress(request, settings)
      const verdict = await judgeSafely(request, address)
      if ('isStranger' in verdict) strangers.take(address)
      if (socket.destroyed) return
      const server = 'access' in verdict && verdict.access.role === 'owner' ? ownerSockets : sockets
      server.handleUpgrade(request, socket, head, (websocket) => {
        socket.off('error', ignore)
        if ('access' in verdict) {
          const unpacks = protocolsOf(request).includes(packedSubprotocol)
          return welcome(websocket, { stream: socket, access: verdict.access, address, unpacks })
        }
        // Closed only after the upgrade: a browser tells its page the code of a websocket, never that of an HTTP answer.
        metrics.closes.inc({ code: verdict.code })
        logger.info({ code: verdict.code, reason: verdict.reason, address }, 'a connection was refused')
        websocket.on('error', () => websocket.terminate())
        websocket.close(verdict.code, verdict.reason)
        setTimeout(() => websocket.terminate(), 2_000).unref()
      })
    },
    close() {
      isClosing = true
      clearInterval(beats)
      for (const connection of connections) connection.close(closeCode.restart, 'the server is stopping')
    },
  }
}

type Verdict =
  { readonly access: Access } | { readonly code: number; readonly reason: string; readonly isStranger?: true }

function stranger(code: number, reason: string): Verdict {
  return { code, reason, isStranger: true }
}

async function judge(
  { tokens, storage, allowedOrigins, metrics, logger }: SyncEndpointOptions,
  request: IncomingMessage,
): Promise<Verdict> {
  if (!isOriginAllowed(request, allowedOrigins)) return stranger(closeCode.notAllowed, closeReason.otherOrigin)
  // Parsed without throwing: an error would carry the URL, token and all, into the log.
  const url = URL.parse(request.url ?? '/', 'http://localhost')
  const book = url && bookOf(url.pathname)
  if (url === null || book === null) return stranger(closeCode.noSuchBook, 'expected /sync/<book>')
  const token = tokenOf(request, url)
  if (token === null) return stranger(closeCode.signInAgain, closeReason.tokenMissing)
  const admitted = await admit(tokens, storage.access, token)
  if (!admitted.ok && admitted.problem === 'invalid') return stranger(closeCode.signInAgain, refusedTokens.invalid)
  if (!admitted.ok) return { code: closeCode.signInAgain, reason: refusedTokens[admitted.problem] }
  const { access } = admitted
  if (access.book !== book) return stranger(closeCode.notAllowed, closeReason.otherBook)
  const record = await storage.book(book)
  if (!record) return { code: closeCode.noSuchBook, reason: closeReason.noSuchBook }
  const remembered = readRememberedHead(protocolsOf(request))
  const doubt = remembered && (await doubtHistory(storage, record, remembered))
  if (!doubt) return { access }
  const { actor, device } = access
  metrics.otherHistories.inc({ doubt: doubt.code })
  logger.warn(
    { book, actor, device, remembered, stored: { generation: record.generation, seq: record.seq } },
    doubt.reason,
  )
  return { code: closeCode.otherGeneration, reason: doubt.reason }
}

const refusedTokens = {
  invalid: closeReason.tokenInvalid,
  expired: closeReason.tokenExpired,
  revoked: closeReason.revoked,
} as const

function bookOf(pathname: string): string | null {
  return /^\/sync\/([\w-]{22})$/.exec(pathname)?.[1] ?? null
}

/** Our client sends the token as a subprotocol, so that no URL holds it; a stock client has `params` only. */
function tokenOf(request: IncomingMessage, url: URL): string | null {
  const protocol = protocolsOf(request).find((name) => name.startsWith(tokenSubprotocolPrefix))
  return protocol?.slice(tokenSubprotocolPrefix.length) ?? url.searchParams.get('token')
}

function protocolsOf(request: IncomingMessage): string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
}

function chooseProtocol(offered: Set<string>): string | false {
  return offered.has(subprotocol) ? subprotocol : false
}
