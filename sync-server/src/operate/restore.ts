// Puts a backup in the place of the data folder's store, as a new generation (SY5): no device takes it for the history it knew.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileNames, openDataFolder } from '../storage/data-folder.ts'
import { migrate } from '../storage/migrations.ts'
import { openSqliteFacts } from '../storage/sqlite-facts.ts'
import { openSqliteStorage } from '../storage/sqlite-storage.ts'
import { copyBook } from './copy-book.ts'
import { openMovePlace } from './move-place.ts'
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
    const books = await prepare(draft, generation).catch((cause: unknown) => {
      rmSync(draft, { force: true })
      throw cause
    })
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

/**
 * Into a database without books: whatever another one holds is left as it is. Cut short, it goes on when it is run again; until then no server
 * starts on it. The database's own key stays where there is one.
 */
export async function restoreToDatabase(options: {
  backup: string
  url: string
  now: () => number
}): Promise<Restoration> {
  const { url, now } = options
  const backup = await openBackup(options.backup)
  const folder = mkdtempSync(join(tmpdir(), 'tierbook-restore-'))
  const to = await openMovePlace(url)
  try {
    const begun = await to.note()
    if (begun === 'move') throw new OperatorError('a move to the database was cut short: run that again')
    if (begun === undefined && (await to.storage.someBooks(1)).length > 0)
      throw new OperatorError('the database holds books; name a new, empty one, and leave that one as it is')
    // The same one as before it was cut short: what is there already belongs to it.
    const generation = begun === undefined ? now() : Number(begun)
    const draft = join(folder, fileNames.database)
    copyFileSync(backup.file, draft)
    const books = await prepare(draft, generation)
    await to.setNote(String(generation))
    const tookKey = (await to.key()) === undefined
    if (tookKey) await to.setKey(readFileSync(backup.key, 'utf8'))
    const from = {
      storage: openSqliteStorage({ file: draft, readOnly: true }),
      facts: openSqliteFacts({ file: draft }),
    }
    try {
      for (const { book } of books) await copyBook({ book, from, to })
    } finally {
      await from.facts.close()
      await from.storage.close()
    }
    refuseDamage(await verifyStore(to.storage, {}))
    await to.removeNote()
    return { books, setAside: null, tookKey }
  } finally {
    await to.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Proves the copy whole, upgrades it, and makes every book a new generation: greater than any it had, even where a clock went back. */
async function prepare(file: string, now: number): Promise<Restoration['books']> {
  const database = new DatabaseSync(file)
  try {
    upgrade(database)
    database.prepare('UPDATE books SET generation = max(generation + 1, ?)').run(now)
  } finally {
    database.close()
  }
  const storage = openSqliteStorage({ file, readOnly: true })
  try {
    refuseDamage(await verifyStore(storage, {}))
    const books = await Array.fromAsync(storage.books())
    return books.map(({ book, seq, generation }) => ({ book, seq, generation }))
  } finally {
    await storage.close()
  }
}

function upgrade(database: DatabaseSync): void {
  try {
    migrate(database)
  } catch (cause) {
    throw new OperatorError(
      `the backup cannot be restored by this program: ${cause instanceof Error ? cause.message : String(cause)}`,
    )
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
