// Writes a document as a row of updates of bounded size, each of which can be applied once those before it were: a snapshot that loads in slices.
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { type StateClocks, stateOf } from './state-clocks.ts'

/** Most bytes of a chunk. Applying one takes a few milliseconds, so a page can paint between two. */
export const maxChunkBytes = 262_144

/** What to write. */
export interface ChunkOptions {
  /** Leaves out what another snapshot holds. @default nothing */
  readonly from?: StateClocks
  /** Bytes. A single element of the log that is larger makes a larger chunk. @default maxChunkBytes */
  readonly maxBytes?: number
}

/**
 * Yields updates that together hold `doc` beyond `from`, in an order in which none waits for a later one. The document may grow between two
 * chunks: what came later is left out.
 * @example
 * for (const chunk of encodeChunks(doc)) Y.applyUpdate(copy, chunk)
 */
export function* encodeChunks(doc: Y.Doc, options: ChunkOptions = {}): Generator<Uint8Array, void> {
  const maxBytes = options.maxBytes ?? maxChunkBytes
  const until = stateOf(doc)
  const done = new Map<number, number>()
  for (const client of until.keys()) done.set(client, options.from?.get(client) ?? 0)

  let chunk = createChunk()
  // Higher client ids first, as Yjs itself writes them: that is cheaper to integrate.
  for (const start of [...until.keys()].sort((a, b) => b - a)) {
    const wanted = [{ client: start, to: until.get(start) ?? 0 }]
    for (let next = wanted.at(-1); next; next = wanted.at(-1)) {
      const at = done.get(next.client) ?? 0
      if (at >= next.to) {
        wanted.pop()
        continue
      }
      const struct = structAt(doc, next.client, at)
      const missing = missingFor(struct, done)
      if (missing) {
        wanted.push({ client: missing.client, to: missing.clock + 1 })
        continue
      }
      const end = Math.min(struct.id.clock + struct.length, until.get(next.client) ?? 0)
      const written = chunk.add(struct, { from: at, to: end, maxBytes })
      done.set(next.client, written)
      if (written >= end) continue
      yield chunk.encode()
      chunk = createChunk()
    }
  }
  if (chunk.bytes > 0) yield chunk.encode()
  yield* encodeDeletes(doc, options.from ?? new Map<number, number>(), maxBytes)
  // What waits for something that never came is kept as it is: it may come yet.
  if (doc.store.pendingStructs) yield Y.convertUpdateFormatV2ToV1(doc.store.pendingStructs.update)
  if (doc.store.pendingDs) yield Y.convertUpdateFormatV2ToV1(doc.store.pendingDs)
}

/** Looked up anew each time: between two chunks structs are merged and split. */
function structAt(doc: Y.Doc, client: number, clock: number): Y.Item | Y.GC {
  const structs = doc.store.clients.get(client) ?? []
  const struct = structs[Y.findIndexSS(structs, clock)]
  if (!struct) throw new Error(`the document has no struct ${client}/${clock}`)
  return struct
}

function missingFor(struct: Y.Item | Y.GC, done: StateClocks): Y.ID | null {
  if (!(struct instanceof Y.Item)) return null
  const parent = (struct.parent as Y.AbstractType<unknown> | null)?._item?.id ?? null
  for (const id of [struct.origin, struct.rightOrigin, parent]) {
    if (id && id.client !== struct.id.client && id.clock >= (done.get(id.client) ?? 0)) return id
  }
  return null
}

interface Run {
  readonly clock: number
  readonly encoder: encoding.Encoder
  structs: number
}

/** One update in the making: for each client id one run of structs without gaps. */
function createChunk() {
  const runs = new Map<number, Run>()
  let bytes = 0

  return {
    get bytes() {
      return bytes
    },
    /** Takes the clocks `[from, to)` of `struct`, or as many as there is room for; gives the next clock. An empty chunk takes at least one. */
    add(struct: Y.Item | Y.GC, { from, to, maxBytes }: { from: number; to: number; maxBytes: number }): number {
      const known = runs.get(struct.id.client)
      const run = known ?? { clock: from, encoder: encoding.createEncoder(), structs: 0 }
      const room = bytes === 0 ? Number.POSITIVE_INFINITY : maxBytes - bytes - (known ? 0 : mostBytesOfHead)
      const part = encodePart(struct, { from, to, room: Math.max(0, room), maxBytes })
      if (!part) return from
      runs.set(struct.id.client, run)
      run.structs += 1
      encoding.writeUint8Array(run.encoder, part.bytes)
      bytes += part.bytes.length + (known ? 0 : mostBytesOfHead)
      return part.next
    },
    encode(): Uint8Array {
      const encoder = encoding.createEncoder()
      encoding.writeVarUint(encoder, runs.size)
      for (const [client, run] of runs) {
        encoding.writeVarUint(encoder, run.structs)
        encoding.writeVarUint(encoder, client)
        encoding.writeVarUint(encoder, run.clock)
        encoding.writeUint8Array(encoder, encoding.toUint8Array(run.encoder))
      }
      encoding.writeVarUint(encoder, 0) // no deletes
      return encoding.toUint8Array(encoder)
    },
  }
}

const mostBytesOfHead = 24 // of a run: client id, clock and number of structs
const mostBytesOfCount = 8

/** The bytes of a struct's part that fits, null where none does. Runs of log elements are cut: two thousand actions of one session are one struct. */
function encodePart(
  struct: Y.Item | Y.GC,
  { from, to, room, maxBytes }: { from: number; to: number; room: number; maxBytes: number },
): { bytes: Uint8Array; next: number } | null {
  if (!(struct instanceof Y.Item && struct.content instanceof Y.ContentAny)) {
    const bytes = structBytes(struct, from - struct.id.clock)
    return bytes.length <= room ? { bytes, next: struct.id.clock + struct.length } : null
  }
  const head = structBytes(withoutElements(struct, from), 0).subarray(0, -1) // all but its count of elements, which is 0
  const left = Math.min(room, maxBytes) - head.length - mostBytesOfCount
  const elements = encoding.createEncoder()
  let clock = from
  for (; clock < to; clock++) {
    const element = elementBytes(anyAt(struct, clock))
    const isLoneGiant = clock === from && room === Number.POSITIVE_INFINITY
    if (encoding.length(elements) + element.length > left && !isLoneGiant) break
    encoding.writeUint8Array(elements, element)
  }
  if (clock === from) return null
  const bytes = encoding.encode((into) => {
    encoding.writeUint8Array(into, head)
    encoding.writeVarUint(into, clock - from)
    encoding.writeUint8Array(into, encoding.toUint8Array(elements))
  })
  return { bytes, next: clock }
}

/** One encoder for all elements: making one of a hundred thousand each takes longer than encoding them. */
const scratch = encoding.createEncoder()

/** The bytes of one element; they count until the next call. */
function elementBytes(element: never): Uint8Array {
  scratch.bufs.length = 0
  scratch.cpos = 0
  encoding.writeAny(scratch, element)
  return scratch.bufs.length === 0 ? scratch.cbuf.subarray(0, scratch.cpos) : encoding.toUint8Array(scratch)
}

function anyAt(item: Y.Item, clock: number): never {
  return item.content.getContent()[clock - item.id.clock] as never
}

function structBytes(struct: Y.Item | Y.GC, offset: number): Uint8Array {
  const encoder = new Y.UpdateEncoderV1()
  struct.write(encoder, offset)
  return encoder.toUint8Array()
}

/** The part of a run that begins at `clock`, as Yjs would split it off, without its elements. */
function withoutElements(item: Y.Item, clock: number): Y.Item {
  const { client } = item.id
  const origin = clock > item.id.clock ? Y.createID(client, clock - 1) : item.origin
  const id = Y.createID(client, clock)
  return new Y.Item(id, null, origin, null, item.rightOrigin, item.parent, item.parentSub, noElements)
}

// Yjs' types do not say that this is a content.
const noElements = new Y.ContentAny([]) as unknown as Y.Item['content']

/** Deletes that the structs themselves do not tell. */
function* encodeDeletes(doc: Y.Doc, from: StateClocks, maxBytes: number): Generator<Uint8Array, void> {
  let ranges = new Map<number, { clock: number; length: number }[]>()
  let count = 0
  for (const [client, structs] of doc.store.clients) {
    for (const struct of structs) {
      if (!(struct instanceof Y.Item) || !struct.deleted || isToldByStructs(struct, from)) continue
      const list = ranges.get(client) ?? []
      ranges.set(client, list)
      list.push({ clock: struct.id.clock, length: struct.length })
      if (++count * mostBytesOfRange < maxBytes) continue
      yield deletesToUpdate(ranges)
      ranges = new Map()
      count = 0
    }
  }
  if (count > 0) yield deletesToUpdate(ranges)
}

/** A value of a map that another one follows is deleted by that one; content that was collected is written as deleted. */
function isToldByStructs(item: Y.Item, from: StateClocks): boolean {
  if (item.parentSub !== null && item.right !== null) return true
  return item.content instanceof Y.ContentDeleted && item.id.clock >= (from.get(item.id.client) ?? 0)
}

const mostBytesOfRange = 24 // three varUints of 53 bits

function deletesToUpdate(ranges: ReadonlyMap<number, readonly { clock: number; length: number }[]>): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, 0) // no structs
  encoding.writeVarUint(encoder, ranges.size)
  for (const [client, list] of ranges) {
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, list.length)
    for (const { clock, length } of list) {
      encoding.writeVarUint(encoder, clock)
      encoding.writeVarUint(encoder, length)
    }
  }
  return encoding.toUint8Array(encoder)
}
