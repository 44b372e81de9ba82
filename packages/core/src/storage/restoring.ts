// Stores a book again whose databases were deleted or closed under it. What is written meanwhile, here or in another tab, stays.
import type * as Y from 'yjs'
import type { DocumentRows } from './document-rows.ts'
import type { JournalDatabase } from './journal-database.ts'
import type { RowWriter } from './row-writer.ts'

/** Brings the storage of one book back. */
export interface Restoring {
  /** Stores the whole document again where it was deleted; what is under way is joined. */
  restore(): Promise<void>
  /** Connects again where the databases are still there: what was deleted stays deleted until a person says otherwise. */
  reconnect(): Promise<void>
}

/** What it works with. */
export interface RestoringParts {
  readonly rows: DocumentRows
  readonly journal: JournalDatabase
  readonly writer: RowWriter
  readonly doc: () => Y.Doc
  readonly keepsCopy: () => boolean
  readonly onReplaced: () => void
  /** Tells what the storage says about itself. */
  readonly say: () => void
}

/** Makes it for an open storage. */
export function createRestoring({ rows, journal, writer, ...parts }: RestoringParts): Restoring {
  let running: Promise<void> | undefined
  /** The database was made anew, and may lack what this tab never wrote into it. */
  let isToStoreWhole = false

  /** Both databases may be lost at one moment: a connection made twice would stay open unseen. */
  function restore(): Promise<void> {
    running ??= storeAgain().finally(() => (running = undefined))
    return running
  }

  async function storeAgain(): Promise<void> {
    const before = rows.replica
    isToStoreWhole ||= rows.connection.lost?.code === 'removed'
    if (rows.connection.lost) await rows.reopen()
    if (journal.connection.lost) await journal.connection.reopen()
    const stored = await rows.storedReplica()
    if (stored !== null && stored !== before) {
      parts.onReplaced()
      return
    }
    if (stored === null || isToStoreWhole) {
      await rows.restore(parts.doc())
      isToStoreWhole = false
      if (parts.keepsCopy()) await journal.fold(parts.doc())
    }
    // What came while all was stored, and once more what waited before.
    await writer.retry()
    parts.say()
  }

  return {
    restore,
    async reconnect() {
      try {
        if (await rows.isStillThere()) await restore()
      } catch {
        // Said by the connections' own state; a later write or `restore` tries again.
      }
      if (rows.connection.lost ?? journal.connection.lost) parts.say()
    },
  }
}
