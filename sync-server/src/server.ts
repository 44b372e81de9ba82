// A running server: composes storage, identity, HTTP and sync, and takes them apart again in order.
import type { Role } from '@tierbook/core/protocol'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHandler } from './http/handler.ts'
import { createStaticApp } from './http/static-app.ts'
import { describeAddress, inviteUrl, type PublicAddress } from './identity/public-address.ts'
import { createHeadSigner } from './identity/sign-head.ts'
import type { SigningKey } from './identity/signing-key.ts'
import { createTokens, type Tokens } from './identity/tokens.ts'
import { createSilentLogger, type Logger } from './logger.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import type { Settings } from './settings.ts'
import type { Exchange } from './storage/exchange.ts'
import { openServerStore, type ServerStore } from './storage/open-server-store.ts'
import type { ServerStorage } from './storage/storage.ts'
import { StartError } from './start-error.ts'
import { createAttendance } from './sync/attendance.ts'
import { type Committer, createCommitter } from './sync/committer.ts'
import { followOthers } from './sync/follow-others.ts'
import { followPresence } from './sync/follow-presence.ts'
import { createOffenders } from './sync/offenders.ts'
import { createPresenceOutbox } from './sync/presence-outbox.ts'
import { createServerFacts } from './sync/server-facts.ts'
import { startRetention } from './sync/retention.ts'
import { createRooms } from './sync/rooms.ts'
import { createSyncEndpoint } from './sync/upgrade.ts'
import { createBookWorker } from './sync/worker.ts'
import { version } from './version.ts'

/** Less than probes of Kubernetes and compose give. */
const readyMs = 800
/** Of several servers over one database each looks for old updates at a time of its own within this. */
const longestFirstMs = 3_600_000

/** A server that listens. */
export interface TierbookServer {
  readonly port: number
  /** Where this machine reaches it, `http://localhost:<port>`. */
  readonly url: string
  readonly address: PublicAddress
  readonly metrics: Metrics
  readonly tokens: Tokens
  readonly storage: ServerStorage
  /** A link that signs a first device in; null where several books make it unclear which. */
  ownerLink(): Promise<{ url: string; expiresAt: number } | null>
  /** A token for scripts and tests, without an invite. */
  accessToken(access: { book: string; actor: string; role: Role; device?: string }): Promise<string>
  /** Stops cleanly; gives how many updates came in and could not be stored. Twice is harmless. */
  close(): Promise<{ unstored: number }>
}

export interface ServerOptions {
  readonly settings: Settings
  /** Instead of what the settings name; then that is not touched if `signingKey` is given too. */
  readonly storage?: ServerStorage
  /** Instead of the one that lies with the store. */
  readonly signingKey?: SigningKey
  /** To other servers over the `storage` that is given. @default null */
  readonly exchange?: Exchange | null
  /** @default a silent one */
  readonly logger?: Logger
  /** Also measure the process; once per process. @default false */
  readonly processMetrics?: boolean
  /** @default Date.now */
  readonly now?: () => number
}

/**
 * Starts a server. Rejects with a {@link StartError} where the data folder, the database or the port cannot be had.
 *
 * @example
 * const read = readSettings({ PORT: '0', TIERBOOK_DATA: folder })
 * if (read.ok) console.log((await createServer({ settings: read.settings })).url)
 */
export async function createServer(options: ServerOptions): Promise<TierbookServer> {
  const { settings } = options
  const logger = options.logger ?? createSilentLogger()
  const now = options.now ?? Date.now
  const store = await openStore(options, logger)
  const undo: (() => unknown)[] = [() => store.close()]
  try {
    const { storage, key, exchange } = store
    const tokens = createTokens({ key, tokenDays: settings.tokenDays, now })
    const metrics = createMetrics({ processMetrics: options.processMetrics ?? false })
    const facts = createServerFacts()
    const committer = createCommitter({
      storage,
      metrics,
      onStored: (positions) => exchange?.tellPositions(positions),
      onOutcome: ({ storing }) => facts.note({ storing, replicated: storage.durability === 'replicated' }),
    })
    undo.unshift(() => committer.close())
    // Whoever connects first is told how safe edits are here, before anybody makes one.
    if (exchange) void committer.check()
    const worker = createBookWorker()
    undo.unshift(() => worker.close())
    const offenders = createOffenders({ now })
    const attendance = createAttendance({ store: storage.access, logger, now })
    undo.unshift(() => attendance.close())
    const instance = randomUUID()
    const outbox = exchange && createPresenceOutbox({ exchange, node: instance })
    const rooms = createRooms({
      storage,
      committer,
      worker,
      signHead: createHeadSigner({ key, now }),
      offenders,
      outbox,
      idleMs: settings.idleBookSeconds * 1000,
      idleIndexMs: settings.idleIndexSeconds * 1000,
      metrics,
      logger,
      now,
    })
    const pollMs = settings.pollMs
    const following = exchange && followOthers({ exchange, storage, rooms, committer, pollMs, logger })
    if (following) undo.unshift(() => following.close())
    const seeing = exchange && outbox && followPresence({ exchange, outbox, rooms, now })
    if (seeing) undo.unshift(() => seeing.close())
    if (outbox) undo.unshift(() => outbox.close())
    const allowedOrigins = new Set([...settings.allowedOrigins, ...(settings.publicUrl ? [settings.publicUrl] : [])])
    const sync = createSyncEndpoint({
      settings,
      allowedOrigins,
      tokens,
      storage,
      rooms,
      attendance,
      offenders,
      facts,
      metrics,
      logger,
      now,
    })
    if (settings.keepLogDays !== undefined) {
      const firstAfterMs = exchange ? randomInt(longestFirstMs) : 0
      const retention = startRetention({
        storage,
        worker,
        logger,
        metrics,
        now,
        firstAfterMs,
        keepDays: settings.keepLogDays,
      })
      undo.unshift(() => retention.close())
    }
    let address = describeAddress(settings.publicUrl ?? `http://localhost:${settings.port}`)
    const { trustProxy, requestsPerMinute, metricsToken, inviteHours } = settings
    const requestMs = settings.requestSeconds * 1000
    const http = createHttpServer(
      {
        requestTimeout: requestMs,
        headersTimeout: requestMs,
        connectionsCheckingInterval: Math.min(5_000, requestMs),
      },
      createHandler({
        api: { tokens, storage, presence: attendance, address: () => address, version, inviteHours, logger, now },
        app: createStaticApp(settings.appFolder),
        metrics,
        metricsToken,
        allowedOrigins,
        trustProxy,
        requestsPerMinute,
        instance,
        logger,
        // A store that failed is asked again here: without writers nothing else would find out that it works.
        checkReady: async () => (committer.failure ? await reasonNow(committer) : null),
      }),
    )
    http.setTimeout(requestMs) // whoever does not read its answer; a websocket takes this off
    http.on('upgrade', (request, socket, head) => {
      sync.upgrade(request, socket, head).catch((error: unknown) => {
        logger.error({ err: error }, 'an upgrade failed')
        socket.destroy()
      })
    })
    const port = await listen(http, settings)
    const url = `http://localhost:${port}`
    if (!settings.publicUrl) address = describeAddress(url)
    store.announce({ pid: process.pid, port, url, instance })
    const where = settings.databaseUrl === undefined ? { dataFolder: settings.dataFolder } : { database: 'PostgreSQL' }
    logger.info({ port, host: settings.host, ...where, version }, 'listening')

    let closing: Promise<{ unstored: number }> | null = null
    const stop = async () => {
      logger.info('stopping')
      http.close()
      sync.close()
      const unstored = await rooms.close()
      await committer.idle()
      http.closeAllConnections()
      for (const step of undo) await step()
      if (unstored > 0)
        logger.error({ unstored }, 'stopped with updates that could not be stored; their devices still hold them')
      else logger.info('stopped')
      return { unstored }
    }
    return {
      port,
      url,
      address,
      metrics,
      tokens,
      storage,
      async ownerLink() {
        const [first, second] = await storage.someBooks(2)
        if (second !== undefined) return null
        const signed = await tokens.signInvite({
          role: 'owner',
          book: first,
          hours: settings.ownerLinkHours,
          // It stands on the operator's own terminal, for the first devices of an office.
          reusable: true,
        })
        return { url: inviteUrl(address, signed.invite), expiresAt: signed.expiresAt }
      },
      async accessToken({ book, actor, role, device }) {
        await storage.registerBook({ book, actor, now: now() })
        return (await tokens.signAccess({ book, actor, role, device: device ?? actor })).token
      },
      close: () => (closing ??= stop()),
    }
  } catch (error) {
    for (const step of undo) await step()
    throw error
  }
}

/** Why storing does not work, in a time that probes wait for. */
async function reasonNow(committer: Committer): Promise<string | null> {
  const known = committer.failure?.message ?? null
  const given = new Promise<string | null>((resolve) => setTimeout(() => resolve(known), readyMs).unref())
  return Promise.race([committer.check().then((failure) => failure?.message ?? null), given])
}

async function openStore(
  { settings, storage, signingKey, exchange = null }: ServerOptions,
  logger: Logger,
): Promise<ServerStore> {
  if (storage && signingKey) return { storage, key: signingKey, exchange, announce() {}, close: () => storage.close() }
  const store = await openServerStore(settings, { storage, logger })
  return signingKey ? { ...store, key: signingKey } : store
}

async function listen(http: Server, { port, host }: Settings): Promise<number> {
  http.listen({ port, host })
  try {
    await once(http, 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const advice =
      code === 'EADDRINUSE' ? 'is taken by another program; set PORT to another one' : `cannot be listened on (${code})`
    throw new StartError({ code: 'port-unavailable', message: `port ${port} ${advice}` })
  }
  return (http.address() as AddressInfo).port
}
