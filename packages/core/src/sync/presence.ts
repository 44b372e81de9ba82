// Who is in a book right now and which client each of them works on: y-protocols' awareness, which is never stored and never in the log.
import type { WebsocketProvider } from 'y-websocket'
import * as z from 'zod/mini'
import { Id } from '../schema/ids.ts'

/** What one device shows of itself. */
export const PresenceState = z.object({
  /** The server passes on no state that names another actor than its connection's (AD6). */
  actor: Id,
  /** As the person calls themselves: for those who have not written yet and so have no name in the log. */
  name: z.string().check(z.maxLength(200)),
  /** The client they work on; null where none. */
  client: z.nullable(Id),
})
export type PresenceState = z.infer<typeof PresenceState>

type Awareness = WebsocketProvider['awareness']

/** The presence of an open book. Made before it is opened and given to `webSocket`; lives on when the connection does not. */
export interface Presence {
  /** Shows this device to the others from now on, and again whenever it comes back; null takes it down. */
  show(state: PresenceState | null): void
  /** The devices that show themselves, without this one. Empty while there is no connection. */
  others(): readonly PresenceState[]
  /** Told when {@link Presence.others} changed; gives what ends that. */
  subscribe(listener: () => void): () => void
  /** For the adapter: one connection's awareness. */
  attach(awareness: Awareness): AttachedPresence
}

/** One connection that presence goes through. */
export interface AttachedPresence {
  /** The connection works: shows this device, under a clock that the server has not seen leave. */
  returned(): void
  /** The document writes under another Yjs client id: the state moves there, or y-websocket throws at the next goodbye (F15). */
  clientIdChanged(client: number): void
  close(): void
}

/**
 * Presence for a book.
 * @example
 * const presence = createPresence()
 * const book = await openBook({ id, author, storage: indexedDb(), sync: webSocket({ url, token, presence }) })
 * presence.show({ actor: author.id, name: author.name, client: null })
 */
export function createPresence(): Presence {
  const attached = new Map<Awareness, { isBack: boolean }>()
  const listeners = new Set<() => void>()
  let shown: PresenceState | null = null
  const tell = () => {
    for (const listener of [...listeners]) listener()
  }
  return {
    show(state) {
      shown = state
      for (const [awareness, { isBack }] of attached) if (isBack) awareness.setLocalState(state)
    },
    others: () => [...attached.keys()].flatMap(othersOf),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    attach(awareness) {
      const connection = { isBack: false }
      attached.set(awareness, connection)
      // Without a state y-websocket sends none.
      awareness.setLocalState(null)
      awareness.on('change', tell)
      return {
        returned() {
          connection.isBack = true
          if (shown) awareness.setLocalState(shown)
        },
        clientIdChanged(client) {
          if (awareness.clientID === client) return
          awareness.setLocalState(null)
          awareness.clientID = client
          // Peers take no state under clock 0, which the first under a new id has.
          awareness.setLocalState(null)
          if (connection.isBack && shown) awareness.setLocalState(shown)
        },
        close() {
          awareness.off('change', tell)
          if (attached.delete(awareness)) tell()
        },
      }
    },
  }
}

/** Whatever a peer shows passes the schema before use. */
function othersOf(awareness: Awareness): PresenceState[] {
  return [...awareness.getStates()].flatMap(([client, state]) => {
    const read = client === awareness.clientID ? null : PresenceState.safeParse(state)
    return read?.success ? [read.data] : []
  })
}
