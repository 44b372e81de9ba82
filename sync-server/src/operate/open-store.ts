// Opens the store of a data folder for a command that reads, beside a running server or without one.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileNames } from '../storage/data-folder.ts'
import { openSqliteStorage } from '../storage/sqlite-storage.ts'
import type { ServerStorage } from '../storage/storage.ts'
import { OperatorError } from './operator-error.ts'

/** Throws an {@link OperatorError} where there is no database, or one of another version. */
export function openStoreForReading(folder: string): ServerStorage {
  const file = join(folder, fileNames.database)
  if (!existsSync(file)) {
    throw new OperatorError(
      `no server has run on the data folder ${folder}: there is no ${fileNames.database}; set TIERBOOK_DATA`,
    )
  }
  try {
    return openSqliteStorage({ file, readOnly: true })
  } catch (cause) {
    throw new OperatorError(
      `the database ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    )
  }
}
