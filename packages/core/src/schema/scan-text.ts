// Steps through a canonical text character by character: each function says where something ends, or -1 where it is not there.

const wordChars = new Uint8Array(128)
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-') wordChars[char.charCodeAt(0)] = 1

const zero = 48
const nine = 57
const minus = 45
const dot = 46
const slashCode = 47
const quote = 34
const backslash = 92

/** Whether the `count` characters from `from` on are base64url. */
export function isWord(text: string, from: number, count: number): boolean {
  if (from + count > text.length) return false
  for (let place = from; place < from + count; place++) if (wordChars[text.charCodeAt(place)] !== 1) return false
  return true
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
  if (!isWord(text, from, 11) || text.charCodeAt(from + 11) !== dot || text.charCodeAt(from + 12) === minus) return -1
  const end = endOfInteger(text, from + 12)
  return end - from - 12 <= 10 ? end : -1
}

/** End of `<session>.<seq>/<index>`. */
export function endOfEntryId(text: string, from: number): number {
  const slash = endOfActionId(text, from)
  if (slash < 0 || text.charCodeAt(slash) !== slashCode || text.charCodeAt(slash + 1) === minus) return -1
  const end = endOfInteger(text, slash + 1)
  return end - slash > 4 ? -1 : end
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
