// Takes the texts of a stored row out of one text, instead of decoding each by itself.
import * as decoding from 'lib0/decoding'
import * as Y from 'yjs'

/**
 * Reads an update of Yjs' first format, as `Y.applyUpdateV2` wants a decoder, and gives what `Y.UpdateDecoderV1` gives. A browser makes each text
 * that its `TextDecoder` gives a memory block of its own, outside of JavaScript's heap, and looks at all of them whenever it collects garbage: a
 * large book has a million. Here they are slices of one text for the whole row.
 * @example
 * Y.applyUpdateV2(doc, row, origin, SlicingDecoder)
 */
export class SlicingDecoder extends Y.UpdateDecoderV1 {
  readonly #text: string

  constructor(decoder: decoding.Decoder) {
    super(decoder)
    this.#text = textOf(decoder.arr)
  }

  override readString(): string {
    const { restDecoder: from } = this
    const start = from.pos
    const length = decoding.readVarUint(from)
    const [at, end] = [from.pos, from.pos + length]
    if (isAscii(from.arr, at, end)) {
      from.pos = end
      return this.#text.slice(at, end)
    }
    from.pos = start
    return decoding.readVarString(from)
  }

  override readKey(): string {
    return this.readString()
  }

  override readAny(): unknown {
    const { restDecoder: from } = this
    if (from.arr[from.pos] !== textMark) return super.readAny()
    from.pos += 1
    return this.readString()
  }
}

/** What lib0 writes before a text, where any value may stand. */
const textMark = 119

const decoder = new TextDecoder()

/** One unit for each byte, so that places are the same; right for what is ASCII, and nobody asks for the rest. */
function textOf(bytes: Uint8Array): string {
  const words = new Uint32Array((bytes.length + 3) >>> 2)
  const ascii = new Uint8Array(words.buffer, 0, bytes.length)
  ascii.set(bytes)
  // Without the highest bit every byte is a letter of ASCII, which a browser keeps in one byte each.
  for (let at = 0; at < words.length; at++) words[at] = (words[at] ?? 0) & 0x7f7f7f7f
  return decoder.decode(ascii)
}

/** Also says no to what is longer than the bytes are. */
function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  while (from < to && (bytes[from] ?? 0xff) < 0x80) from++
  return from >= to
}
