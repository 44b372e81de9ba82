// The one folder that holds everything: made where it is missing, locked against a second process, and with a note on who runs there.
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'

/** Names of the files in the data folder. */
export const fileNames = {
  database: 'tierbook.db',
  lock: 'lock.db',
  key: 'signing-key.pem',
  running: 'running.json',
  /** While a move to this folder is not through. */
  unfinished: 'unfinished-move',
} as const

/** What a running server leaves in its folder, so that a second `tierbook start` can find it. */
export type RunningServer = z.infer<typeof RunningServer>
const RunningServer = z.object({ pid: z.number(), port: z.number(), url: z.string(), instance: z.string() })

/** A folder that this process alone writes to. */
export interface DataFolder {
  path(name: keyof typeof fileNames): string
  announce(server: RunningServer): void
  /** Twice is harmless. */
  close(): void
}

/** Why a folder cannot be used. */
export type DataFolderProblem =
  | { readonly code: 'not-writable'; readonly message: string }
  | { readonly code: 'in-use'; readonly message: string; readonly running: RunningServer | null }

/** Makes and locks the folder. */
export function openDataFolder(
  folder: string,
): { ok: true; folder: DataFolder } | { ok: false; problem: DataFolderProblem } {
  const writable = prepareFolder(folder)
  if (writable) return { ok: false, problem: writable }
  // A lock that the system drops with the process: a file with a process id would outlive a crash, and ids are used again.
  const lock = new DatabaseSync(join(folder, fileNames.lock))
  try {
    lock.exec(
      'PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;',
    )
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== busy) return { ok: false, problem: notWritable(folder, error) }
    const running = readRunning(folder)
    const where = running ? ` (process ${running.pid}, ${running.url})` : ''
    return {
      ok: false,
      problem: { code: 'in-use', message: `the data folder ${folder} is in use by another Tierbook${where}`, running },
    }
  }
  let isOpen = true
  return {
    ok: true,
    folder: {
      path: (name) => join(folder, fileNames[name]),
      announce: (server) => writeFileSync(join(folder, fileNames.running), JSON.stringify(server)),
      close() {
        if (!isOpen) return
        isOpen = false
        rmSync(join(folder, fileNames.running), { force: true })
        lock.close()
      },
    },
  }
}

/** SQLite's code for what another process has locked. */
const busy = 5

/** Makes the folder if it is missing; a problem where it cannot be written to. */
export function prepareFolder(folder: string): DataFolderProblem | null {
  try {
    makePrivateFolder(folder)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    const probe = join(folder, `.probe-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
    return null
  } catch (error) {
    return notWritable(folder, error)
  }
}

function notWritable(folder: string, error: unknown): DataFolderProblem {
  const reason = error instanceof Error ? error.message : String(error)
  return {
    code: 'not-writable',
    message: `the data folder ${folder} cannot be written to (${reason}); set TIERBOOK_DATA to one that can`,
  }
}

/**
 * Parents first, one by one: where a parent cannot be made Node's own recursive way goes round for ever (below /proc) or gives another reason.
 * Readable for its owner alone: it holds the key that signs everyone in.
 */
export function makePrivateFolder(folder: string): void {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makePrivateFolder(parent)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // another process was faster
  }
}

/** The server that holds the folder, as it said when it started; it may be gone. */
export function readRunning(folder: string): RunningServer | null {
  try {
    return RunningServer.parse(JSON.parse(readFileSync(join(folder, fileNames.running), 'utf8')))
  } catch {
    return null
  }
}
