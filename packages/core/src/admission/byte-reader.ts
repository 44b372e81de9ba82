// A cursor over received bytes that checks every length against what is really there, so that no claim allocates anything.
import { createDecoder, type Decoder, readVarInt, readVarUint } from 'lib0/decoding'
import { refuse } from './refusal.ts'

/** A value that a described field can have; everything else is refused while decoding. */
export type Primitive = string | number | boolean | null | undefined

/** Reads the primitives of the Yjs v1 format. */
export interface ByteReader {
  byte(): number
  /** A varUint of at most `max`. */
  uint(max: number, what: string): number
  /** How many things follow, each of at least `minBytes` bytes. */
  count(max: number, minBytes: number, what: string): number
  text(maxBytes: number, what: string): string
  primitive(maxTextBytes: number): Primitive
  /** Passes over a primitive without making it; gives the place of its first byte. */
  skip(maxTextBytes: number): number
  /** Of the next byte. */
  readonly place: number
  /** Goes on at another place. */
  moveTo(place: number): void
  atEnd(): boolean
}

const textTag = 119
// The same options as lib0's own decoder: what passes here cannot make Yjs throw half-way through an update.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function createByteReader(bytes: Uint8Array): ByteReader {
  const decoder = createDecoder(bytes)
  const remaining = () => bytes.length - decoder.pos

  const byte = () => {
    if (remaining() < 1) refuse('malformed', 'the update ends early')
    return bytes[decoder.pos++] as number
  }
  const uint = (max: number, what: string) => {
    const value = readNumber(decoder, readVarUint)
    if (value > max) refuse('too-large', `${what}: expected at most ${max}, got ${value}`)
    return value
  }
  const count = (max: number, minBytes: number, what: string) => {
    const value = uint(max, what)
    if (value * minBytes > remaining()) refuse('malformed', `${what}: ${value} declared, ${remaining()} bytes left`)
    return value
  }
  /** Passes over a text's bytes; gives the place of the first. */
  const skipText = (maxBytes: number, what: string) => {
    const length = readNumber(decoder, readVarUint)
    if (length > remaining()) refuse('malformed', `${what}: ${length} bytes declared, ${remaining()} left`)
    if (length > maxBytes) refuse('too-large', `${what}: expected at most ${maxBytes} bytes, got ${length}`)
    const start = decoder.pos
    decoder.pos += length
    return start
  }
  const text = (maxBytes: number, what: string) => {
    const start = skipText(maxBytes, what)
    try {
      return utf8.decode(bytes.subarray(start, decoder.pos))
    } catch {
      return refuse('malformed', `${what}: not UTF-8`)
    }
  }
  const float = (size: 4 | 8) => {
    if (remaining() < size) refuse('malformed', 'the update ends inside a number')
    const view = new DataView(bytes.buffer, bytes.byteOffset + decoder.pos, size)
    decoder.pos += size
    return size === 4 ? view.getFloat32(0) : view.getFloat64(0)
  }
  const primitive = (maxTextBytes: number): Primitive => {
    const tag = byte()
    switch (tag) {
      case 127:
        return undefined
      case 126:
        return null
      case 125:
        if (remaining() < 1) refuse('malformed', 'the update ends inside a number')
        return readNumber(decoder, readVarInt)
      case 124:
        return float(4)
      case 123:
        return float(8)
      case 121:
        return false
      case 120:
        return true
      case textTag:
        return text(maxTextBytes, 'text')
      default:
        return refuse('unsupported-content', `expected a text, number, boolean or null, got value type ${tag}`)
    }
  }
  const skip = (maxTextBytes: number) => {
    const start = decoder.pos
    if (bytes[start] !== textTag) primitive(maxTextBytes)
    else {
      decoder.pos++
      skipText(maxTextBytes, 'text')
    }
    return start
  }
  return {
    byte,
    uint,
    count,
    text,
    primitive,
    skip,
    get place() {
      return decoder.pos
    },
    moveTo: (place) => void (decoder.pos = place),
    atEnd: () => remaining() === 0,
  }
}

function readNumber(decoder: Decoder, read: (decoder: Decoder) => number): number {
  try {
    return read(decoder)
  } catch {
    return refuse('malformed', 'the update ends inside a number, or holds one beyond 2^53')
  }
}
