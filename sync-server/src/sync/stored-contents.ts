// What is stored of a book, with an outline of it in memory: answers a device's sync request from stored bytes, the snapshot, the updates behind it
// and all deletes, and puts many updates into one snapshot.
import { type BookOutline, createDeletedRanges, outlineStored } from '@tierbook/core/admission'
import * as Y from 'yjs'
import { type LoadedBook, type ServerStorage, SnapshotError, type StoredSnapshot } from '../storage/storage.ts'
import type { Pieces } from './book-work.ts'
import { encodeDeletes } from './changed-bytes.ts'
import { writeSnapshotParts, writeSyncStep2, writeUpdate, writeUpdateInPieces } from './messages.ts'
import type { BookWorker } from './worker.ts'

/** The stored bytes of an open book. Asked by its queue only, but for {@link StoredContents.compact}. */
export interface StoredContents {
  /** Followed by whoever takes updates in. */
  outline: BookOutline
  /** Updates, and their bytes, behind the snapshot. */
  readonly tail: { readonly updates: number; readonly bytes: number }
  /** More was stored behind what is here. */
  grow(updates: readonly { readonly bytes: Uint8Array }[]): void
  /** Messages in pieces with all that somebody lacks; the last of them says that this was all. */
  answer(asker: Asker): Promise<readonly Pieces[]>
  /** The snapshot and the updates behind it, up to the position that is known; they belong to whoever asked. */
  read(): Promise<readonly Pieces[]>
  /** Stores one update in place of all of them, for the next reader; what is stored meanwhile stays behind it. */
  compact(): Promise<void>
}

/** Who is answered. */
export interface Asker {
  /** What it knows. */
  readonly clocks: ReadonlyMap<number, number>
  /** Whether it unpacks what lies packed in the store. */
  readonly unpacks: boolean
}

/** What is read before the updates behind it. */
interface Base {
  readonly snapshot: StoredSnapshot | null
  readonly seq: number
  /** Of all that was stored, where counting began at 0. */
  readonly bytes: number
  readonly clocks: ReadonlyMap<number, number>
}

/** More updates than this are not sent one by one. */
const longestTail = 5_000

export async function openStoredContents(
  loaded: LoadedBook,
  options: { storage: ServerStorage; worker: BookWorker; onDamaged: (seq: number) => void },
): Promise<StoredContents> {
  const { storage, worker, onDamaged } = options
  const { book } = loaded.record
  let { seq } = loaded.record
  let bytes = 0
  let base = baseOf(loaded.snapshot)
  let outline = openOutline()
  /** Positions of snapshots that could not be read. */
  const damaged = new Set<number>()

  async function readOutline(): Promise<void> {
    const { snapshot } = base
    outline = openOutline(snapshot?.outline)
    // Those that an older program wrote say nothing of themselves.
    if (snapshot && !snapshot.outline)
      outlineSnapshot(outline, Buffer.concat(await snapshot.read()), new SnapshotError(book, base.seq))
    // Never newer than what it was made of.
    if (base.seq > seq) throw new SnapshotError(book, base.seq)
    base = { ...base, clocks: new Map(outline.clocks) }
    bytes = 0
    for await (const update of storage.updates(book, { from: base.seq + 1, to: seq })) {
      outlineStored(outline, update.bytes)
      bytes += update.bytes.length
    }
  }
  /** A snapshot that cannot be read is a cache that is gone, and so are updates that a later one stands for. */
  async function withoutDamage<T>(work: () => Promise<T>): Promise<T> {
    const { snapshot } = base
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error
      if (base.snapshot === snapshot) base = await otherBase(snapshot, error)
      return withoutDamage(work)
    }
  }
  async function otherBase(lost: StoredSnapshot | null, error: SnapshotError): Promise<Base> {
    const newer = (await storage.load(book))?.snapshot
    // Another one took its place: that is no damage. One that was damaged itself is not gone back to.
    if (newer?.outline && newer.seq > (lost?.seq ?? 0) && newer.seq <= seq && !damaged.has(newer.seq))
      return { ...baseOf(newer), bytes }
    if (lost) {
      damaged.add(lost.seq)
      onDamaged(lost.seq)
    }
    const start = (await storage.load(book, { raw: true }))?.snapshot ?? null
    // Where the log begins with it there is nothing else.
    if (!lost || start?.seq === lost.seq) throw error
    return baseOf(start)
  }
  const readTail = async ({ seq: start }: Base, to: number) => {
    const updates: Uint8Array[] = []
    for await (const { bytes } of storage.updates(book, { from: start + 1, to })) {
      // Given up since, for a snapshot that holds it.
      if (bytes.length === 0) throw new SnapshotError(book, start)
      updates.push(bytes)
    }
    return updates
  }
  /** From one base, whatever takes its place meanwhile. */
  const readAll = async (from: Base, to: number) => {
    const first = await from.snapshot?.read()
    return [...(first ? [first] : []), ...(await readTail(from, to)).map((update) => [update])]
  }
  async function compact(): Promise<void> {
    const [at, atBytes] = [seq, bytes]
    const made = await worker.compact(await withoutDamage(() => readAll(base, at)))
    const { stateVector, deletes } = made
    await storage.saveSnapshot({ book, seq: at, bytes: made.bytes, outline: { stateVector, deletes } })
    const snapshot = (await storage.load(book))?.snapshot
    // Another server may have stored a later one, which holds what this one does not know yet.
    if (snapshot?.seq === at) base = { snapshot, seq: at, bytes: atBytes, clocks: Y.decodeStateVector(stateVector) }
  }
  /** All of a snapshot for who has nothing, else what somebody lacks of it. */
  async function writeBase(snapshot: StoredSnapshot, { clocks, unpacks }: Asker): Promise<readonly Pieces[]> {
    const packed = unpacks && clocks.size === 0 ? await snapshot.readPacked() : null
    if (packed) return writeSnapshotParts(packed)
    const pieces = await snapshot.read()
    if (clocks.size === 0) return [writeUpdateInPieces(pieces)]
    return [[writeUpdate(await worker.diff(pieces, encodeClocks(clocks)))]]
  }
  async function writeAnswer(asker: Asker): Promise<readonly Pieces[]> {
    const { clocks } = asker
    const end = [writeSyncStep2(withoutStructs(outline))]
    if (covers(clocks, outline.clocks)) return [end]
    if (seq - base.seq > longestTail) await compact()
    const from = base
    const messages: Pieces[] = []
    if (from.snapshot && !covers(clocks, from.clocks)) messages.push(...(await writeBase(from.snapshot, asker)))
    for (const update of await readTail(from, seq))
      if (!covers(clocks, Y.parseUpdateMeta(update).to)) messages.push([writeUpdate(update)])
    return [...messages, end]
  }

  await withoutDamage(readOutline)
  return {
    get outline() {
      return outline
    },
    set outline(better) {
      outline = better
    },
    get tail() {
      return { updates: seq - base.seq, bytes: bytes - base.bytes }
    },
    grow(updates) {
      seq += updates.length
      for (const update of updates) bytes += update.bytes.length
    },
    answer: (asker) => withoutDamage(() => writeAnswer(asker)),
    read: () => withoutDamage(() => readAll(base, seq)),
    compact,
  }
}

/** From what a snapshot says of itself, or an empty one. */
export function openOutline(kept?: StoredSnapshot['outline']): BookOutline {
  const outline = { clocks: new Map<number, number>(), deleted: createDeletedRanges() }
  if (!kept) return outline
  for (const [client, clock] of Y.decodeStateVector(kept.stateVector)) outline.clocks.set(client, clock)
  outlineStored(outline, kept.deletes)
  return outline
}

function outlineSnapshot(outline: BookOutline, bytes: Uint8Array, damaged: SnapshotError): void {
  try {
    outlineStored(outline, bytes)
  } catch {
    throw damaged
  }
}

function baseOf(snapshot: StoredSnapshot | null): Base {
  const clocks = snapshot?.outline ? Y.decodeStateVector(snapshot.outline.stateVector) : new Map<number, number>()
  return { snapshot, seq: snapshot?.seq ?? 0, bytes: 0, clocks }
}

/** Whether whoever knows `clocks` has every struct up to `wanted`. */
export function covers(clocks: ReadonlyMap<number, number>, wanted: ReadonlyMap<number, number>): boolean {
  for (const [client, clock] of wanted) if ((clocks.get(client) ?? 0) < clock) return false
  return true
}

/** An update without structs that carries every delete: the end of a sync that was made of stored bytes. */
function withoutStructs({ deleted }: BookOutline): Uint8Array {
  const deletes = encodeDeletes(new Map(deleted.entries()))
  const update = new Uint8Array(1 + deletes.length)
  update.set(deletes, 1)
  return update
}

function encodeClocks(clocks: ReadonlyMap<number, number>): Uint8Array {
  return Y.encodeStateVector(new Map(clocks))
}
