// What a disk, a database or its files do to a command: words instead of a stack, since no program is at fault.
import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseError } from 'pg'
import { OperatorError } from './operator-error.ts'

/** In words, or null for what is a fault of the program. */
export function storeFault(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ERR_SQLITE_ERROR') return `the database cannot be read or written: ${error.message}`
  if (error instanceof DatabaseError) return `the database refused: ${error.message}`
  // Errors of the system have words of their own, with the file in them.
  return code !== undefined && /^E[A-Z]+$/.test(code) ? error.message : null
}

/** Less than this is left of a disk that is full: a database stops some pages before its end. */
const leftOfFull = 262_144

/** Does work that writes to a folder; what a full disk did to it is said to be that, since a database calls it many names. */
export async function namingFullDisk<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const fault = storeFault(error)
    if (fault === null || freeBytes(folder) > leftOfFull) throw error
    throw new OperatorError(`${fault}; the disk of ${folder} is full`)
  }
}

/** Of the nearest folder that is there. */
function freeBytes(folder: string): number {
  if (!existsSync(folder)) return freeBytes(dirname(folder))
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
