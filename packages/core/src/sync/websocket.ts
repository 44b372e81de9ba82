// Syncs a book with a server through y-websocket's provider, with acknowledgements, full jitter and final refusals.
import * as decoding from 'lib0/decoding'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { decodeDurable, type RefusedRange } from '../protocol/durable.ts'
import { decodeServerFacts } from '../protocol/server-facts.ts'
import {
  cannotStore,
  closeCode,
  closeReason,
  historyDoubts,
  messageType,
  packedSubprotocol,
  readRetryMs,
  subprotocol,
  tokenSubprotocolPrefix,
} from '../protocol/wire.ts'
import { createCatchUp } from './catch-up.ts'
import { createDialler } from './dialler.ts'
import { followHistory } from './follow-history.ts'
import { followReceipts } from './follow-receipts.ts'
import { canUnpack, takePackedSnapshots } from './packed-snapshots.ts'
import { createPresence, type Presence } from './presence.ts'
import type { BookSync, SyncContext, SyncHandle } from './sync.ts'

/** How to reach the server. */
export interface WebSocketSyncOptions {
  /** The server's sync address, `wss://host/sync`; the book's id is appended. */
  readonly url: string
  /** The access token, or how to get the one in force, asked at each dial; it travels as a websocket subprotocol, never in the URL. */
  readonly token: string | (() => string | Promise<string>)
  /** Who is here; see `createPresence`. @default nobody is shown, nor shows this device */
  readonly presence?: Presence
  /** Called when the server says that who gets into the book, or as what, has changed; the list is asked for over HTTP. */
  readonly onPeopleChanged?: () => void
  /** Longest pause between two attempts, in ms; each pause is drawn evenly from zero up. @default 20_000 */
  readonly maxPauseMs?: number
  /** Longest time that one attempt may take to be answered, in ms. @default 15_000 */
  readonly maxConnectMs?: number
  /** A WebSocket class for runtimes without one (Node 20). @default globalThis.WebSocket */
  readonly WebSocket?: typeof globalThis.WebSocket
  /** Epoch ms. @default Date.now */
  readonly now?: () => number
  /** Numbers in [0, 1). @default Math.random */
  readonly random?: () => number
}

/**
 * Syncs a book over a websocket.
 * @example
 * const book = await openBook({ id, author, storage: indexedDb(), sync: webSocket({ url: 'wss://book.example/sync', token }) })
 */
export function webSocket(options: WebSocketSyncOptions): BookSync {
  return { start: (context) => startSync(options, context) }
}

function startSync(options: WebSocketSyncOptions, context: SyncContext): SyncHandle {
  const { doc } = context
  const provider = new WebsocketProvider(options.url, context.book, doc, {
    connect: false,
    disableBc: true,
    ...(options.WebSocket ? { WebSocketPolyfill: options.WebSocket } : {}),
  })
  const presence = (options.presence ?? createPresence()).attach(provider.awareness)
  // F15: y-websocket speaks of the document's id when it hangs up, and throws where presence knows only an earlier one.
  const followClientId = () => presence.clientIdChanged(doc.clientID)
  const hangUp = () => {
    followClientId()
    provider.disconnect()
  }
  let isClosed = false
  let dialledWith: string | null = null
  let hasWorked = false
  let readsPacked = canUnpack
  let refused: RefusedRange[] = []
  readDurable(provider, context, {
    onDurable: () => history.noteStored(),
    onRefused: (ranges) => refused.push(...ranges),
  })
  provider.messageHandlers[messageType.serverFacts] = (_encoder, decoder) =>
    context.onFacts?.(decodeServerFacts(decoder))
  provider.messageHandlers[messageType.people] = () => options.onPeopleChanged?.()
  followReceipts(provider, context, (cause) => nonsense(messageType.receipts, cause))
  const catchUp = createCatchUp(provider)

  const history = followHistory({
    provider,
    context,
    now: options.now ?? Date.now,
    onDoubt(doubt) {
      if (isClosed) return
      hangUp()
      context.history?.doubt(doubt)
      end(closeCode.otherGeneration, doubt.reason)
    },
  })
  /** The server's final word: no more dialling. */
  const end = (code: number, reason: string) => {
    if (isClosed) return
    provider.shouldConnect = false
    dialler.stop()
    context.onState(code === closeCode.signInAgain ? 'signed-out' : 'refused', reason)
    context.onFinal?.({ closeCode: code, reason, refused })
  }

  const dial = async () => {
    try {
      const token = typeof options.token === 'string' ? options.token : await options.token()
      if (isClosed) return
      dialledWith = token
      hasWorked = false
      const known = history.protocol()
      const packed = readsPacked ? [packedSubprotocol] : []
      provider.protocols = [subprotocol, ...packed, tokenSubprotocolPrefix + token, ...(known ? [known] : [])]
      refused = []
      provider.connect()
    } catch (cause) {
      // No token is no verdict: the place that issues them may be back in a moment.
      context.onState('offline', cause instanceof Error ? cause.message : String(cause))
      dialler.lost()
    }
  }

  /** A connection ends with the token it was made with: where there is another one by now the device comes back with that (F13). */
  const signInAgain = async (reason: string) => {
    const fresh = typeof options.token === 'string' ? options.token : await options.token()
    if (isClosed) return
    if (fresh === dialledWith) return end(closeCode.signInAgain, reason)
    context.onState('offline', reason)
    dialler.lost()
  }

  // F14: an attempt whose packets vanish, as on a phone that changes networks, would be waited for as long as the system does: minutes.
  let attempt: ReturnType<typeof setTimeout> | undefined
  provider.on('status', ({ status }) => {
    clearTimeout(attempt)
    if (status === 'connecting') attempt = setTimeout(hangUp, options.maxConnectMs ?? 15_000)
    if (status !== 'disconnected') context.onState(status === 'connecting' ? 'connecting' : 'loading', null)
  })
  provider.on('sync', (isSynced) => {
    if (!isSynced) return
    dialler.works()
    hasWorked = true
    presence.returned()
    context.onLoaded()
    context.onState('online', null)
  })
  provider.on('connection-close', (event) => {
    clearTimeout(attempt)
    if (isClosed) return
    if (event?.code === frameTooLarge) {
      // Dialling again would send the same frame again, for ever; the changes stay on this device.
      return end(frameTooLarge, closeReason.tooLarge)
    }
    context.onState('offline', event?.reason || null)
    // Without a word nobody knows: the network may be gone.
    context.onFacts?.({ storing: !event?.reason.startsWith(cannotStore) })
    if (event && isFinal(event.code)) return
    // The dialler takes over from y-websocket's own loop, which knows no jitter and would reuse a stale token.
    provider.shouldConnect = false
    dialler.lost({ afterMs: event?.code === closeCode.tryAgainLater ? readRetryMs(event.reason) : 0 })
  })
  provider.on('closed', ({ code, reason }) => {
    if (code === closeCode.otherGeneration) doubtHistory(context, reason)
    const words = reason || `the server closed the connection (${code})`
    if (code !== closeCode.signInAgain || !hasWorked) return end(code, words)
    // Whoever cannot give a token now has none that is another one.
    signInAgain(words).catch(() => end(code, words))
  })
  const nonsense = (type: number, cause: unknown) => {
    if (isClosed) return
    hangUp()
    end(closeCode.malformed, `the server sent a message of type ${type} that could not be read: ${String(cause)}`)
  }
  guardAgainstNonsense(provider, nonsense)
  takePackedSnapshots(provider, (cause) => {
    // Asked plainly, the server unpacks what it stored itself, and finds what else there is where it cannot.
    readsPacked = false
    hangUp()
    context.onState('offline', `the snapshot that the server sent cannot be unpacked: ${String(cause)}`)
  })
  const noteReceived = (transaction: Y.Transaction) => {
    // SY1: whatever the server sends is on its disk.
    if (transaction.origin !== provider) return
    context.onDurable(newClocks(transaction))
    history.noteStored()
  }
  doc.on('afterTransaction', noteReceived)
  const dialler = createDialler({
    dial: () => void dial(),
    hangUp,
    maxPauseMs: options.maxPauseMs ?? 20_000,
    random: options.random ?? Math.random,
  })
  dialler.start()

  return {
    clientIdChanged: followClientId,
    catchUp,
    close() {
      isClosed = true
      clearTimeout(attempt)
      dialler.close()
      doc.off('afterTransaction', noteReceived)
      followClientId()
      presence.close()
      provider.destroy()
      return Promise.resolve()
    },
  }
}

/** Reads what the server says is durable: message 100, and its state vector in sync step 1. */
function readDurable(
  provider: WebsocketProvider,
  context: SyncContext,
  on: { onDurable: () => void; onRefused: (ranges: readonly RefusedRange[]) => void },
): void {
  provider.messageHandlers[messageType.durable] = (_encoder, decoder) => {
    // Why something was refused follows in the close that comes next.
    const { clocks, refused } = decodeDurable(decoder)
    on.onRefused(refused)
    if (clocks.size === 0) return
    context.onDurable(clocks)
    on.onDurable()
  }
  const readSync = provider.messageHandlers[messageType.sync]
  provider.messageHandlers[messageType.sync] = (encoder, decoder, ...rest) => {
    const start = decoder.pos
    const step = decoding.readVarUint(decoder)
    if (step === 0) context.onDurable(Y.decodeStateVector(decoding.readVarUint8Array(decoder)))
    // An edit that another tab of this profile sent first comes back as news of the server, and brings the document nothing new (F8).
    if (step === 2) context.onDurable(Y.parseUpdateMeta(decoding.readVarUint8Array(decoder)).to)
    decoder.pos = start
    readSync?.(encoder, decoder, ...rest)
  }
}

/** The server compared histories before anything was merged. */
function doubtHistory({ history }: SyncContext, reason: string): void {
  const code = historyDoubts.find((each) => reason.startsWith(each))
  if (code) history?.doubt({ code, reason, known: history.last(), found: null })
}

/** A message that cannot be read ends the connection with words; thrown inside a socket's handler it would end a script. */
function guardAgainstNonsense(provider: WebsocketProvider, onNonsense: (type: number, cause: unknown) => void): void {
  for (const [type, handle] of provider.messageHandlers.entries()) {
    if (!handle) continue
    provider.messageHandlers[type] = (...parts) => {
      try {
        handle(...parts)
      } catch (cause) {
        onNonsense(type, cause)
      }
    }
  }
}

/** What a websocket server closes with when a message exceeds its limit (RFC 6455, 7.4.1). */
const frameTooLarge = 1009

/** Close codes of which the server says that coming back is no use. */
function isFinal(code: number): boolean {
  return code >= 4400 && code < 4500
}

function newClocks(transaction: Y.Transaction): Map<number, number> {
  const clocks = new Map<number, number>()
  for (const [client, clock] of transaction.afterState) {
    if (clock > (transaction.beforeState.get(client) ?? 0)) clocks.set(client, clock)
  }
  return clocks
}
