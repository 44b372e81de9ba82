// An entry about a client as the entry table takes it in: read from a common action's text in place, or made from an entry object.
import type { CommonAction, CommonEntry } from '../schema/common-action.ts'
import type { AnyEntry } from '../schema/entries.ts'
import { dayNumber } from '../schema/plain-date.ts'
import {
  endOfActionId,
  endOfIndex,
  idLength,
  idWords,
  numberAt,
  readIdWords,
  sessionLength,
} from '../schema/scan-text.ts'
import { fillUnits } from '../schema/text-units.ts'

/** One object of it is used again for entry after entry. */
export class ClientEntry {
  kind = ''
  /** The client's id as words, and where it stands as a text. */
  words: Int32Array = new Int32Array(idWords)
  subjectIn = ''
  subject = 0
  tier = ''
  /** The `dayNumber` of a tier entry. */
  day = 0
  /** How many entries it names, the first of them in `named`, and where that stands as a text. */
  count = 0
  namedIn = ''
  named = { from: 0, to: 0, seq: 0, index: 0 }
  readonly #ownWords = new Int32Array(idWords)
  readonly #ownNamed = { from: 0, to: 0, seq: 0, index: 0 }
  #ids: readonly string[] | null = null

  /** Takes what the grammar found; nothing is copied. */
  ofCommon(action: CommonAction, entry: CommonEntry): this {
    this.kind = entry.kind
    this.words = entry.words
    this.subjectIn = action.text
    this.subject = entry.subject
    this.tier = entry.tier
    this.day = entry.day
    this.named = entry.named
    this.namedIn = action.text
    this.count = entry.named.from < 0 ? 0 : 1
    this.#ids = null
    return this
  }

  /** Takes an entry that the schemas have checked. */
  ofEntry(entry: AnyEntry): this {
    const { target, after, tier, effectiveOn } = entry as { [key: string]: unknown; after?: readonly string[] }
    this.kind = entry.kind
    this.words = this.#ownWords
    readIdWords(fillUnits(entry.subject), 0, this.words)
    this.subjectIn = entry.subject
    this.subject = 0
    this.tier = typeof tier === 'string' ? tier : ''
    this.day = typeof effectiveOn === 'string' ? dayNumber(effectiveOn) : 0
    this.#ids = typeof target === 'string' ? [target] : (after ?? [])
    this.count = this.#ids.length
    this.namedIn = this.#ids[0] ?? ''
    this.named = this.#ownNamed
    const units = fillUnits(this.namedIn)
    const slash = endOfActionId(units, 0)
    this.named.to = endOfIndex(units, slash)
    this.named.seq = numberAt(units, sessionLength + 1, slash)
    this.named.index = numberAt(units, slash + 1, this.named.to)
    return this
  }

  /** Ids of all entries that it names. */
  namedIds(): readonly string[] {
    return this.#ids ?? (this.count === 0 ? [] : [this.namedIn.slice(this.named.from, this.named.to)])
  }

  /** The client's id. */
  client(): string {
    return this.subjectIn.slice(this.subject, this.subject + idLength)
  }
}
