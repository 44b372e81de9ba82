// Checksums of what is stored, for what goes bad on a disk: no protection against somebody who wants to deceive this device. Every step is one-to-one,
// so a change within 32 bits of bytes, or of one unit of a text, always gives another sum.

/** Of a text's UTF-16 units, going on from `start`. */
export function sumOfText(text: string, start = 0): number {
  let sum = start ^ 0x811c9dc5
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193)
  return sum | 0
}

/** Of bytes, going on from `start`. */
export function sumOfBytes({ buffer, byteOffset, byteLength }: ArrayBufferView, start = 0): number {
  const bytes = new DataView(buffer, byteOffset, byteLength)
  let sum = start ^ byteLength
  let at = 0
  for (; at + 4 <= byteLength; at += 4) sum = step(sum, bytes.getInt32(at, true))
  for (; at < byteLength; at++) sum = step(sum, bytes.getUint8(at))
  return sum
}

/** Of a value as structured cloning keeps it; of what has no JSON form, like a key, only that it is there. */
export function sumOfValue(value: unknown): number {
  return sumOfText(
    JSON.stringify(value, (_name, each: unknown) => (ArrayBuffer.isView(each) ? sumOfBytes(each) : each)),
  )
}

function step(sum: number, word: number): number {
  const mixed = Math.imul(sum ^ word, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}
