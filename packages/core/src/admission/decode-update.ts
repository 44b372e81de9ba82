// Reads a Yjs v1 update into plain structs without applying anything (AD1). The format is that of yjs 13.6 `utils/encoding.js`.
import { maxActionBytes } from '../schema/action.ts'
import { type ByteReader, createByteReader, type Primitive } from './byte-reader.ts'
import type { StructId } from './known-book.ts'
import { maxClientId, maxClientIds, maxClock, maxDeleteRanges, maxStructs } from './limits.ts'
import { refuse } from './refusal.ts'

/** One struct as it came: values, a run of deleted elements, or a hole that a merge left. */
export interface DecodedStruct {
  readonly clock: number
  readonly length: number
  readonly kind: 'values' | 'deleted' | 'skip'
  /** Of what is stored: the place of each value in the bytes, since most are never asked for. */
  readonly values: readonly Primitive[]
  readonly origin: StructId | null
  readonly rightOrigin: StructId | null
  /** Root and key are written only where no origin implies them. */
  readonly root: string | null
  readonly key: string | null
}

/** All structs of one client id, in the order of their clocks. */
export interface DecodedSection {
  readonly client: number
  readonly structs: readonly DecodedStruct[]
}

/** Deleted clocks `[from, to)` of one client id. */
export interface DeleteRange {
  readonly client: number
  readonly from: number
  readonly to: number
}

/** An update taken apart. */
export interface DecodedUpdate {
  readonly sections: readonly DecodedSection[]
  readonly deletes: readonly DeleteRange[]
  /** Where in the bytes the deletes begin. */
  readonly deletesAt: number
}

/** How much is read, and how: an update that comes in under limits and with its values, what was admitted before as large as it is. */
interface Reading {
  readonly reader: ByteReader
  readonly isStored: boolean
}

/** Throws a {@link Refusal} where the bytes are no update or exceed a limit. */
export function decodeUpdate(bytes: Uint8Array, maxBytes: number): DecodedUpdate {
  if (bytes.length > maxBytes) refuse('too-large', `update: expected at most ${maxBytes} bytes, got ${bytes.length}`)
  return decode({ reader: createByteReader(bytes), isStored: false })
}

/** Reads what was admitted before, whatever its size; of values only where they stand. */
export function decodeStored(bytes: Uint8Array): DecodedUpdate {
  return decode({ reader: createByteReader(bytes), isStored: true })
}

function decode(reading: Reading): DecodedUpdate {
  const { reader } = reading
  const sections = readSections(reading)
  const deletesAt = reader.place
  const deletes = readDeletes(reading)
  if (!reader.atEnd()) refuse('malformed', 'bytes follow the end of the update')
  return { sections, deletes, deletesAt }
}

function readSections(reading: Reading): DecodedSection[] {
  const { reader, isStored } = reading
  const most = (limit: number) => (isStored ? Number.MAX_SAFE_INTEGER : limit)
  const sections: DecodedSection[] = []
  const seen = new Set<number>()
  const sectionCount = reader.count(most(maxClientIds), 3, 'client ids')
  let structCount = 0
  for (let s = 0; s < sectionCount; s++) {
    const count = reader.count(most(maxStructs), 2, 'structs')
    structCount += count
    if (structCount > most(maxStructs)) refuse('too-large', `structs: expected at most ${maxStructs}`)
    const client = reader.uint(maxClientId, 'client id')
    // Yjs keeps only the last section of a client id: two would make what is judged differ from what is applied.
    if (seen.has(client)) refuse('malformed', `client id ${client} comes twice`)
    seen.add(client)
    let clock = reader.uint(maxClock, 'clock')
    const structs: DecodedStruct[] = []
    for (let i = 0; i < count; i++) {
      const struct = readStruct(reading, clock)
      clock += struct.length
      if (clock > maxClock) refuse('too-large', `clock: expected at most ${maxClock}, got ${clock}`)
      structs.push(struct)
    }
    sections.push({ client, structs })
  }
  return sections
}

const noValues: readonly Primitive[] = []
const hasOrigin = 0x80
const hasRightOrigin = 0x40
const hasKey = 0x20
const contentMask = 0x1f

function readStruct({ reader, isStored }: Reading, clock: number): DecodedStruct {
  const header = reader.byte()
  const content = header & contentMask
  if (content === 10) {
    const length = readLength(reader)
    return { clock, length, kind: 'skip', values: noValues, origin: null, rightOrigin: null, root: null, key: null }
  }
  // Nothing is nested in a book, so no honest document collects a struct whole; a GC struct can only pre-empt clocks (AD3).
  if (content === 0) refuse('unsupported-content', 'GC structs do not occur in a book')
  const origin = (header & hasOrigin) !== 0 ? readId(reader) : null
  const rightOrigin = (header & hasRightOrigin) !== 0 ? readId(reader) : null
  let root: string | null = null
  let key: string | null = null
  if (origin === null && rightOrigin === null) {
    if (reader.uint(maxClock, 'parent') !== 1) refuse('unsupported-content', 'nested types do not occur in a book')
    root = reader.text(256, 'root')
    if ((header & hasKey) !== 0) key = reader.text(1024, 'key')
  }
  if (content === 1) {
    const length = readLength(reader)
    return { clock, length, kind: 'deleted', values: noValues, origin, rightOrigin, root, key }
  }
  if (content !== 8) refuse('unsupported-content', `expected plain values, got Yjs content type ${content}`)
  const count = reader.count(isStored ? Number.MAX_SAFE_INTEGER : maxStructs, 1, 'values')
  if (count === 0) refuse('malformed', 'a struct without elements')
  const values: Primitive[] = []
  for (let i = 0; i < count; i++)
    values.push(isStored ? reader.skip(Number.MAX_SAFE_INTEGER) : reader.primitive(maxActionBytes))
  return { clock, length: count, kind: 'values', values, origin, rightOrigin, root, key }
}

function readLength(reader: ByteReader): number {
  const length = reader.uint(maxClock, 'length')
  if (length === 0) refuse('malformed', 'a struct without elements')
  return length
}

function readId(reader: ByteReader): StructId {
  return { client: reader.uint(maxClientId, 'client id'), clock: reader.uint(maxClock, 'clock') }
}

function readDeletes({ reader, isStored }: Reading): DeleteRange[] {
  const most = (limit: number) => (isStored ? Number.MAX_SAFE_INTEGER : limit)
  const ranges: DeleteRange[] = []
  const clientCount = reader.count(most(maxClientIds), 2, 'client ids of deletes')
  for (let c = 0; c < clientCount; c++) {
    const client = reader.uint(maxClientId, 'client id')
    const count = reader.count(most(maxDeleteRanges), 2, 'deletes')
    if (ranges.length + count > most(maxDeleteRanges))
      refuse('too-large', `deletes: expected at most ${maxDeleteRanges}`)
    for (let i = 0; i < count; i++) {
      const from = reader.uint(maxClock, 'clock')
      const length = reader.uint(maxClock, 'length')
      if (length === 0) refuse('malformed', 'a delete of nothing')
      ranges.push({ client, from, to: from + length })
    }
  }
  return ranges
}
