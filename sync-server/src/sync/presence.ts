// Who is looking at a book right now: presence states, each bound to the connection that set it first (AD6), here or on another server.
import { isOfAnother, maxEntries, readStates, type ShownState } from './read-states.ts'

/** Most client ids remembered as gone; echoes come within seconds. */
const maxDeparted = 1_000

/** Whoever holds presence entries; compared by identity, taken over only by the same actor. */
export interface PresenceHolder {
  readonly actor: string
}

/** What somebody shows, and who: for other servers, which look at it again. */
export interface ActorState extends ShownState {
  readonly actor: string
}

/** Where a state came from, if from another server, and when it was heard last, epoch ms. */
export interface Elsewhere {
  readonly node: string
  readonly heardAt: number
}

/** The presence of one book. What changed is given as states to pass on, none where nothing did. */
export interface Presence<H extends PresenceHolder> {
  /** Takes a presence message of a device of this server. `claim` may refuse a new client id. */
  take(holder: H, states: Uint8Array, claim: (client: number) => boolean): readonly ActorState[]
  /** Forgets a holder's entries. */
  leave(holder: H): readonly ActorState[]
  /** Takes what another server's devices show. `mayShow` may refuse a client id. */
  hear(from: Elsewhere, states: readonly ActorState[], mayShow: (state: ActorState) => boolean): readonly ActorState[]
  /** Forgets what was heard from other servers and is over. */
  dropElsewhere(isOver: (from: Elsewhere) => boolean): readonly ActorState[]
  /** Forgets client ids whose owner is to be settled again. */
  forget(clients: Iterable<number>): void
  /** What this server's own devices show. */
  own(): readonly ActorState[]
  /** Everybody, for whoever asks. */
  all(): readonly ActorState[]
}

interface Entry<H> extends ActorState {
  /** The device of this server that shows it; null where another server has the device. */
  readonly holder: H | null
  readonly from: Elsewhere | null
}

export function createPresence<H extends PresenceHolder>(): Presence<H> {
  const entries = new Map<number, Entry<H>>()

  // Stock clients send every state they receive back: an echo that comes after its owner left must not bring it to life again.
  const departed = new Map<number, number>()
  const isDeparted = ({ client, clock }: ShownState) => clock <= (departed.get(client) ?? -1)

  const set = (entry: Entry<H>) => {
    if (entry.state === 'null') entries.delete(entry.client)
    else entries.set(entry.client, entry)
  }
  const depart = (left: readonly Entry<H>[]): readonly ActorState[] => {
    for (const { client, clock } of left) {
      entries.delete(client)
      departed.set(client, clock)
    }
    for (const client of departed.keys()) {
      if (departed.size <= maxDeparted) break
      departed.delete(client)
    }
    // With the same clock, as y-websocket's own server does: a device that returns shows again with its next renewal.
    return left.map((entry) => ({ ...shown(entry), state: 'null' }))
  }
  const countOf = (holder: H) => {
    let count = 0
    for (const entry of entries.values()) if (entry.holder === holder) count++
    return count
  }
  return {
    take(holder, states, claim) {
      const { actor } = holder
      const taken: ActorState[] = []
      for (const state of readStates(states)) {
        if (isOfAnother(state.state, actor)) continue
        const entry = entries.get(state.client)
        const mayEnter = () => state.state !== 'null' && !isDeparted(state) && countOf(holder) < maxEntries
        if (entry ? !mayReplace(entry, holder, state) : !mayEnter() || !claim(state.client)) continue
        set({ ...state, actor, holder, from: null })
        taken.push({ ...state, actor })
      }
      return taken
    },
    leave: (holder) => depart([...entries.values()].filter((entry) => entry.holder === holder)),
    hear(from, states, mayShow) {
      const left: Entry<H>[] = []
      const taken: ActorState[] = []
      for (const state of states) {
        const entry = entries.get(state.client)
        if (state.state === 'null') {
          // Only who is still shown from there: they may have come here, or to a third server, meanwhile.
          if (entry?.from?.node === from.node && state.clock >= entry.clock) left.push(entry)
          continue
        }
        const isNew = entry ? entry.actor === state.actor && state.clock > entry.clock : !isDeparted(state)
        if (!isNew || isOfAnother(state.state, state.actor) || !mayShow(state)) continue
        set({ ...shown(state), holder: null, from })
        taken.push(shown(state))
      }
      return [...depart(left), ...taken]
    },
    dropElsewhere: (isOver) => depart([...entries.values()].filter(({ from }) => from !== null && isOver(from))),
    forget(clients) {
      for (const client of clients) entries.delete(client)
    },
    own: () => [...entries.values()].filter(({ from }) => from === null).map(shown),
    all: () => [...entries.values()].map(shown),
  }
}

function shown({ client, clock, state, actor }: ActorState): ActorState {
  return { client, clock, state, actor }
}

/** A device that comes back before its old socket is found dead is the same actor; with the same clock it is an echo. */
function mayReplace<H extends PresenceHolder>(entry: Entry<H>, holder: H, { clock, state }: ShownState): boolean {
  if (entry.holder === holder && clock === entry.clock) return state === 'null'
  return entry.actor === holder.actor && clock > entry.clock
}
