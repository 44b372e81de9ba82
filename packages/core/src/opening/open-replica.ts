// One document of a book and everything that follows it on this device: projection, journal, status, commands, connection.
import type * as Y from 'yjs'
import type { Book, BookChange, BookStatus, RecoveryReport, SyncState } from '../book.ts'
import { visitUncovered } from '../log/log-items.ts'
import { visitWaiting } from '../log/waiting-items.ts'
import { type BookProjection, createBookProjection, createProjectionInSlices } from '../projection/book-projection.ts'
import type { StorageHandle } from '../storage/storage.ts'
import type { FinalWord } from '../sync/sync.ts'
import { createBillingFacts } from '../projection/billing-facts.ts'
import { type BillingQuestions, createBillingQuestions } from './billing-questions.ts'
import { type Commands, createCommands } from './commands.ts'
import { createCommandQueue } from './command-queue.ts'
import { createDurability, loadClocks, markNames } from './durability.ts'
import { followDocument } from './follow-document.ts'
import { createHistory } from './history.ts'
import { createImports } from './imports.ts'
import type { Keeper } from './keeper.ts'
import { noReceipts } from '../log/known-receipts.ts'
import { loadSnapshot } from './load-snapshot.ts'
import { loadViewKeepers } from './load-view-keepers.ts'
import { loadWriting } from './load-writing.ts'
import type { OpenBookOptions } from './open-book.ts'
import { createQuestions, type Questions } from './questions.ts'
import { recoverJournal } from './recover-journal.ts'
import { createStatus } from './status.ts'

/** An open document. A book has one at a time; a recovery (SY3) puts another in its place. */
export interface Replica {
  readonly doc: Y.Doc
  readonly projection: BookProjection
  readonly commands: Commands
  readonly questions: Questions
  readonly billing: BillingQuestions
  readonly planImport: Book['planImport']
  readonly status: BookStatus
  /** Something that the status tells changed outside this document. */
  refreshStatus(): void
  checkDay(): void
  flush(): Promise<void>
  /** Lets waiting commands end, then does `work` while none runs. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  /** Declares that the server refused actions of these texts; does nothing where the book takes no commands. */
  withdraw(texts: readonly string[]): Promise<unknown>
  /** Ends everything but the storage. */
  close(): Promise<void>
}

/** Opens `doc`, which `storage` has loaded. */
export async function openReplica(parts: {
  options: OpenBookOptions
  now: () => number
  random: (bytes: Uint8Array) => Uint8Array
  doc: Y.Doc
  storage: StorageHandle
  device: string
  keeper: Keeper
  outside: { setAside(): number; recovery(): RecoveryReport | null; isViewer(): boolean }
  tell: (change: BookChange) => void
  onFinal: (word: FinalWord) => void
}): Promise<Replica> {
  const { options, now, random, doc, storage, device, keeper } = parts
  const hasSync = options.sync !== undefined
  const receiptKeeper = loadReceiptKeeper(storage, hasSync)
  receiptKeeper.catch(() => undefined) // it may fail before it is waited for
  const durable = await loadClocks(storage, markNames.durable)
  const journaled = await recoverJournal(doc, storage, { durable: hasSync ? durable : new Map<number, number>(), now })
  takeFreshClientId(doc, random)

  // Elements that wait for something lost are read from the log as it is, and are in no snapshot.
  const isWhole = doc.store.pendingStructs === null
  const keeping = await (await receiptKeeper)?.keepReceipts(storage.marks, () => publish({ ...noChange, log: true }))
  const receipts = keeping?.receipts ?? noReceipts
  const reading = async () => ({ now, receipts, snapshot: isWhole ? await loadSnapshot(storage) : null })
  // Where another tab wrote meanwhile, it is read anew and at once.
  const projection =
    (await createProjectionInSlices(doc, await reading())) ?? createBookProjection(doc, await reading())
  keeping?.joinAhead(() => projection.log)
  const views = loadViewKeepers({ storage, projection, isWhole })
  const durability = createDurability(durable)
  if (hasSync) {
    visitUncovered(doc.getArray('log'), doc, durable, durability.noteElement)
    visitWaiting(doc, durability.noteElement)
    for (const record of journaled) durability.noteJournal(record)
  }
  const status = createStatus({
    projection,
    durability,
    keeper,
    outside: parts.outside,
    isDurable: storage.durable,
    hasSync,
  })
  const publish = (change: Omit<BookChange, 'status'> | null) => {
    const statusChanged = status.refresh()
    if (change || statusChanged) parts.tell({ ...(change ?? noChange), status: statusChanged })
    if (change) views.noteChange()
  }
  keeper.start({ storage, durability, hasSync, onChange: () => publish(null) })

  const following = followDocument({ doc, projection, durability, hasSync, publish, now })
  const history = await createHistory(storage.marks)
  const context = { book: options.id, projection }
  const billing = createBillingFacts(projection)
  const writing = loadWriting({
    context,
    doc,
    appending: {
      author: options.author,
      device,
      now,
      random,
      largestN: () => projection.log.largestN,
      onClientIdChanged: () => syncing?.clientIdChanged(),
    },
    facts: billing.facts,
    marks: storage.marks,
    isSigned: options.signed ?? true,
    // An id that came with the storage is in no log yet, and nor is anything in the log of a book that is made here.
    isLogKnown: () => options.device === undefined || options.create !== undefined || status.current.loaded,
    refusal: () => status.refusal(),
    keep: (written) => keeper.keep(written),
  })
  const queue = createCommandQueue({ status, load: () => writing.loaded ?? writing.load() })
  const imports = createImports({ queue, marks: storage.marks })
  const syncing = options.sync?.start({
    book: options.id,
    doc,
    onState(state: SyncState, reason) {
      status.noteSync(state, reason)
      publish(null)
    },
    onDurable: (clocks) => keeper.noteDurable(clocks),
    onLoaded() {
      status.noteLoaded()
      publish(null)
    },
    ...(keeping ? { receipts: keeping.keeper } : {}),
    history,
    onFacts(facts) {
      status.noteFacts(facts)
      publish(null)
    },
    onFinal: (word) => parts.onFinal(word),
  })
  const commands = createCommands({ queue, imports, catchUp: async () => syncing?.catchUp?.() })

  if (options.create && projection.log.size === 0) await commands.editBook(options.create)
  imports.resume()
  writing.loadSoon()

  return {
    doc,
    projection,
    commands,
    questions: createQuestions(projection, (action) => {
      const place = projection.log.get(action)?.place
      return hasSync && place !== undefined && place.clock >= durability.clockOf(place.client)
    }),
    billing: createBillingQuestions(projection, billing),
    planImport: async (rows, planOptions) => (await writing.load()).importer.plan(rows, planOptions),
    get status() {
      return status.current
    },
    refreshStatus: () => publish(null),
    checkDay: () => following.checkDay(),
    async flush() {
      await queue.idle()
      await keeper.flush()
      if (hasSync) await keeper.whenAcknowledged(doc)
    },
    exclusively: (work) => queue.exclusively(work),
    withdraw: (texts) => queue.run((writing) => writing.withdraw(texts)),
    async close() {
      imports.stop()
      writing.close()
      await queue.close()
      following.close()
      await syncing?.close()
      await views.close()
      await keeping?.close()
      await keeper.settled()
      doc.destroy()
    },
  }
}

/** A book that never had a server has no receipts, and is spared what keeps them. */
async function loadReceiptKeeper({ marks }: StorageHandle, hasSync: boolean) {
  if (!hasSync && (await marks.get(markNames.receipts).catch(() => undefined)) === undefined) return null
  return import('./receipt-keeper.ts')
}

const noChange: Omit<BookChange, 'status'> = { clients: new Set<string>(), tiers: false, settings: false, log: false }

/** A client id that somebody has written under, by a rare chance or because a profile was copied, would fork the book unseen (F40). */
function takeFreshClientId(doc: Y.Doc, random: (bytes: Uint8Array) => Uint8Array): void {
  while (doc.store.clients.has(doc.clientID)) {
    const bytes = random(new Uint8Array(4))
    doc.clientID = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  }
}
