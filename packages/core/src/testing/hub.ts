// A server in the same process for tests: it keeps one document, delivers when told to, and can be cut off at any point.
import * as Y from 'yjs'
import { visitAdded } from '../log/log-items.ts'
import { closeCode } from '../protocol/wire.ts'
import type { ServerHead } from '../protocol/head.ts'
import type { Receipt } from '../protocol/receipts.ts'
import type { BookSync, ReceiptKeeper, SyncContext } from '../sync/sync.ts'

/**
 * Why a hub refuses an update, null where it takes it, `gap` where it must ask for what came before. It is asked before anything is applied, as
 * a server does.
 */
export type Admit = (
  update: Uint8Array,
  hub: Y.Doc,
  sender: string | null,
) => { readonly closeCode: number; readonly reason: string } | 'gap' | null

/** Connects books in one process; nothing moves until `deliver` is called. */
export interface Hub {
  /** What the hub holds. */
  readonly doc: Y.Doc
  /** A sync adapter for one book; the link starts connected. `sender` is whom `admit` hears of. */
  link(sender?: string): HubLink
  /**
   * The hub loses all it held and every link is cut. Devices that were shown its history hear at their next handshake that it is another one (SY5).
   */
  wipe(): void
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

type Message = {
  readonly to: 'hub' | 'device'
  readonly stateVector?: Uint8Array
  readonly update?: Uint8Array
  /** All that the device has, where asking again would bring the same; or all that the hub has, with which a device has loaded. */
  readonly isAnswer?: boolean
  /** Told once the hub's answer is in the document, or lost. */
  readonly whenAnswered?: (isHere: boolean) => void
}

interface Link extends HubLink {
  receive(update: Uint8Array, from: unknown): void
  readonly isQuiet: boolean
}

/** Where messages go on causing messages for so long, they do for ever. */
const mostRounds = 100
const mostAtOnce = 1_000

/** Makes a hub with an empty document; with `now` it gives receipts. */
export function createHub(options: { admit?: Admit; now?: () => number } = {}): Hub {
  const links = new Set<Link>()
  let generation = 0
  let held = begin()

  function begin(): Held {
    generation += 1
    const doc = new Y.Doc()
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      for (const link of links) link.receive(update, origin)
    })
    return { doc, generation, receipts: options.now ? createHubReceipts(doc, options.now, generation) : null }
  }

  return {
    get doc() {
      return held.doc
    },
    link(sender) {
      const link = createLink(() => held, { admit: options.admit ?? (() => null), sender: sender ?? null })
      links.add(link)
      return link
    },
    wipe() {
      for (const link of links) link.disconnect()
      held = begin()
    },
    deliverAll() {
      for (let round = 0; [...links].some((link) => !link.isQuiet); round++) {
        if (round > mostRounds)
          throw new Error(`hub: expected quiet after ${mostRounds} rounds, messages still cause messages`)
        for (const link of links) link.deliver(mostAtOnce)
      }
    },
  }
}

/** What a hub has until it is wiped. */
interface Held {
  readonly doc: Y.Doc
  readonly generation: number
  readonly receipts: HubReceipts | null
}

/** Whose updates they are, and who judges them. */
interface Gate {
  readonly admit: Admit
  readonly sender: string | null
}

/** Receipts as a server gives them: in the order in which actions came. */
interface HubReceipts {
  /** Hands on what a keeper does not have yet. */
  tell(keeper: ReceiptKeeper): void
}

function createHubReceipts(doc: Y.Doc, now: () => number, generation: number): HubReceipts {
  const log = doc.getArray('log')
  const receipts: Receipt[] = []
  doc.on('afterTransaction', (transaction: Y.Transaction) => {
    visitAdded(log, transaction, (text) => {
      receipts.push({ action: (JSON.parse(String(text)) as { id: string }).id, receivedAt: now() })
    })
  })
  return {
    tell(keeper) {
      const position = keeper.position()
      const from = position.generation === generation ? position.seq : 0
      const to = receipts.length
      if (from < to) void keeper.take({ generation, from, to, isLast: true, receipts: receipts.slice(from) })
    },
  }
}

function createLink(held: () => Held, gate: Gate): Link {
  const connections = new Set<Connection>()
  let isConnected = true
  return {
    receive(update, from) {
      if (!isConnected) return
      for (const connection of connections) if (connection !== from) connection.hear(update)
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
        const connection = createConnection({ held, gate, context, isConnected: () => isConnected })
        connections.add(connection)
        const onUpdate = (update: Uint8Array, origin: unknown) => {
          if (isConnected && origin !== connection) connection.send({ to: 'hub', update })
        }
        context.doc.on('update', onUpdate)
        connection.handshake()
        return {
          clientIdChanged() {},
          catchUp: () => connection.catchUp(),
          close() {
            context.doc.off('update', onUpdate)
            connection.drop()
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
  /** Others have written. */
  hear(update: Uint8Array): void
  /** Delivers one message; false where there is none. */
  deliver(): boolean
  handshake(): void
  /** Asks for all that the hub has; see `SyncHandle.catchUp`. */
  catchUp(): Promise<boolean>
  /** What is under way is lost. */
  drop(): void
  /** The same, and the device is offline. */
  cut(): void
}

function createConnection(parts: {
  held: () => Held
  gate: Gate
  context: SyncContext
  isConnected: () => boolean
}): Connection {
  const { held, gate, context } = parts
  const underWay: Message[] = []
  let isEnded = false
  let hasGap = false

  function drop(): void {
    for (const { whenAnswered } of underWay.splice(0)) whenAnswered?.(false)
  }

  /** The final word, as a server gives it when it closes for good. */
  function end(code: number, reason: string, update?: Uint8Array): void {
    isEnded = true
    drop()
    const known = Y.decodeStateVector(Y.encodeStateVector(held().doc))
    const refused = [...(update ? Y.parseUpdateMeta(update).to : [])].map(([client, to]) => ({
      client,
      from: known.get(client) ?? 0,
      to,
      code: reason.split(':')[0] ?? '',
    }))
    context.onState('refused', reason)
    context.onFinal?.({ closeCode: code, reason, refused: refused.filter(({ from, to }) => to > from) })
  }

  function atHub(message: Message): void {
    const hub = held().doc
    const { stateVector, whenAnswered } = message
    if (stateVector)
      underWay.push({
        to: 'device',
        update: Y.encodeStateAsUpdate(hub, stateVector),
        isAnswer: true,
        ...(whenAnswered ? { whenAnswered } : {}),
      })
    if (!message.update) return
    const refusal = gate.admit(message.update, hub, gate.sender)
    if (refusal !== null && refusal !== 'gap') {
      end(refusal.closeCode, refusal.reason, message.update)
      return
    }
    if (refusal === null) Y.applyUpdate(hub, message.update, connection)
    // An update whose dependencies are missing is answered by asking for all that the hub lacks (AD2).
    if (refusal === 'gap' || hub.store.pendingStructs) {
      hub.store.pendingStructs = null
      if (message.isAnswer) hasGap = true
      else underWay.push({ to: 'device', stateVector: Y.encodeStateVector(hub) })
    } else context.onDurable(Y.parseUpdateMeta(message.update).to)
  }

  /** True where the device was shown another history than the hub's. */
  function isOfAnotherHistory(): boolean {
    const known = context.history?.last() ?? null
    if (!known || known.generation === held().generation) return false
    const reason = `other-generation: the book was made anew on the server`
    context.history?.doubt({ code: 'other-generation', reason, known, found: null })
    end(closeCode.otherGeneration, reason)
    return true
  }

  function atDevice(message: Message): void {
    const { doc } = context
    if (message.stateVector) {
      context.onDurable(Y.decodeStateVector(message.stateVector))
      underWay.push({ to: 'hub', update: Y.encodeStateAsUpdate(doc, message.stateVector), isAnswer: true })
    }
    if (!message.update) return
    Y.applyUpdate(doc, message.update, connection)
    context.onDurable(Y.parseUpdateMeta(message.update).to)
    // What others write meanwhile may come before it, and wait for what it brings.
    if (message.isAnswer) {
      context.onLoaded()
      context.onState('online', null)
    }
    message.whenAnswered?.(true)
    if (context.history?.last() === null) context.history.take(headOf(held().generation))
  }

  const connection: Connection = {
    get isQuiet() {
      return underWay.length === 0
    },
    send(message) {
      if (!isEnded) underWay.push(message)
    },
    hear(update) {
      connection.send({ to: 'device', update })
      // What the device lacked may have come from others.
      if (hasGap) connection.send({ to: 'device', stateVector: Y.encodeStateVector(held().doc) })
      hasGap = false
    },
    deliver() {
      const message = underWay.shift()
      if (!message) return false
      if (message.to === 'hub') atHub(message)
      else atDevice(message)
      if (context.receipts) held().receipts?.tell(context.receipts)
      return true
    },
    handshake() {
      if (isEnded || !parts.isConnected() || isOfAnotherHistory()) return
      const hub = held().doc
      context.onState('loading', null)
      underWay.push({ to: 'hub', stateVector: Y.encodeStateVector(context.doc) })
      underWay.push({ to: 'device', stateVector: Y.encodeStateVector(hub) })
    },
    async catchUp() {
      if (isEnded || !parts.isConnected()) return false
      return new Promise((whenAnswered) =>
        underWay.push({ to: 'hub', stateVector: Y.encodeStateVector(context.doc), whenAnswered }),
      )
    },
    drop,
    cut() {
      drop()
      if (!isEnded) context.onState('offline', null)
    },
  }
  return connection
}

/** Only the generation tells hub histories apart. */
function headOf(generation: number): ServerHead {
  return { generation, seq: 0, head: '', signedAt: 0, signature: '', publicKey: '' }
}
