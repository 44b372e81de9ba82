// Presence states as they travel in y-protocols' awareness messages, and the limits under which a server reads them.
import * as decoding from 'lib0/decoding'

/** What one Yjs client shows. */
export interface ShownState {
  readonly client: number
  readonly clock: number
  /** JSON text; `null` once it was taken down. */
  readonly state: string
}

/** Most presence entries of one message and of one connection: a tab has one, a relaying tab a few. */
export const maxEntries = 64
/** Most UTF-16 code units of one state: a name, a colour, a cursor. */
export const maxStateLength = 4096

/** The readable entries of a presence message; an unreadable one ends the list, since nobody can tell where the next begins. */
export function* readStates(states: Uint8Array): Generator<ShownState> {
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

/** States of Tierbook's own clients name an actor, by which the others know who it is: only one's own. Stock clients' states name none. */
export function isOfAnother(state: string, actor: string): boolean {
  const said = JSON.parse(state) as { readonly actor?: unknown } | null
  return said?.actor !== undefined && said.actor !== actor
}
