// Syncs a book with a server through y-websocket's provider, with acknowledgements, full jitter and final refusals.
import * as decoding from 'lib0/decoding'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { closeCode, messageType, subprotocol, tokenSubprotocolPrefix } from '../protocol.ts'
import type { BookSync, SyncContext, SyncHandle } from './sync.ts'

/** How to reach the server. */
export interface WebSocketSyncOptions {
  /** The server's sync address, `wss://host/sync`; the book's id is appended. */
  readonly url: string
  /** The access token, or how to get a fresh one; it travels as a websocket subprotocol, never in the URL. */
  readonly token: string | (() => string | Promise<string>)
  /** Longest pause between two attempts, in ms; each pause is drawn evenly from zero up. @default 20_000 */
  readonly maxPauseMs?: number
  /** A WebSocket class for runtimes without one (Node 20). @default globalThis.WebSocket */
  readonly WebSocket?: typeof globalThis.WebSocket
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
  const random = options.random ?? Math.random
  const maxPauseMs = options.maxPauseMs ?? 20_000
  const provider = new WebsocketProvider(options.url, context.book, doc, {
    connect: false,
    disableBc: true,
    ...(options.WebSocket ? { WebSocketPolyfill: options.WebSocket } : {}),
  })
  // Without a presence state y-websocket sends none, and a fresh Yjs client id cannot trip it (F15).
  provider.awareness.setLocalState(null)
  readDurable(provider, context)

  let isClosed = false
  const connect = async () => {
    try {
      const token = typeof options.token === 'string' ? options.token : await options.token()
      if (isClosed) return
      provider.protocols = [subprotocol, tokenSubprotocolPrefix + token]
      provider.connect()
    } catch (cause) {
      // No token is no verdict: the place that issues them may be back in a moment.
      context.onState('offline', cause instanceof Error ? cause.message : String(cause))
      retry = setTimeout(() => void connect(), random() * maxPauseMs)
    }
  }
  let retry: ReturnType<typeof setTimeout> | undefined

  provider.on('status', ({ status }) => {
    if (status !== 'disconnected') context.onState(status === 'connecting' ? 'connecting' : 'loading', null)
  })
  provider.on('sync', (isSynced) => {
    if (!isSynced) return
    context.onLoaded()
    context.onState('online', null)
  })
  provider.on('connection-close', (event) => {
    // y-websocket waits the smaller of its own doubling pause and this one: drawn evenly, a thousand devices spread out (SY4).
    provider.maxBackoffTime = random() * Math.min(maxPauseMs, 2 ** provider.wsUnsuccessfulReconnects * 200)
    if (!isClosed) context.onState('offline', event?.reason || null)
  })
  provider.on('closed', ({ code, reason }) => {
    context.onState(
      code === closeCode.signInAgain ? 'signed-out' : 'refused',
      reason || `the server closed the connection (${code})`,
    )
  })
  const stopListening = heedNetwork({
    offline() {
      clearTimeout(retry)
      provider.disconnect()
    },
    online: () => void connect(),
  })
  const noteReceived = (transaction: Y.Transaction) => {
    // SY1: whatever the server sends is on its disk.
    if (transaction.origin === provider) context.onDurable(newClocks(transaction))
  }
  doc.on('afterTransaction', noteReceived)
  void connect()

  return {
    // Nothing to do while no presence state is set; kept so that presence cannot forget it.
    clientIdChanged() {},
    close() {
      isClosed = true
      clearTimeout(retry)
      stopListening()
      doc.off('afterTransaction', noteReceived)
      provider.destroy()
      return Promise.resolve()
    },
  }
}

/** Reads what the server says is durable: message 100, and its state vector in sync step 1. */
function readDurable(provider: WebsocketProvider, context: SyncContext): void {
  provider.messageHandlers[messageType.durable] = (_encoder, decoder) => {
    const clocks = new Map<number, number>()
    for (let left = decoding.readVarUint(decoder); left > 0; left--) {
      clocks.set(decoding.readVarUint(decoder), decoding.readVarUint(decoder))
    }
    if (clocks.size > 0) context.onDurable(clocks)
  }
  const readSync = provider.messageHandlers[messageType.sync]
  provider.messageHandlers[messageType.sync] = (encoder, decoder, ...rest) => {
    const start = decoder.pos
    if (decoding.readVarUint(decoder) === 0) context.onDurable(Y.decodeStateVector(decoding.readVarUint8Array(decoder)))
    decoder.pos = start
    readSync?.(encoder, decoder, ...rest)
  }
}

function newClocks(transaction: Y.Transaction): Map<number, number> {
  const clocks = new Map<number, number>()
  for (const [client, clock] of transaction.afterState) {
    if (clock > (transaction.beforeState.get(client) ?? 0)) clocks.set(client, clock)
  }
  return clocks
}

/** A socket can look open long after the network is gone; the browser knows first. */
function heedNetwork(on: { offline: () => void; online: () => void }): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {}
  globalThis.addEventListener('offline', on.offline)
  globalThis.addEventListener('online', on.online)
  return () => {
    globalThis.removeEventListener('offline', on.offline)
    globalThis.removeEventListener('online', on.online)
  }
}
