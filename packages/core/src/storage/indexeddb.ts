// Storage in the browser: the document as rows, own actions in a journal whose writes are confirmed, both open to every tab.
import type { Doc } from 'yjs'
import { type DocumentRows, openDocumentRows } from './document-rows.ts'
import { type JournalDatabase, openJournalDatabase } from './journal-database.ts'
import type { Restoring } from './restoring.ts'
import { createRowWriter } from './row-writer.ts'
import type { BookStorage, StorageContext, StorageHandle } from './storage.ts'
import type { StorageError } from './storage-error.ts'
import { linkTabs } from './tabs.ts'
import { createTidying } from './tidying.ts'

/** How to keep books in IndexedDB. */
export interface IndexedDbOptions {
  /** Start of the database names, for several apps on one origin. @default 'tierbook' */
  readonly prefix?: string
  /** Keeps the books of several people who share a browser profile apart: one sees nothing of another's. @default none */
  readonly account?: string
  /** How long opening may take before it counts as failed, in ms: a blocked open never answers. @default 10_000 */
  readonly openTimeoutMs?: number
  /** How long after the last write many small rows are put together, in ms. @default 2_000 */
  readonly tidyAfterMs?: number
}

/**
 * Keeps books in this browser profile; tabs that have the same book open see each other's edits at once.
 * @example
 * const book = await openBook({ id, author, storage: indexedDb() })
 */
export function indexedDb(options: IndexedDbOptions = {}): BookStorage {
  return { open: (context) => openStorage(options, context), peek: (book, key) => peek(options, book, key) }
}

/** Deletes a book from this browser profile; tabs that have it open go on in memory and say so. */
export async function deleteBook(book: string, options: IndexedDbOptions = {}): Promise<void> {
  const { deleteDB } = await import('idb')
  const names = namesOf(book, options)
  await deleteDB(names.rows)
  await deleteDB(names.journal)
}

function namesOf(book: string, { prefix = 'tierbook', account }: IndexedDbOptions): { rows: string; journal: string } {
  const key = account === undefined ? book : `${encodeURIComponent(account)}:${book}`
  return { rows: `${prefix}:${key}`, journal: `${prefix}-journal:${key}` }
}

const openTimeoutOf = ({ openTimeoutMs = 10_000 }: IndexedDbOptions): number => openTimeoutMs

async function peek(options: IndexedDbOptions, book: string, key: string): Promise<unknown> {
  const { journal: name } = namesOf(book, options)
  const { connection, marks } = await openJournalDatabase({
    name,
    timeoutMs: openTimeoutOf(options),
    onLost() {},
    now: Date.now,
  })
  try {
    return await marks.get(key)
  } finally {
    connection.close()
  }
}

async function openStorage(options: IndexedDbOptions, context: StorageContext): Promise<StorageHandle> {
  const timeoutMs = openTimeoutOf(options)
  const names = namesOf(context.book, options)
  let onLost: (problem: StorageError) => void = () => {}
  const lost = (problem: StorageError) => onLost(problem)
  let rows: DocumentRows | undefined
  const replica = () => rows?.replica ?? ''
  const { now = Date.now } = context
  const journal = await openJournalDatabase({ name: names.journal, timeoutMs, onLost: lost, replica, now })
  try {
    rows = await openDocumentRows({ name: names.rows, timeoutMs, onLost: lost })
    const broken = await rows.load(context.doc)
    const copy = await journal.healFromCopy(context.doc)
    if (broken.length + (copy?.broken.length ?? 0) > 0)
      await (
        await import('./damage.ts')
      ).setRowsAside({ aside: journal.aside, rows, now }, { updates: broken, copy: copy?.broken ?? [] })
    const handle = createHandle({ names, rows, journal, context, tidyAfterMs: options.tidyAfterMs ?? 2_000 })
    onLost = (problem) => handle.noteLost(problem)
    // What the copy brought is not in the rows yet; a copy that is broken itself is written anew.
    if (copy || broken.length > 0) await rows.compact(context.doc)
    if (copy && copy.broken.length > 0) {
      await journal.forgetCopy()
      if (context.keepCopy) await journal.fold(context.doc)
    }
    return handle
  } catch (cause) {
    journal.connection.close()
    rows?.connection.close()
    throw cause
  }
}

function createHandle(parts: {
  names: { rows: string; journal: string }
  rows: DocumentRows
  journal: JournalDatabase
  context: StorageContext
  tidyAfterMs: number
}): StorageHandle & { noteLost(problem: StorageError): void } {
  const { rows, journal, context } = parts
  let { doc } = context
  let keepCopy = context.keepCopy === true
  let isCopyChecked = false
  let closing: Promise<void> | undefined
  const onReplaced = () => context.onReplaced?.()
  const say = () => context.onProblem(rows.connection.lost ?? journal.connection.lost ?? writer.problem)

  const tidying = createTidying({
    lock: `${parts.names.rows}:tidying`,
    afterMs: parts.tidyAfterMs,
    async tidy() {
      if (keepCopy && !isCopyChecked) {
        isCopyChecked = true
        await (await import('./check-copy.ts')).checkCopy({ journal, doc, context })
      }
      if (rows.wantsCompacting) await rows.compact(doc)
      if (keepCopy && (await journal.wantsFolding())) await journal.fold(doc)
    },
  })
  const writer = createRowWriter({
    rows,
    onReplaced,
    onWritten() {
      say()
      tidying.soon()
    },
  })
  writer.follow(doc)
  const tabs = linkTabs({ name: parts.names.rows, doc, replica: () => rows.replica, onReplaced })
  tidying.soon()

  /** Loaded when a database is lost. */
  let loading: Promise<Restoring> | undefined
  const restoring = () => {
    loading ??= import('./restoring.ts').then(({ createRestoring }) =>
      createRestoring({ rows, journal, writer, doc: () => doc, keepsCopy: () => keepCopy, onReplaced, say }),
    )
    return loading
  }

  return {
    durable: true,
    journal: journal.journal,
    marks: journal.marks,
    aside: journal.aside,
    noteLost(problem) {
      say()
      if (problem.code === 'closed') void restoring().then((it) => it.reconnect())
    },
    async replace(next: Doc, taken: readonly string[]) {
      await journal.leave(taken)
      await rows.replace(next)
      doc = next
      writer.follow(next)
      tabs.replace(next)
    },
    documentName: () => rows.replica,
    restore: async () => (await restoring()).restore(),
    async forgetCopy() {
      keepCopy = false
      await journal.forgetCopy()
    },
    flush: () => writer.flush(),
    close() {
      closing ??= (async () => {
        tabs.close()
        await tidying.close()
        await writer.flush().catch(() => undefined)
        writer.close()
        rows.connection.close()
        journal.connection.close()
      })()
      return closing
    },
  }
}
