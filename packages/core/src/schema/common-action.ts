// What the grammar of common actions found in a text: numbers and places in it rather than objects, since a large book has a hundred
// thousand actions and most of what they say is looked at once. One object is used again with every text that is read.
import type { Action } from './action.ts'
import type { AnyEntry } from './entries.ts'
import { dateOfDay } from './plain-date.ts'
import { idLength, idWords, sessionLength } from './scan-text.ts'

/** Where a part of the text begins and ends; -1 where there is none. */
export interface Span {
  from: number
  to: number
}

const nowhere = (): Span => ({ from: -1, to: -1 })

/** Who and where: a session's actions have the same. */
export interface ActionHeader {
  /** The text that says it. */
  readonly text: string
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

  /** The entry as an object. */
  toEntry(text: string): AnyEntry {
    const { kind } = this
    const subject = text.slice(this.subject, this.subject + idLength)
    const named = text.slice(this.named.from, this.named.to)
    const said = {
      ...(this.name.from < 0 ? {} : { name: cut(text, this.name) }),
      ...(this.externalRef.from < 0 ? {} : { externalRef: cut(text, this.externalRef) }),
      ...(this.reason.from < 0 ? {} : { reason: cut(text, this.reason) }),
    }
    if (kind === 'client.edited') return { kind, subject, ...said }
    if (kind === 'client.added') return { kind, subject, createdOn: dateOfDay(this.day), ...said }
    if (kind === 'entry.retracted') return { kind, subject, target: named, ...said }
    const event = {
      kind,
      subject,
      effectiveOn: dateOfDay(this.day),
      after: this.named.from < 0 ? [] : [named],
      ...said,
    }
    return kind === 'tier.assigned' ? { ...event, tier: this.tier } : event
  }
}

/** The common action that was read last. */
export class CommonAction {
  text = ''
  header: ActionHeader = { text: '', by: '', device: '' }
  at = 0
  n = 0
  /** Where its id begins, and the number within its session. */
  id = 0
  seq = 0
  /** Where `prev` begins; -1 in the first action of a session. */
  prev = -1
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

  /** The action as an object. */
  toAction(): Action {
    const { text, at, n, header } = this
    return {
      v: 1,
      id: `${text.slice(this.id, this.id + sessionLength)}.${this.seq}`,
      n,
      at,
      by: header.by,
      device: header.device,
      prev: this.prev < 0 ? null : text.slice(this.prev, this.prev + 43),
      entries: this.entries.slice(0, this.count).map((entry) => entry.toEntry(text)),
    }
  }
}

function cut(text: string, { from, to }: Span): string {
  return text.slice(from, to)
}
