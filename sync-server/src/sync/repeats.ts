// What hundreds of devices that come back after a restart ask and send alike: each answer is made once for all of them, and what brought nothing new is
// taken apart once.
import type { Pieces } from './book-work.ts'

/** Of one open book. */
export interface Repeats {
  /** The answer to whoever knows `stateVector` and `unpacks` or not; `make` is asked where nobody asked so before. */
  answer(
    asker: { readonly stateVector: Uint8Array; readonly unpacks: boolean },
    make: () => Promise<readonly Pieces[]>,
  ): Promise<readonly Pieces[]>
  /** More is stored: answers are older than that. */
  forgetAnswers(): void
  /** Whether exactly these bytes brought nothing before: a book only ever learns, so they bring nothing now. */
  isNothingNew(update: Uint8Array): boolean
  noteNothingNew(update: Uint8Array): void
  /** Gives all memory back. */
  forget(): void
}

/** They ask with few different state vectors. */
const keptAnswers = 8
/** Devices that are in step send the same (a Yjs answer carries every delete of the book); some lag a little. */
const keptUpdates = 4
/** Bytes; shorter updates are judged nearly as fast as they are compared. */
const shortestKept = 512
/** Bytes; all deletes of a book of 100,000 actions are some 30,000. Longer ones are not worth the memory. */
const longestKept = 262_144

export function createRepeats(): Repeats {
  const answers = new Map<string, readonly Pieces[]>()
  let updates: Uint8Array[] = []
  return {
    async answer({ stateVector, unpacks }, make) {
      const key = `${unpacks ? 'packed' : 'plain'} ${Buffer.from(stateVector).toString('latin1')}`
      const made = answers.get(key) ?? (await make())
      if (answers.size < keptAnswers) answers.set(key, made)
      return made
    },
    forgetAnswers: () => answers.clear(),
    isNothingNew: (update) =>
      updates.some((kept) => kept.length === update.length && Buffer.compare(kept, update) === 0),
    noteNothingNew(update) {
      if (update.length < shortestKept || update.length > longestKept) return
      // A copy: the frame that it came in belongs to the socket.
      updates = [update.slice(), ...updates.slice(0, keptUpdates - 1)]
    },
    forget() {
      answers.clear()
      updates = []
    },
  }
}
