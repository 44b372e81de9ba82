// Ids by number, found without making a text of each: of a hundred thousand entries most are about a client that is known.
import { idLength, idWords, readIdWords } from '../schema/scan-text.ts'
import { fillUnits } from '../schema/text-units.ts'

/** Distinct ids; each has a number in the order in which they came. */
export class IdTable {
  /** Ids by number. */
  readonly texts: string[] = []
  #words = new Int32Array(64 * idWords)
  /** One more than an id's number, at the place that its words hash to or the next free one. Never more than half full. */
  #slots = new Int32Array(128)
  readonly #sought = new Int32Array(idWords)

  constructor(ids: Iterable<string> = []) {
    for (const id of ids) if (readIdWords(fillUnits(id), 0, this.#sought)) this.place(this.#sought, id, 0)
  }

  /** The number of the id in `words`, which stands in `text` at `from`; a new one where it was not known. */
  place(words: Int32Array, text: string, from: number): number {
    const slot = this.#slotOf(words)
    const known = this.#slots[slot] ?? 0
    if (known > 0) return known - 1
    const place = this.texts.push(copyOf(text, from)) - 1
    if ((place + 1) * idWords > this.#words.length) this.#words = grown(this.#words)
    this.#words.set(words, place * idWords)
    this.#slots[slot] = place + 1
    if (this.texts.length * 2 > this.#slots.length) this.#spread()
    return place
  }

  /** The id's number, if it is known. */
  find(id: string): number | undefined {
    if (id.length !== idLength || !readIdWords(fillUnits(id), 0, this.#sought)) return undefined
    const known = this.#slots[this.#slotOf(this.#sought)] ?? 0
    return known > 0 ? known - 1 : undefined
  }

  /** The id with this number; empty where there is none. */
  at(place: number): string {
    return this.texts[place] ?? ''
  }

  #slotOf(words: Int32Array): number {
    const mask = this.#slots.length - 1
    let slot = hashOf(words, 0) & mask
    for (;;) {
      const known = this.#slots[slot] ?? 0
      if (known === 0 || this.#isAt(known - 1, words)) return slot
      slot = (slot + 1) & mask
    }
  }

  #isAt(place: number, words: Int32Array): boolean {
    const from = place * idWords
    for (let word = 0; word < idWords; word++) if (this.#words[from + word] !== words[word]) return false
    return true
  }

  #spread(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    const mask = this.#slots.length - 1
    for (let place = 0; place < this.texts.length; place++) {
      let slot = hashOf(this.#words, place * idWords) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = place + 1
    }
  }
}

/** Odd factors that nobody else knows, so that nobody can make ids that all hash to one place. */
const factors = Int32Array.from({ length: idWords }, () => Math.floor(Math.random() * 0x1_0000_0000) | 1)

function hashOf(words: Int32Array, from: number): number {
  let hash = 0
  for (let word = 0; word < idWords; word++) hash += Math.imul(words[from + word] ?? 0, factors[word] ?? 1)
  return (hash ^ (hash >>> 15)) >>> 0
}

function grown(words: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(words.length * 2)
  longer.set(words)
  return longer
}

/** The id as a text that shares no memory with the action it was found in. */
function copyOf(text: string, from: number): string {
  if (text.length === idLength) return text
  const codes: number[] = []
  for (let place = from; place < from + idLength; place++) codes.push(text.charCodeAt(place))
  return String.fromCharCode(...codes)
}
