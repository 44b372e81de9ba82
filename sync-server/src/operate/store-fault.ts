// What a disk, a database or its files do to a command: words instead of a stack, since no program is at fault.
import { DatabaseError } from 'pg'

/** In words, or null for what is a fault of the program. */
export function storeFault(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ERR_SQLITE_ERROR') return `the database cannot be read or written: ${error.message}`
  if (error instanceof DatabaseError) return `the database refused: ${error.message}`
  // Errors of the system have words of their own, with the file in them.
  return code !== undefined && /^E[A-Z]+$/.test(code) ? error.message : null
}
