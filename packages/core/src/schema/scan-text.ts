// Steps through the units of a canonical text one by one: each function says where something ends, or -1 where it is not there. Nothing
// beyond a text's end is taken for a part of it, since no grammar has the 0 that stands there.

/** Length of an id, and of a session's. */
export const idLength = 22
export const sessionLength = 11
/** How many whole numbers say what an id says. */
export const idWords = 5

const wordChars = new Uint8Array(129)
/** By unit: the six bits of a base64url character, -1 for any other. */
const bitsOf = new Int8Array(129).fill(-1)
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
for (let bits = 0; bits < alphabet.length; bits++) {
  wordChars[alphabet.charCodeAt(bits)] = 1
  bitsOf[alphabet.charCodeAt(bits)] = bits
}

const zero = 48
const nine = 57
const minus = 45
const dot = 46
const slash = 47
const quote = 34
const backslash = 92

/** Whether the `count` units from `from` on are base64url. */
export function isWord(units: Uint8Array, from: number, count: number): boolean {
  for (let place = from; place < from + count; place++) if (wordChars[units[place] ?? 0] !== 1) return false
  return true
}

/** Reads the id at `from` into five whole numbers of up to thirty bits, which are compared and hashed without a text; false where it is none. */
export function readIdWords(units: Uint8Array, from: number, words: Int32Array): boolean {
  let flaw = 0
  for (let word = 0, place = from; word < idWords; word++) {
    let bits = 0
    for (const end = Math.min(place + 5, from + idLength); place < end; place++) {
      const six = bitsOf[units[place] ?? 0] ?? -1
      flaw |= six
      bits = (bits << 6) | (six & 63)
    }
    words[word] = bits
  }
  return flaw >= 0
}

/** The whole number that the units `[from, to)` spell, which {@link endOfInteger} has found. */
export function numberAt(units: Uint8Array, from: number, to: number): number {
  const isNegative = (units[from] ?? 0) === minus
  let value = 0
  for (let place = isNegative ? from + 1 : from; place < to; place++) value = value * 10 + ((units[place] ?? 0) - zero)
  return isNegative ? -value : value
}

/** End of a whole number as canonical JSON writes it, of at most 16 digits. */
export function endOfInteger(units: Uint8Array, from: number): number {
  const start = (units[from] ?? 0) === minus ? from + 1 : from
  const first = units[start] ?? 0
  if (first === zero) return start === from ? start + 1 : -1
  let place = start
  for (; place < start + 16; place++) {
    const char = units[place] ?? 0
    if (!(char >= zero && char <= nine)) break
  }
  return place === start ? -1 : place
}

/** End of `<session>.<seq>`. */
export function endOfActionId(units: Uint8Array, from: number): number {
  if (!isWord(units, from, sessionLength) || (units[from + 11] ?? 0) !== dot || (units[from + 12] ?? 0) === minus)
    return -1
  const end = endOfInteger(units, from + 12)
  return end - from - 12 <= 10 ? end : -1
}

/** End of `/<index>`, which follows an action's id in an entry's. */
export function endOfIndex(units: Uint8Array, from: number): number {
  if (from < 0 || (units[from] ?? 0) !== slash || (units[from + 1] ?? 0) === minus) return -1
  const end = endOfInteger(units, from + 1)
  return end - from > 4 ? -1 : end
}

/** Where the closing quote of a JSON text in `text` stands that has no escapes and 1 to `max` well-formed UTF-16 units. */
export function endOfText(units: Uint8Array, from: number, max: number, text: string): number {
  let isAscii = true
  for (let place = from; place <= from + max; place++) {
    const char = units[place] ?? 0
    if (char === quote) return place > from && (isAscii || text.slice(from, place).isWellFormed()) ? place : -1
    if (char === backslash || char < 32) return -1
    if (char > 127) isAscii = false
  }
  return -1
}
