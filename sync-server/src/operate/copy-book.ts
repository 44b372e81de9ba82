// Carries a book from one store to another, update by update, so that it has the same chain there; cut short, the next time goes on where it was.
import { type FactsStore } from '../storage/facts.ts'
import { type BookRecord, type NewUpdate, type ServerStorage, SnapshotError } from '../storage/storage.ts'
import { OperatorError } from './operator-error.ts'

/** A store with all that belongs to a book. */
export interface BookPlace {
  readonly storage: ServerStorage
  readonly facts: FactsStore
}

/** What was carried over. */
export interface CopiedBook {
  readonly book: string
  readonly seq: number
  /** How many of the updates were there from an earlier time. */
  readonly alreadyThere: number
  /** Hash of the last row, in base64url: the same in both stores. */
  readonly head: string
}

/** One transaction; what a store that is slow may hold in memory. */
const updatesPerCommit = 1_000
const bytesPerCommit = 4 * 2 ** 20

/**
 * The book as `from` has it when it is asked. Throws an {@link OperatorError} where `to` holds another history of it, or more than `from`: then
 * nothing of it was changed.
 */
export async function copyBook(options: {
  book: string
  from: BookPlace
  to: BookPlace
  onProgress?: ((progress: { book: string; seq: number; of: number }) => void) | undefined
}): Promise<CopiedBook> {
  const { book, from, to, onProgress } = options
  const record = await from.storage.book(book)
  if (!record) throw new OperatorError(`book ${book} is not in the store that it is to be moved from`)
  const before = await to.storage.book(book)
  if (before) await requireSameHistory(from, record, before)
  await to.facts.write(await from.facts.read(book))
  const alreadyThere = before?.seq ?? 0
  let seq = alreadyThere
  // All at once with the first: a client id whose updates are still to come belongs to its actor already.
  let bindings = await lackingBindings({ book, from, to })
  let updates: NewUpdate[] = []
  let bytes = 0
  const store = async () => {
    if (updates.length === 0 && bindings.size === 0) return
    await to.storage.commit([{ book, expectedSeq: seq, updates, bindings, largestN: record.largestN }])
    seq += updates.length
    bindings = new Map()
    updates = []
    bytes = 0
    onProgress?.({ book, seq, of: record.seq })
  }
  for await (const update of readUpdates(from.storage, { book, from: seq + 1, to: record.seq })) {
    updates.push(update)
    bytes += update.bytes.length
    if (updates.length === updatesPerCommit || bytes > bytesPerCommit) await store()
  }
  await store()
  const after = await to.storage.book(book)
  if (after?.seq !== record.seq || !isSame(after.head, record.head))
    throw new OperatorError(`book ${book} is another one where it was moved to: run \`tierbook verify\` on both stores`)
  await copyLogStart({ book, from, to })
  await copySnapshot({ book, from, to, upTo: record.seq })
  return { book, seq, alreadyThere, head: Buffer.from(record.head).toString('base64url') }
}

async function requireSameHistory(from: BookPlace, record: BookRecord, there: BookRecord): Promise<void> {
  const { book } = record
  if (there.generation !== record.generation)
    throw new OperatorError(
      `book ${book} is there already with another history, of ${new Date(there.generation).toISOString()}`,
    )
  if (there.seq > record.seq)
    throw new OperatorError(`book ${book} is there already with ${there.seq} updates, and here are ${record.seq}`)
  const head = await from.storage.headAt(book, there.seq)
  if (!head || !isSame(head, there.head))
    throw new OperatorError(`book ${book} is there already, and its first ${there.seq} updates are others than here`)
}

async function lackingBindings({ book, from, to }: { book: string; from: BookPlace; to: BookPlace }) {
  const known = (await to.storage.load(book))?.bindings ?? new Map<number, string>()
  const lacking = new Map<number, string>()
  for (const [client, actor] of (await from.storage.load(book))?.bindings ?? []) {
    const owner = known.get(client)
    if (owner === undefined) lacking.set(client, actor)
    else if (owner !== actor)
      throw new OperatorError(
        `book ${book} is there already, and Yjs client id ${client} belongs to another actor there`,
      )
  }
  return lacking
}

async function* readUpdates(
  storage: ServerStorage,
  { book, from, to }: { book: string; from: number; to: number },
): AsyncGenerator<NewUpdate> {
  const receipts = storage.receipts(book, { after: from - 1 })[Symbol.asyncIterator]()
  let receipt = await receipts.next()
  for await (const { seq, bytes, updateHash, actor, device, receivedAt } of storage.updates(book, { from, to })) {
    while (!receipt.done && receipt.value.seq < seq) receipt = await receipts.next()
    const actions = !receipt.done && receipt.value.seq === seq ? receipt.value.actions : []
    yield { bytes, actor, device, receivedAt, actions, ...(bytes.length === 0 ? { updateHash } : {}) }
  }
  await receipts.return?.()
}

/** What stands for updates without bytes. */
async function copyLogStart({ book, from, to }: { book: string; from: BookPlace; to: BookPlace }): Promise<void> {
  const start = await from.storage.logStart(book)
  if (!start) return
  const { trimmedTo, snapshot } = start
  const { seq, outline } = snapshot
  await to.storage.saveSnapshot({ book, seq, outline, bytes: Buffer.concat(await snapshot.read()) })
  await to.storage.trim({ book, seq, trimmedTo })
  if ((await to.storage.logStart(book))?.trimmedTo !== trimmedTo)
    throw new OperatorError(`what stands for the first ${trimmedTo} updates of book ${book} could not be moved`)
}

/** A cache, so that the book opens there as quickly as here; a damaged one is left behind. */
async function copySnapshot(options: { book: string; from: BookPlace; to: BookPlace; upTo: number }): Promise<void> {
  const { book, from, to, upTo } = options
  const snapshot = (await from.storage.load(book))?.snapshot
  if (!snapshot || snapshot.seq > upTo) return
  try {
    await to.storage.saveSnapshot({
      book,
      seq: snapshot.seq,
      outline: snapshot.outline,
      bytes: Buffer.concat(await snapshot.read()),
    })
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
