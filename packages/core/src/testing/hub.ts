// A server in the same process for tests: it keeps one document, delivers when told to, and can be cut off at any point.
import * as Y from 'yjs'
import type { BookSync, SyncContext } from '../sync/sync.ts'

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
  receive(update: Uint8Array): void
}

/** Makes a hub with an empty document. */
export function createHub(): Hub {
  const doc = new Y.Doc()
  const links = new Set<Link>()
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    for (const link of links) if (link !== origin) link.receive(update)
  })
  return {
    doc,
    link() {
      const link = createLink(doc)
      links.add(link)
      return link
    },
    deliverAll() {
      for (let quiet = false; !quiet;) {
        quiet = true
        for (const link of links) if (deliverSome(link, Number.MAX_SAFE_INTEGER)) quiet = false
      }
    },
  }
}

const pending = new WeakMap<HubLink, Message[]>()

function deliverSome(link: HubLink, count: number): boolean {
  const before = pending.get(link)?.length ?? 0
  link.deliver(count)
  return before > 0
}

function createLink(hub: Y.Doc): Link {
  const underWay: Message[] = []
  let context: SyncContext | undefined
  let isConnected = true

  function handshake(): void {
    if (!context || !isConnected) return
    context.onState('loading', null)
    underWay.push({ to: 'hub', stateVector: Y.encodeStateVector(context.doc) })
    underWay.push({ to: 'device', stateVector: Y.encodeStateVector(hub) })
  }

  function atHub(message: Message): void {
    if (message.stateVector) underWay.push({ to: 'device', update: Y.encodeStateAsUpdate(hub, message.stateVector) })
    if (!message.update) return
    Y.applyUpdate(hub, message.update, link)
    // An update whose dependencies are missing is answered by asking for all that the hub lacks (AD2).
    if (hub.store.pendingStructs) {
      hub.store.pendingStructs = null
      underWay.push({ to: 'device', stateVector: Y.encodeStateVector(hub) })
    } else context?.onDurable(Y.parseUpdateMeta(message.update).to)
  }

  function atDevice({ doc, onDurable, onLoaded, onState }: SyncContext, message: Message): void {
    if (message.stateVector) {
      onDurable(Y.decodeStateVector(message.stateVector))
      underWay.push({ to: 'hub', update: Y.encodeStateAsUpdate(doc, message.stateVector) })
    }
    if (!message.update) return
    Y.applyUpdate(doc, message.update, link)
    onDurable(Y.parseUpdateMeta(message.update).to)
    onLoaded()
    onState('online', null)
  }

  const link: Link = {
    receive(update) {
      if (isConnected && context) underWay.push({ to: 'device', update })
    },
    deliver(count) {
      for (let left = count; left > 0 && context; left--) {
        const message = underWay.shift()
        if (!message) return
        if (message.to === 'hub') atHub(message)
        else atDevice(context, message)
      }
    },
    disconnect() {
      isConnected = false
      underWay.length = 0
      context?.onState('offline', null)
    },
    connect() {
      isConnected = true
      handshake()
    },
    sync: {
      start(started) {
        context = started
        underWay.length = 0
        const onUpdate = (update: Uint8Array, origin: unknown) => {
          if (isConnected && origin !== link) underWay.push({ to: 'hub', update })
        }
        started.doc.on('update', onUpdate)
        handshake()
        return {
          clientIdChanged() {},
          close() {
            started.doc.off('update', onUpdate)
            context = undefined
            underWay.length = 0
            return Promise.resolve()
          },
        }
      },
    },
  }
  pending.set(link, underWay)
  return link
}
