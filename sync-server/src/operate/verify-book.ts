// Checks one stored book from its first update to its last: the chain, the bytes, and everything that follows from them.
import type { DeletedRanges } from '@tierbook/core/admission'
import * as Y from 'yjs'
import { chainStart, hashRow, hashUpdate } from '../storage/chain.ts'
import { readActions, readLoggedIds } from '../storage/logged-actions.ts'
import type {
  BookRecord,
  LoadedBook,
  ServerStorage,
  StoredReceipts,
  StoredSnapshot,
  StoredUpdate,
} from '../storage/storage.ts'
import { isSameBook } from '../sync/same-book.ts'
import { covers, openOutline } from '../sync/stored-contents.ts'
import { storeFault } from './store-fault.ts'
import { type Find, openLogStart } from './verify-log-start.ts'

/** Something that is not as the server wrote it. */
export interface Finding {
  readonly book: string
  /** The first update concerned; null where it is no single one. */
  readonly seq: number | null
  readonly problem: string
}

/** Gives what is wrong, in the order of the updates; nothing where the book is whole. `onProgress` hears every thousandth update. */
export async function verifyBook(
  storage: ServerStorage,
  record: BookRecord,
  onProgress: (seq: number) => void = () => {},
): Promise<Finding[]> {
  const { book } = record
  const findings: Finding[] = []
  const find = (seq: number | null, problem: string) => void findings.push({ book, seq, problem })
  const loaded = await storage.load(book)
  if (!loaded) return [{ book, seq: null, problem: 'the book is not in the store' }]
  // A server beside this may have made a newer one meanwhile: then that one's bytes are there, and this one is nobody's any more.
  const isReplaced = async () => ((await storage.load(book))?.snapshot?.seq ?? 0) > (loaded.snapshot?.seq ?? 0)
  const doc = new Y.Doc()
  const { receipts, fault: receiptFault, readTo } = await readReceipts(storage, book)
  const authors = new Map<number, Set<string>>()
  let previous: { seq: number; hash: Uint8Array } = { seq: 0, hash: chainStart }
  let firstWriter: string | null = null
  let isShared = false
  const start = await openLogStart(await storage.logStart(book), doc, find)

  let isReadable = true
  const noteFault = (fault: string) => {
    isReadable = false
    find(previous.seq + 1, fault)
  }
  for await (const row of readableRows(storage.updates(book), noteFault)) {
    const isTrimmed = row.bytes.length === 0 && row.seq <= start.trimmedTo
    checkChain(row, previous, { find, isTrimmed })
    previous = {
      seq: row.seq,
      hash: hashRow({ previousHash: row.previousHash, updateHash: row.updateHash, book, seq: row.seq, update: row }),
    }
    if (row.seq <= readTo) checkReceipt(row, receipts.get(row.seq), { find, isTrimmed })
    receipts.delete(row.seq)
    if (isTrimmed) start.noteTrimmed(row.actor)
    else if (start.isReadable) {
      if (!start.holds(row)) find(row.seq, 'what stands for the updates before it should hold it, and does not')
      applyRow(doc, row, authors, find)
    }
    firstWriter ??= row.actor
    isShared ||= row.actor !== firstWriter
    if (row.seq === loaded.snapshot?.seq) await checkSnapshot(doc, loaded.snapshot, find, isReplaced)
    if (row.seq % 1000 === 0) onProgress(row.seq)
  }
  // Most lie in the rows, which said where.
  if (receiptFault !== null && isReadable) find(null, receiptFault)
  if (!isSame(previous.hash, record.head)) find(previous.seq, lastRowProblem)
  if (previous.seq !== record.seq)
    find(null, `the book counts ${record.seq} updates, the last one stored is ${previous.seq}`)
  for (const seq of receipts.keys()) find(seq, 'receipts without an update that brought actions')
  if (loaded.snapshot && loaded.snapshot.seq > record.seq)
    find(null, `a snapshot of ${loaded.snapshot.seq} updates, of which there are ${record.seq}`)
  if (start.isReadable) checkRecord({ record, doc, firstWriter, isShared }, find)
  start.addAuthors(authors)
  checkBindings(loaded, authors, find)
  doc.destroy()
  return findings
}

/** Those before the first that the database cannot give. */
async function* readableRows<Row>(
  rows: AsyncIterable<Row>,
  onFault: (fault: string) => void,
): AsyncGenerator<Row, undefined> {
  try {
    yield* rows
  } catch (cause) {
    const fault = storeFault(cause)
    if (fault === null) throw cause
    onFault(fault)
  }
}

/** Behind `readTo` nothing is known of them. */
async function readReceipts(
  storage: ServerStorage,
  book: string,
): Promise<{ receipts: Map<number, StoredReceipts>; fault: string | null; readTo: number }> {
  const receipts = new Map<number, StoredReceipts>()
  let fault: string | null = null
  let last = 0
  for await (const receipt of readableRows(storage.receipts(book, { after: 0 }), (found) => (fault = found))) {
    receipts.set(receipt.seq, receipt)
    last = receipt.seq
  }
  return { receipts, fault, readTo: fault === null ? Number.POSITIVE_INFINITY : last }
}

const lastRowProblem = 'its actor, device or time, or the head that the book keeps, is not what was stored'

function checkChain(
  row: StoredUpdate,
  previous: { seq: number; hash: Uint8Array },
  { find, isTrimmed }: { find: Find; isTrimmed: boolean },
): void {
  if (row.seq !== previous.seq + 1) find(previous.seq + 1, `missing: the next update stored is ${row.seq}`)
  else if (!isSame(row.previousHash, previous.hash)) {
    if (previous.seq === 0) find(1, 'it does not begin the chain: the hash it keeps of its predecessor was changed')
    else find(previous.seq, `its actor, device or time was changed, or the hash that update ${row.seq} keeps of it`)
  }
  if (!isTrimmed && !isSame(row.updateHash, hashUpdate(row.bytes)))
    find(row.seq, 'its bytes are not those whose hash was stored')
}

function checkReceipt(
  row: StoredUpdate,
  receipt: { receivedAt: number; actions: readonly string[] } | undefined,
  { find, isTrimmed }: { find: Find; isTrimmed: boolean },
): void {
  const brought = readLoggedIds(row.bytes).sort()
  if (!isTrimmed && brought.join(' ') !== [...(receipt?.actions ?? [])].sort().join(' '))
    find(row.seq, 'its receipts do not name the actions that it brought')
  else if (receipt && receipt.receivedAt !== row.receivedAt)
    find(row.seq, 'the time in its receipts is not the one it was stored with')
}

function applyRow(doc: Y.Doc, row: StoredUpdate, authors: Map<number, Set<string>>, find: Find): void {
  try {
    const { structs } = Y.decodeUpdate(row.bytes)
    for (const struct of structs) {
      const known = authors.get(struct.id.client) ?? new Set<string>([row.actor])
      authors.set(struct.id.client, known)
      if (struct instanceof Y.Item) for (const { by } of readActions(struct.content.getContent())) known.add(by)
    }
    Y.applyUpdate(doc, row.bytes)
    if (doc.store.pendingStructs || doc.store.pendingDs) {
      doc.store.pendingStructs = doc.store.pendingDs = null
      find(row.seq, 'it builds on something that is not stored before it')
    }
  } catch (cause) {
    find(row.seq, `it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

async function checkSnapshot(
  doc: Y.Doc,
  snapshot: StoredSnapshot,
  find: Find,
  isReplaced: () => Promise<boolean>,
): Promise<void> {
  const { seq, outline } = snapshot
  const other = new Y.Doc()
  try {
    Y.applyUpdate(other, Buffer.concat(await snapshot.read()))
    if (!isSameBook(doc, other)) find(seq, 'the snapshot made after it is not the book as it was then')
    if (outline && !isOutlineOf(doc, outline))
      find(seq, 'what the snapshot made after it says it holds is not what it holds')
  } catch {
    if (!(await isReplaced())) find(seq, 'the snapshot made after it cannot be read, or is not the one that was stored')
  } finally {
    other.destroy()
  }
}

function isOutlineOf(doc: Y.Doc, kept: NonNullable<StoredSnapshot['outline']>): boolean {
  const stateVector = Y.encodeStateVector(doc)
  const expected = openOutline({ stateVector, deletes: Y.encodeStateAsUpdate(doc, stateVector) })
  const found = openOutline(kept)
  return (
    covers(expected.clocks, found.clocks) &&
    covers(found.clocks, expected.clocks) &&
    textOf(expected.deleted) === textOf(found.deleted)
  )
}

/** Client ids come in any order. */
function textOf(deleted: DeletedRanges): string {
  return JSON.stringify([...deleted.entries()].sort(([a], [b]) => a - b))
}

function checkRecord(
  {
    record,
    doc,
    firstWriter,
    isShared,
  }: { record: BookRecord; doc: Y.Doc; firstWriter: string | null; isShared: boolean },
  find: Find,
): void {
  const largestN = readActions(doc.getArray('log').toArray()).reduce((largest, { n }) => Math.max(largest, n), 0)
  const kept = { largestN: record.largestN, firstWriter: record.firstWriter, isShared: record.isShared }
  const expected = { largestN, firstWriter, isShared }
  for (const name of ['largestN', 'firstWriter', 'isShared'] as const) {
    if (kept[name] !== expected[name])
      find(
        null,
        `the book keeps ${JSON.stringify(kept[name])} as ${name}, its updates say ${JSON.stringify(expected[name])}`,
      )
  }
}

function checkBindings({ bindings }: LoadedBook, authors: ReadonlyMap<number, ReadonlySet<string>>, find: Find): void {
  for (const [client, known] of authors) {
    const actor = bindings.get(client)
    if (actor === undefined) find(null, `Yjs client id ${client} wrote and belongs to nobody`)
    else if (!known.has(actor)) find(null, `Yjs client id ${client} belongs to ${actor}, who never wrote under it`)
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
