// What the grammar of common actions found in a text: numbers and places in it rather than objects, since a large book has a hundred
// thousand actions and most of what they say is looked at once. One object is used again with every text that is read.
import { idWords } from './scan-text.ts'

/** Where a part of the text begins and ends; -1 where there is none. */
export interface Span {
  from: number
  to: number
}

const nowhere = (): Span => ({ from: -1, to: -1 })

/** Who and where: a session's actions have the same. */
export interface ActionHeader {
  /** What says it, unit by unit. */
  readonly units: Uint8Array
  readonly by: string
  readonly device: string
}

/** One entry of a common action. */
export class CommonEntry {
  kind = ''
  /** Where the client's id begins, and the id as {@link idWords}. */
  subject = -1
  readonly words = new Int32Array(idWords)
  /** `effectiveOn` or `createdOn` as a `dayNumber`. */
  day = 0
  tier = ''
  /** The one entry that `after` or `target` names; `from` is -1 where `after` is empty. */
  readonly named = { from: -1, to: -1, seq: 0, index: 0 }
  readonly reason = nowhere()
  readonly name = nowhere()
  readonly externalRef = nowhere()

  /** Forgets what an earlier text said. */
  clear(kind: string): void {
    this.kind = kind
    this.named.from = -1
    this.reason.from = -1
    this.name.from = -1
    this.externalRef.from = -1
  }
}

/** The common action that was read last. */
export class CommonAction {
  text = ''
  header: ActionHeader = { units: new Uint8Array(0), by: '', device: '' }
  at = 0
  n = 0
  /** Where its id begins, and the number within its session. */
  id = 0
  seq = 0
  /** Where `prev` begins; -1 in the first action of a session. */
  prev = -1
  /** Where its signature begins; -1 where it has none. */
  sig = -1
  /** How many of `entries` belong to it. */
  count = 0
  readonly entries: CommonEntry[] = []

  get by(): string {
    return this.header.by
  }

  /** The next entry to fill in. */
  nextEntry(kind: string): CommonEntry {
    const entry = (this.entries[this.count] ??= new CommonEntry())
    this.count += 1
    entry.clear(kind)
    return entry
  }

  /** Kinds of its entries, joined by commas. */
  kinds(): string {
    let kinds = this.entries[0]?.kind ?? ''
    for (let place = 1; place < this.count; place++) kinds += `,${this.entries[place]?.kind ?? ''}`
    return kinds
  }
}
