// What every device is to know of the server's store: whether it takes edits, and how safe those are that it acknowledged.
import { encodeServerFacts, type ServerFacts } from '@tierbook/core/protocol'

/** The facts that hold. */
export interface ServerFactsNote {
  /** Message 103. */
  readonly frame: Uint8Array
  note(facts: ServerFacts): void
  /** Called with the frame when something else holds. One listener. */
  watch(listener: (frame: Uint8Array) => void): void
}

/** A server that has stored nothing yet counts as one that can, on its own disk. */
export function createServerFacts(): ServerFactsNote {
  let current: ServerFacts = { storing: true, replicated: false }
  let frame = encodeServerFacts(current)
  let tell = (_frame: Uint8Array) => {}
  return {
    get frame() {
      return frame
    },
    note(facts) {
      if (facts.storing === current.storing && facts.replicated === current.replicated) return
      current = facts
      frame = encodeServerFacts(facts)
      tell(frame)
    },
    watch(listener) {
      tell = listener
    },
  }
}
