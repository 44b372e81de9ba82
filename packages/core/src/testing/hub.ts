// A server in the same process for tests: it keeps one document, delivers when told to, and can be cut off at any point.
import * as Y from 'yjs'
import { visitAdded } from '../log/log-items.ts'
import type { Receipt } from '../protocol/receipts.ts'
import type { BookSync, ReceiptKeeper, SyncContext } from '../sync/sync.ts'

/** Why a hub refuses an update, null where it takes it. It is asked before anything is applied, as a server does. */
export type Admit = (update: Uint8Array, hub: Y.Doc) => { readonly closeCode: number; readonly reason: string } | null

/** Connects books in one process; nothing moves until `deliver` is called. */
export interface Hub {
  /** What the hub holds. */
  readonly doc: Y.Doc
  /** A sync adapter for one book; the link starts connected. */
  link(): HubLink
  /** Delivers everything that is under way, and what that sets off, until all is quiet. */
  deliverAll(): void
}

/** One device's link to the hub. */
export interface HubLink {
  readonly sync: BookSync
  /** Delivers at most `count` messages of this link, either way. */
  deliver(count: number): void
  /** Cuts the link: what is under way is lost, as on a dropped socket. */
  disconnect(): void
  /** Connects and starts the handshake by state vectors. */
  connect(): void
}

type Message = { readonly to: 'hub' | 'device'; readonly stateVector?: Uint8Array; readonly update?: Uint8Array }

interface Link extends HubLink {
  receive(update: Uint8Array, from: unknown): void
  readonly isQuiet: boolean
}

/** Makes a hub with an empty document; with `now` it gives receipts. */
export function createHub(options: { admit?: Admit; now?: () => number } = {}): Hub {
  const doc = new Y.Doc()
  const receipts = options.now ? createHubReceipts(doc, options.now) : null
  const links = new Set<Link>()
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    for (const link of links) link.receive(update, origin)
  })
  return {
    doc,
    link() {
      const link = createLink(doc, options.admit ?? (() => null), receipts)
      links.add(link)
      return link
    },
    deliverAll() {
      while ([...links].some((link) => !link.isQuiet)) {
        for (const link of links) link.deliver(Number.MAX_SAFE_INTEGER)
      }
    },
  }
}

/** Receipts as a server gives them: in the order in which actions came. */
interface HubReceipts {
  /** Hands on what a keeper does not have yet. */
  tell(keeper: ReceiptKeeper): void
}

function createHubReceipts(doc: Y.Doc, now: () => number): HubReceipts {
  const log = doc.getArray('log')
  const receipts: Receipt[] = []
  doc.on('afterTransaction', (transaction: Y.Transaction) => {
    visitAdded(log, transaction, (text) => {
      receipts.push({ action: (JSON.parse(String(text)) as { id: string }).id, receivedAt: now() })
    })
  })
  return {
    tell(keeper) {
      const { seq: from } = keeper.position()
      const to = receipts.length
      if (from < to) keeper.take({ generation: 1, from, to, isLast: true, receipts: receipts.slice(from) })
    },
  }
}

function createLink(hub: Y.Doc, admit: Admit, receipts: HubReceipts | null): Link {
  const connections = new Set<Connection>()
  let isConnected = true
  return {
    receive(update, from) {
      if (!isConnected) return
      for (const connection of connections) if (connection !== from) connection.send({ to: 'device', update })
    },
    get isQuiet() {
      return [...connections].every((connection) => connection.isQuiet)
    },
    deliver(count) {
      let left = count
      for (const connection of connections) while (left > 0 && connection.deliver()) left--
    },
    disconnect() {
      isConnected = false
      for (const connection of connections) connection.cut()
    },
    connect() {
      isConnected = true
      for (const connection of connections) connection.handshake()
    },
    sync: {
      start(context) {
        const connection = createConnection({ hub, admit, receipts, context, isConnected: () => isConnected })
        connections.add(connection)
        const onUpdate = (update: Uint8Array, origin: unknown) => {
          if (isConnected && origin !== connection) connection.send({ to: 'hub', update })
        }
        context.doc.on('update', onUpdate)
        connection.handshake()
        return {
          clientIdChanged() {},
          close() {
            context.doc.off('update', onUpdate)
            connections.delete(connection)
            return Promise.resolve()
          },
        }
      },
    },
  }
}

interface Connection {
  readonly isQuiet: boolean
  send(message: Message): void
  /** Delivers one message; false where there is none. */
  deliver(): boolean
  handshake(): void
  /** What is under way is lost. */
  cut(): void
}

function createConnection(parts: {
  hub: Y.Doc
  admit: Admit
  receipts: HubReceipts | null
  context: SyncContext
  isConnected: () => boolean
}): Connection {
  const { hub, context } = parts
  const underWay: Message[] = []
  let isEnded = false

  function end(code: number, reason: string, update: Uint8Array): void {
    isEnded = true
    underWay.length = 0
    const known = Y.decodeStateVector(Y.encodeStateVector(hub))
    const refused = [...Y.parseUpdateMeta(update).to].map(([client, to]) => ({
      client,
      from: known.get(client) ?? 0,
      to,
      code: reason.split(':')[0] ?? '',
    }))
    context.onState('refused', reason)
    context.onFinal?.({ closeCode: code, reason, refused: refused.filter(({ from, to }) => to > from) })
  }

  function atHub(message: Message): void {
    if (message.stateVector) underWay.push({ to: 'device', update: Y.encodeStateAsUpdate(hub, message.stateVector) })
    if (!message.update) return
    const refusal = parts.admit(message.update, hub)
    if (refusal) {
      end(refusal.closeCode, refusal.reason, message.update)
      return
    }
    Y.applyUpdate(hub, message.update, connection)
    // An update whose dependencies are missing is answered by asking for all that the hub lacks (AD2).
    if (hub.store.pendingStructs) {
      hub.store.pendingStructs = null
      underWay.push({ to: 'device', stateVector: Y.encodeStateVector(hub) })
    } else context.onDurable(Y.parseUpdateMeta(message.update).to)
  }

  function atDevice(message: Message): void {
    const { doc } = context
    if (message.stateVector) {
      context.onDurable(Y.decodeStateVector(message.stateVector))
      underWay.push({ to: 'hub', update: Y.encodeStateAsUpdate(doc, message.stateVector) })
    }
    if (!message.update) return
    Y.applyUpdate(doc, message.update, connection)
    context.onDurable(Y.parseUpdateMeta(message.update).to)
    context.onLoaded()
    context.onState('online', null)
  }

  const connection: Connection = {
    get isQuiet() {
      return underWay.length === 0
    },
    send(message) {
      if (!isEnded) underWay.push(message)
    },
    deliver() {
      const message = underWay.shift()
      if (!message) return false
      if (message.to === 'hub') atHub(message)
      else atDevice(message)
      if (context.receipts) parts.receipts?.tell(context.receipts)
      return true
    },
    handshake() {
      if (isEnded || !parts.isConnected()) return
      context.onState('loading', null)
      underWay.push({ to: 'hub', stateVector: Y.encodeStateVector(context.doc) })
      underWay.push({ to: 'device', stateVector: Y.encodeStateVector(hub) })
    },
    cut() {
      underWay.length = 0
      if (!isEnded) context.onState('offline', null)
    },
  }
  return connection
}
