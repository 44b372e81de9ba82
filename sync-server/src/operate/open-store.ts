// Opens the store of a folder or a database for a command, beside a running server or without one.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../settings.ts'
import { fileNames } from '../storage/data-folder.ts'
import { databaseProblem } from '../storage/postgres/database.ts'
import { openPostgresStorage, type PostgresStorage } from '../storage/postgres/storage.ts'
import { openSqliteStorage } from '../storage/sqlite-storage.ts'
import type { ServerStorage } from '../storage/storage.ts'
import { OperatorError } from './operator-error.ts'

type Place = Pick<Settings, 'dataFolder' | 'databaseUrl'>

/** For a command that reads. Throws an {@link OperatorError} where there is no store, or one of another version. */
export async function openStore({ dataFolder, databaseUrl }: Place): Promise<ServerStorage> {
  return databaseUrl === undefined
    ? openStoreForReading(dataFolder)
    : openDatabase({ url: databaseUrl, readOnly: true })
}

/** For a command that changes who gets in, which a running server notices. */
export async function openStoreForChanges({ dataFolder, databaseUrl }: Place): Promise<ServerStorage> {
  if (databaseUrl !== undefined) return openDatabase({ url: databaseUrl })
  await openStoreForReading(dataFolder).close()
  return openSqliteStorage({ file: join(dataFolder, fileNames.database) })
}

/** A store of several nodes. Throws an {@link OperatorError} where it cannot be reached. */
export async function openDatabase(options: { url: string; readOnly?: boolean }): Promise<PostgresStorage> {
  try {
    return await openPostgresStorage(options)
  } catch (cause) {
    throw new OperatorError(`the database in TIERBOOK_DATABASE_URL cannot be used: ${databaseProblem(cause)}`)
  }
}

/** The store of a data folder. Throws an {@link OperatorError} where there is no database, or one of another version. */
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
