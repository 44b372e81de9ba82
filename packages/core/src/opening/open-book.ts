// Opens a book: loads it from this device, folds it, connects it, and hands out commands and questions.
import * as Y from 'yjs'
import type { Author, Book, BookChange, SyncState } from '../book.ts'
import { draftActivity } from '../commands/activity.ts'
import { assignTier, endClient, resumeClient } from '../commands/assignments.ts'
import { editBook } from '../commands/book-settings.ts'
import { addClient, editClient } from '../commands/clients.ts'
import type { Command } from '../commands/draft.ts'
import { planImport } from '../commands/plan-import.ts'
import { retract } from '../commands/retract.ts'
import { addTier, editTier } from '../commands/tiers.ts'
import { visitAll } from '../log/log-items.ts'
import { createBookProjection } from '../projection/book-projection.ts'
import { createId, Id } from '../schema/ids.ts'
import type { BookStorage, StorageHandle } from '../storage/storage.ts'
import type { BookSync } from '../sync/sync.ts'
import { createAppender } from './append.ts'
import { createCommandQueue } from './command-queue.ts'
import { createDurability, loadClocks, markNames } from './durability.ts'
import { followDocument } from './follow-document.ts'
import { createImporter } from './importer.ts'
import { createKeeper } from './keeper.ts'
import { createQuestions } from './questions.ts'
import { recoverJournal } from './recover-journal.ts'
import { createSnapshotKeeper, loadSnapshot } from './snapshot-keeper.ts'
import { createStatus } from './status.ts'

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
  /** Refuses all commands, for viewers. @default false */
  readonly readOnly?: boolean
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
  const doc = new Y.Doc({ gc: true })
  const keeper = createKeeper()
  const storage = await options.storage.open({
    book: options.id,
    doc,
    onProblem: (problem) => keeper.noteProblem(problem),
  })
  const device = options.device ?? (await deviceOf(storage))
  const journal = await recoverJournal(doc, storage)
  if (journal.broken.length > 0) {
    keeper.noteProblem(
      new Error(
        `${journal.broken.length} journal records could not be read and were set aside: ${journal.broken.join(', ')}`,
      ),
    )
  }

  const snapshot = await loadSnapshot(storage)
  const projection = createBookProjection(doc, { now, snapshot })
  const snapshots = createSnapshotKeeper({ storage, projection, stored: projection.continued })
  const durability = createDurability(await loadClocks(storage, markNames.durable))
  if (options.sync) visitAll(doc.getArray('log'), durability.noteElement)
  for (const record of journal.kept) durability.noteJournal(record)
  const status = createStatus({
    projection,
    durability,
    keeper,
    isDurable: storage.durable,
    hasSync: options.sync !== undefined,
    isViewer: options.readOnly === true,
  })
  const listeners = new Set<(change: BookChange) => void>()
  const publish = (change: Omit<BookChange, 'status'> | null) => {
    const statusChanged = status.refresh()
    if (!change && !statusChanged) return
    const whole = { ...(change ?? noChange), status: statusChanged }
    for (const listener of [...listeners]) listener(whole)
    if (whole.log) snapshots.noteChange()
  }
  keeper.start({ storage, durability, onChange: () => publish(null) })

  const following = followDocument({ doc, projection, durability, hasSync: options.sync !== undefined, publish, now })
  const appender = createAppender(doc, {
    author: options.author,
    device,
    now,
    random,
    largestN: () => projection.log.largestN,
    isIntroduced: () =>
      projection.devices.get(device) === options.author.name && projection.actors.has(options.author.id),
    onClientIdChanged: () => syncing?.clientIdChanged(),
  })
  const context = { book: options.id, projection }
  const queue = createCommandQueue({ status, appender, keep: (written) => keeper.keep(written) })
  const importer = createImporter({
    context,
    queue,
    marks: storage.marks,
    now,
  })
  const syncing = options.sync?.start({
    book: options.id,
    doc,
    onState(state: SyncState, reason) {
      status.noteSync(state, reason)
      publish(null)
    },
    onDurable(clocks) {
      keeper.noteDurable(clocks)
    },
    onLoaded() {
      status.noteLoaded()
      publish(null)
    },
  })
  const run = <T>(name: string, command: Command<unknown, T>, input: unknown) =>
    queue.run(name, () => command(context, input))

  if (options.create && projection.log.size === 0) await run('editBook', editBook, options.create)
  importer.resume()

  let closing: Promise<void> | undefined
  return {
    id: options.id,
    author: options.author,
    device,
    doc,
    editBook: (change) => run('editBook', editBook, change),
    addClient: (client) => run('addClient', addClient, client),
    editClient: (change) => run('editClient', editClient, change),
    assignTier: (change) => run('assignTier', assignTier, change),
    endClient: (change) => run('endClient', endClient, change),
    resumeClient: (change) => run('resumeClient', resumeClient, change),
    retract: (change) => run('retract', retract, change),
    addTier: (tier) => run('addTier', addTier, tier),
    editTier: (change) => run('editTier', editTier, change),
    recordActivity: (reports) => queue.report('recordActivity', () => draftActivity(projection, reports, now())),
    planImport: (rows, planOptions) => planImport(context, rows, planOptions),
    importClients: (plan) => importer.run(plan),
    ...createQuestions(projection),
    get status() {
      return status.current
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    checkDay: () => following.checkDay(),
    async flush() {
      await queue.idle()
      await keeper.flush()
      if (options.sync) await keeper.whenAcknowledged(doc)
    },
    close() {
      closing ??= (async () => {
        importer.stop()
        await queue.close()
        following.close()
        await syncing?.close()
        await snapshots.close()
        await keeper.close()
        listeners.clear()
        doc.destroy()
      })()
      return closing
    },
  }
}

const noChange: Omit<BookChange, 'status'> = { clients: new Set<string>(), tiers: false, settings: false, log: false }

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
