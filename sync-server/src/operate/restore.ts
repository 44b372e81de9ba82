// Puts a backup in the place of the data folder's store, as a new generation (SY5): no device takes it for the history it knew.
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileNames, openDataFolder } from '../storage/data-folder.ts'
import { migrate } from '../storage/migrations.ts'
import { openSqliteStorage } from '../storage/sqlite-storage.ts'
import { openBackup, syncToDisk } from './backup.ts'
import { OperatorError } from './operator-error.ts'
import { type Verification, verifyStore } from './verify-store.ts'

/** What was put in place. */
export interface Restoration {
  readonly books: readonly { readonly book: string; readonly seq: number; readonly generation: number }[]
  /** Where the store that was there lies now; null where there was none. */
  readonly setAside: string | null
  /** Whether the backup's signing key was taken too: then tokens of that time are valid again. */
  readonly tookKey: boolean
}

/**
 * Needs the folder for itself: the server must be stopped. The store that was there is set aside, never deleted. Cut short, it can be run again.
 * The folder's own key stays where there is one, so that devices stay signed in.
 */
export async function restoreBackup(options: {
  backup: string
  dataFolder: string
  now: () => number
}): Promise<Restoration> {
  const { dataFolder, now } = options
  const backup = await openBackup(options.backup)
  const opened = openDataFolder(dataFolder)
  if (!opened.ok) throw new OperatorError(`${opened.problem.message}; stop the server before restoring`)
  try {
    const path = (name: keyof typeof fileNames) => opened.folder.path(name)
    const draft = `${path('database')}.restoring`
    for (const suffix of ['', '-wal', '-shm']) rmSync(draft + suffix, { force: true })
    copyFileSync(backup.file, draft)
    const generation = now()
    const books = await prepare(draft, generation)
    const tookKey = !existsSync(path('key')) && existsSync(backup.key)
    if (tookKey) copyFileSync(backup.key, path('key'))
    syncToDisk(draft)
    const setAside = setStoreAside(dataFolder, generation)
    renameSync(draft, path('database'))
    syncToDisk(dataFolder)
    return { books, setAside, tookKey }
  } finally {
    opened.folder.close()
  }
}

/** Proves the copy whole, upgrades it, and makes every book a new generation: greater than any it had, even where a clock went back. */
async function prepare(file: string, now: number): Promise<Restoration['books']> {
  const database = new DatabaseSync(file)
  try {
    migrate(database)
    database.prepare('UPDATE books SET generation = max(generation + 1, ?)').run(now)
  } finally {
    database.close()
  }
  const storage = openSqliteStorage({ file, readOnly: true })
  try {
    refuseDamage(await verifyStore(storage, {}))
    return (await storage.books()).map(({ book, seq, generation }) => ({ book, seq, generation }))
  } finally {
    await storage.close()
  }
}

function refuseDamage({ findings }: Verification): void {
  const [first] = findings
  if (!first) return
  const where = first.seq === null ? '' : `, update ${first.seq}`
  throw new OperatorError(
    `the backup is damaged (${findings.length} findings): book ${first.book}${where}: ${first.problem}`,
  )
}

/** Moves the database and what lies beside it. Cut short in the middle, the next run moves the rest: a log must not meet another database. */
function setStoreAside(dataFolder: string, at: number): string | null {
  const database = join(dataFolder, fileNames.database)
  foldLogIn(database)
  const present = ['', '-wal', '-shm'].filter((suffix) => existsSync(database + suffix))
  if (present.length === 0) return null
  const folder = join(dataFolder, `replaced-${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}`)
  mkdirSync(folder, { mode: 0o700 })
  for (const suffix of present) renameSync(database + suffix, join(folder, fileNames.database + suffix))
  return folder
}

/** Makes one file of the database and its log where that still works; a damaged one is moved as it is. */
function foldLogIn(file: string): void {
  if (!existsSync(file)) return
  try {
    const database = new DatabaseSync(file)
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    database.close()
  } catch {
    return
  }
}
