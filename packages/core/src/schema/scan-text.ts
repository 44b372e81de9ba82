// Steps through a canonical text character by character: each function says where something ends, or -1 where it is not there.

/** Length of an id, and of a session's. */
export const idLength = 22
export const sessionLength = 11
/** How many whole numbers say what an id says. */
export const idWords = 5

const wordChars = new Uint8Array(128)
/** By character code: the six bits of a base64url character, -1 for any other. */
const bitsOf = new Int8Array(128).fill(-1)
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

/** Whether the `count` characters from `from` on are base64url. */
export function isWord(text: string, from: number, count: number): boolean {
  if (from + count > text.length) return false
  for (let place = from; place < from + count; place++) if (wordChars[text.charCodeAt(place)] !== 1) return false
  return true
}

/** Reads the id at `from` into five whole numbers of up to thirty bits, which are compared and hashed without a text; false where it is none. */
export function readIdWords(text: string, from: number, words: Int32Array): boolean {
  let flaw = 0
  for (let word = 0, place = from; word < idWords; word++) {
    let bits = 0
    for (const end = Math.min(place + 5, from + idLength); place < end; place++) {
      const code = text.charCodeAt(place)
      const six = code < 128 ? (bitsOf[code] ?? -1) : -1
      flaw |= six
      bits = (bits << 6) | (six & 63)
    }
    words[word] = bits
  }
  return flaw >= 0
}

/** The whole number that the characters `[from, to)` spell, which {@link endOfInteger} has found. */
export function numberAt(text: string, from: number, to: number): number {
  const isNegative = text.charCodeAt(from) === minus
  let value = 0
  for (let place = isNegative ? from + 1 : from; place < to; place++)
    value = value * 10 + (text.charCodeAt(place) - zero)
  return isNegative ? -value : value
}

/** End of a whole number as canonical JSON writes it, of at most 16 digits. */
export function endOfInteger(text: string, from: number): number {
  const start = text.charCodeAt(from) === minus ? from + 1 : from
  const first = text.charCodeAt(start)
  if (first === zero) return start === from ? start + 1 : -1
  let place = start
  for (; place < start + 16; place++) {
    const char = text.charCodeAt(place)
    if (!(char >= zero && char <= nine)) break
  }
  return place === start ? -1 : place
}

/** End of `<session>.<seq>`. */
export function endOfActionId(text: string, from: number): number {
  if (!isWord(text, from, sessionLength) || text.charCodeAt(from + 11) !== dot || text.charCodeAt(from + 12) === minus)
    return -1
  const end = endOfInteger(text, from + 12)
  return end - from - 12 <= 10 ? end : -1
}

/** End of `/<index>`, which follows an action's id in an entry's. */
export function endOfIndex(text: string, from: number): number {
  if (from < 0 || text.charCodeAt(from) !== slash || text.charCodeAt(from + 1) === minus) return -1
  const end = endOfInteger(text, from + 1)
  return end - from > 4 ? -1 : end
}

/** Where the closing quote of a JSON text stands that has no escapes and 1 to `max` well-formed UTF-16 units. */
export function endOfText(text: string, from: number, max: number): number {
  let isAscii = true
  for (let place = from; place <= from + max; place++) {
    const char = text.charCodeAt(place)
    if (char === quote) return place > from && (isAscii || text.slice(from, place).isWellFormed()) ? place : -1
    // Past the end the code is NaN, which no comparison holds for.
    if (char === backslash || !(char >= 32)) return -1
    if (char > 127) isAscii = false
  }
  return -1
}
