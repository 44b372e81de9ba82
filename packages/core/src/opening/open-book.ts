// Opens a book: loads its document from this device, follows it, and hands out commands and questions that outlast a change of documents.
import * as Y from 'yjs'
import type { Author, Book, BookChange, RecoveryReport } from '../book.ts'
import { createId, Id } from '../schema/ids.ts'
import type { BookStorage, StorageHandle } from '../storage/storage.ts'
import type { BookSync, FinalWord } from '../sync/sync.ts'
import { billingQuestionNames, type BillingQuestions } from './billing-questions.ts'
import { commandNames, type Commands } from './commands.ts'
import { markNames } from './durability.ts'
import { createKeeper } from './keeper.ts'
import { openReplica, type Replica } from './open-replica.ts'
import { questionNames, type Questions } from './questions.ts'
import { createRecovery } from './recovery.ts'

/** How to open a book. */
export interface OpenBookOptions {
  /** The book's id, see `createId`. */
  readonly id: string
  readonly author: Author
  /** One browser profile or script of the author. @default one that `storage` keeps for this book */
  readonly device?: string
  readonly storage: BookStorage
  /** @default none: the book stays on this device */
  readonly sync?: BookSync
  /** Makes the book with these settings if it is empty. Leave it out when joining somebody's book. */
  readonly create?: { readonly name: string; readonly timeZone: string; readonly currency: string }
  /** Refuses all commands, for viewers; see {@link Book.setReadOnly}. @default false */
  readonly readOnly?: boolean
  /** Signs what is recorded with this device's key, where the platform has Ed25519 (LG6). @default true */
  readonly signed?: boolean
  /** Epoch ms. @default Date.now */
  readonly now?: () => number
  /** Fills the bytes with randomness. @default crypto.getRandomValues */
  readonly random?: (bytes: Uint8Array) => Uint8Array
}

/**
 * Opens a book. Rejects when its storage cannot be opened or an option is malformed.
 * @example
 * const book = await openBook({ id, author: { id: actor, name: 'Ada' }, storage: memory() })
 * await book.addClient({ name: 'Acme Dental', tier: 'starter' })
 */
export async function openBook(options: OpenBookOptions): Promise<Book> {
  checkIds(options)
  const now = options.now ?? Date.now
  const random = options.random ?? ((bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>))
  const keeper = createKeeper()
  const listeners = new Set<(change: BookChange) => void>()
  const tell = (change: BookChange) => {
    for (const listener of [...listeners]) listener(change)
  }
  let setAside = 0
  let isViewer = options.readOnly === true
  const outside = {
    setAside: () => setAside,
    recovery: (): RecoveryReport | null => recovery.report,
    isViewer: () => isViewer,
  }
  const countSetAside = async () => {
    setAside = (await storage.aside.list()).length
    replica.refreshStatus()
  }
  /** Once all is open, which counts by itself. */
  let recount = () => {}
  const recovery = createRecovery({
    options,
    now,
    storage: () => storage,
    replica: () => replica,
    exchange: (prepare) => exchange(prepare),
    openStorage: (doc) => openStorage(doc),
    takeStorage: (next) => (storage = next),
    onChange: countSetAside,
  })

  const openStorage = async (doc: Y.Doc) =>
    options.storage.open({
      book: options.id,
      doc,
      keepCopy: !options.sync,
      onProblem: (problem) => keeper.noteProblem(problem),
      onReplaced: () => recovery.followOtherTab(),
      onSetAside: () => recount(),
      now,
    })
  let doc = new Y.Doc({ gc: true })
  let storage = await openStorage(doc)
  const device = options.device ?? (await deviceOf(storage))
  const onFinal = (word: FinalWord) => recovery.noteFinal(word)
  const follow = () => openReplica({ options, now, random, doc, storage, device, keeper, outside, tell, onFinal })
  let replica: Replica = await follow()
  /** Commands wait while one document takes the place of another. */
  let ready: Promise<unknown> = Promise.resolve()

  /** Puts another document in this one's place; `prepare` gives it. */
  const exchange = (prepare: () => Promise<Y.Doc>): Promise<void> => {
    const next = ready.then(async () => {
      const before = replica
      doc = await before.exclusively(prepare)
      await before.close()
      replica = await follow()
      tell({ clients: 'all', tiers: true, settings: true, log: true, status: true })
    })
    ready = next.catch(() => undefined)
    return next
  }
  await recovery.start()
  await countSetAside()
  recount = () => void countSetAside()

  let closing: Promise<void> | undefined
  return {
    id: options.id,
    author: options.author,
    device,
    get doc() {
      return replica.doc
    },
    ...delegate<Commands>(commandNames, async (name, args) => {
      await ready
      return call(replica.commands, name, args)
    }),
    ...delegate<Questions>(questionNames, (name, args) => call(replica.questions, name, args)),
    ...delegate<BillingQuestions>(billingQuestionNames, (name, args) => call(replica.billing, name, args)),
    planImport: async (rows, planOptions) => replica.planImport(rows, planOptions),
    setAside: async () => storage.aside.list(),
    async removeSetAside(ids) {
      await storage.aside.remove(ids)
      await countSetAside()
    },
    setReadOnly(readOnly) {
      isViewer = readOnly
      replica.refreshStatus()
    },
    storeAgain: async () => storage.restore(),
    bringIn: async (id) => recovery.bringIn(id),
    async mergeCopy(copy) {
      await ready
      return recovery.mergeCopy(copy)
    },
    dismissRecovery: async () => recovery.dismiss(),
    get status() {
      return replica.status
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    checkDay: () => replica.checkDay(),
    async flush() {
      await ready
      await replica.flush()
    },
    close() {
      closing ??= (async () => {
        await recovery.close()
        await ready
        await replica.close()
        await keeper.close()
        listeners.clear()
      })()
      return closing
    },
  }
}

/** Methods that call the same method of whatever is in place when they are called. */
function delegate<T extends object>(
  names: readonly (keyof T & string)[],
  callNow: (name: keyof T & string, args: readonly unknown[]) => unknown,
): T {
  return Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => callNow(name, args)])) as T
}

function call<T extends object>(target: T, name: keyof T & string, args: readonly unknown[]): unknown {
  return (target[name] as (...args: readonly unknown[]) => unknown)(...args)
}

function checkIds(options: OpenBookOptions): void {
  for (const [field, value] of [
    ['id', options.id],
    ['author.id', options.author.id],
    ['device', options.device],
  ] as const) {
    if (value !== undefined && !Id.safeParse(value).success) {
      throw new TypeError(
        `${field}: expected an id of 22 base64url characters (see createId), got ${JSON.stringify(value)}`,
      )
    }
  }
  if (options.author.name.trim() === '')
    throw new TypeError('author.name: expected the name that others see, got an empty text')
}

async function deviceOf(storage: StorageHandle): Promise<string> {
  const kept = Id.safeParse(await storage.marks.get(markNames.device))
  if (kept.success) return kept.data
  const device = createId()
  await storage.marks.set(markNames.device, device)
  return device
}
