// A text as a row of small numbers, which a machine steps through several times as fast as through a text's characters.

/** An action has at most as many. */
const mostUnits = 1 << 18
/** What any character beyond ASCII is: none that a grammar asks for. */
const beyondAscii = 128
/** From here on encoding as a whole is faster than unit by unit. */
const short = 40
const encoder = new TextEncoder()

/** The text looked at now: one array for all of them, since a large book has a hundred thousand. */
export const units = new Uint8Array(mostUnits + 1)

/**
 * Puts the UTF-16 units of `text` into {@link units}: codes up to 127, 128 for any other, then a 0. What lies behind that has no meaning. A
 * text that is too long is as an empty one.
 */
export function fillUnits(text: string): Uint8Array {
  const length = text.length > mostUnits ? 0 : text.length
  if (length < short || !isEncoded(text, length))
    for (let place = 0; place < length; place++) units[place] = Math.min(text.charCodeAt(place), beyondAscii)
  units[length] = 0
  return units
}

/** In UTF-8 only ASCII takes one byte for each unit. */
function isEncoded(text: string, length: number): boolean {
  const { read, written } = encoder.encodeInto(text, units)
  return read === length && written === length
}

/** The units of a constant of a grammar, which is ASCII. */
export function toMark(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Whether `mark` stands at `from`, which may be -1. */
export function isMarkAt(mark: Uint8Array, from: number): boolean {
  const here = units
  const { length } = mark
  if (from < 0 || from + length > here.length) return false
  for (let place = 0; place < length; place++) if (here[from + place] !== mark[place]) return false
  return true
}

/** Where `mark` ends that stands at `from`, which may be -1; -1 where it is not there. */
export function endOfMark(mark: Uint8Array, from: number): number {
  return isMarkAt(mark, from) ? from + mark.length : -1
}
