// Who is looking at a book right now: presence states, each bound to the connection that set it first (AD6).
import * as decoding from 'lib0/decoding'
import { writeAwareness } from './messages.ts'

/** Most presence entries of one message and of one connection: a tab has one, a relaying tab a few. */
const maxEntries = 64
/** Most UTF-16 code units of one state: a name, a colour, a cursor. */
const maxStateLength = 4096

/** Most client ids remembered as gone; echoes come within seconds. */
const maxDeparted = 1_000

/** Whoever holds presence entries; compared by identity, taken over only by the same actor. */
export interface PresenceHolder {
  readonly actor: string
}

/** The presence of one book. */
export interface Presence<H extends PresenceHolder> {
  /** Takes a presence message; gives the frame to pass on to everybody, null where nothing was taken. `claim` may refuse a new client id. */
  take(holder: H, states: Uint8Array, claim: (client: number) => boolean): Uint8Array | null
  /** Forgets a holder's entries; gives the frame that tells the others. */
  leave(holder: H): Uint8Array | null
  /** Forgets client ids whose owner is to be settled again. */
  forget(clients: Iterable<number>): void
  /** Everybody, for whoever asks; null while nobody shows. */
  all(): Uint8Array | null
}

interface Entry<H> {
  clock: number
  /** JSON text; `null` once it was taken down. */
  state: string
  holder: H
}

export function createPresence<H extends PresenceHolder>(): Presence<H> {
  const entries = new Map<number, Entry<H>>()

  // Stock clients send every state they receive back: an echo that comes after its owner left must not bring it to life again.
  const departed = new Map<number, number>()
  const mayEnter = (holder: H, client: number, clock: number, state: string, claim: (client: number) => boolean) =>
    state !== 'null' && clock > (departed.get(client) ?? -1) && countOf(entries, holder) < maxEntries && claim(client)

  const list = (clients: Iterable<number>) =>
    [...clients].flatMap((client) => {
      const entry = entries.get(client)
      return entry ? [{ client, clock: entry.clock, state: entry.state }] : []
    })
  return {
    take(holder, states, claim) {
      const taken: number[] = []
      for (const { client, clock, state } of readStates(states)) {
        if (isOfAnother(state, holder.actor)) continue
        const entry = entries.get(client)
        if (entry ? !mayReplace(entry, holder, clock, state) : !mayEnter(holder, client, clock, state, claim)) continue
        entries.set(client, { clock, state, holder })
        taken.push(client)
      }
      if (taken.length === 0) return null
      const frame = writeAwareness(list(taken))
      for (const client of taken) if (entries.get(client)?.state === 'null') entries.delete(client)
      return frame
    },
    leave(holder) {
      const left = [...entries].filter(([, entry]) => entry.holder === holder)
      if (left.length === 0) return null
      for (const [client, { clock }] of left) {
        entries.delete(client)
        departed.set(client, clock)
      }
      for (const client of departed.keys()) {
        if (departed.size <= maxDeparted) break
        departed.delete(client)
      }
      // With the same clock, as y-websocket's own server does: a device that returns shows again with its next renewal.
      return writeAwareness(left.map(([client, { clock }]) => ({ client, clock, state: 'null' })))
    },
    forget(clients) {
      for (const client of clients) entries.delete(client)
    },
    all() {
      return entries.size === 0 ? null : writeAwareness(list(entries.keys()))
    },
  }
}

/** States of Tierbook's own clients name an actor, by which the others know who it is: only one's own. Stock clients' states name none. */
function isOfAnother(state: string, actor: string): boolean {
  const said = JSON.parse(state) as { readonly actor?: unknown } | null
  return said?.actor !== undefined && said.actor !== actor
}

/** A device that comes back before its old socket is found dead is the same actor; with the same clock it is an echo. */
function mayReplace<H extends PresenceHolder>(entry: Entry<H>, holder: H, clock: number, state: string): boolean {
  if (entry.holder === holder && clock === entry.clock) return state === 'null'
  return entry.holder.actor === holder.actor && clock > entry.clock
}

function countOf<H>(entries: ReadonlyMap<number, Entry<H>>, holder: H): number {
  let count = 0
  for (const entry of entries.values()) if (entry.holder === holder) count++
  return count
}

/** The readable entries of a presence message; an unreadable one ends the list, since nobody can tell where the next begins. */
function* readStates(states: Uint8Array): Generator<{ client: number; clock: number; state: string }> {
  const decoder = decoding.createDecoder(states)
  try {
    const count = Math.min(decoding.readVarUint(decoder), maxEntries)
    for (let i = 0; i < count; i++) {
      const client = decoding.readVarUint(decoder)
      const clock = decoding.readVarUint(decoder)
      const length = decoding.readVarUint(decoder)
      if (decoder.pos + length > states.length || length > maxStateLength * 3) return
      const text = new TextDecoder('utf-8', { fatal: true }).decode(states.subarray(decoder.pos, decoder.pos + length))
      decoder.pos += length
      // Receivers parse it: what is no JSON would throw in their handlers.
      if (text.length <= maxStateLength && clock < Number.MAX_SAFE_INTEGER)
        yield { client, clock, state: JSON.stringify(JSON.parse(text)) }
    }
  } catch {
    return
  }
}
