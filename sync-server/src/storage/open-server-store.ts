// What a server keeps and signs with, as its settings say: a folder of its own, or a database that several nodes share.
import { existsSync } from 'node:fs'
import { openSigningKey, readSigningKey, type SigningKey, writeSigningKey } from '../identity/signing-key.ts'
import type { Settings } from '../settings.ts'
import { StartError } from '../start-error.ts'
import { type DataFolder, openDataFolder, type RunningServer } from './data-folder.ts'
import { databaseProblem } from './postgres/database.ts'
import { openPostgresStorage, unfinishedSecret } from './postgres/storage.ts'
import { openSqliteStorage } from './sqlite-storage.ts'
import type { Exchange } from './exchange.ts'
import { openPostgresExchange } from './postgres/exchange.ts'
import type { Logger } from '../logger.ts'
import type { ServerStorage } from './storage.ts'

/** An opened store; whoever opens it closes it. */
export interface ServerStore {
  readonly storage: ServerStorage
  readonly key: SigningKey
  /** To the other servers over the same store; null where this is the only one. */
  readonly exchange: Exchange | null
  /** For a second start beside this one. */
  announce(server: RunningServer): void
  /** Twice is harmless. */
  close(): Promise<void>
}

/** Rejects with a {@link StartError} where the folder or the database cannot be had. A `storage` that is given stands in for the folder's. */
export async function openServerStore(
  settings: Settings,
  { logger, storage }: { logger: Logger; storage?: ServerStorage | undefined },
): Promise<ServerStore> {
  const { databaseUrl: url, dataFolder, hintsUrl = url } = settings
  return url === undefined ? openFolder(dataFolder, storage) : openDatabase({ url, hintsUrl: hintsUrl ?? url, logger })
}

async function openFolder(path: string, given?: ServerStorage): Promise<ServerStore> {
  const opened = openDataFolder(path)
  if (!opened.ok) throw new StartError(opened.problem)
  const { folder } = opened
  try {
    if (existsSync(folder.path('unfinished'))) throw unfinished(`the data folder ${path}`)
    const { key, storage } = openFiles(folder, given)
    return {
      storage,
      key,
      exchange: null,
      announce: (server) => folder.announce(server),
      async close() {
        await storage.close()
        folder.close()
      },
    }
  } catch (error) {
    folder.close()
    throw error
  }
}

/** Another program's file, a newer Tierbook's, a damaged one, a full disk: whoever starts the server is told which file, and what to do. */
function openFiles(folder: DataFolder, given: ServerStorage | undefined): Pick<ServerStore, 'key' | 'storage'> {
  let file = folder.path('key')
  try {
    const key = openSigningKey(file)
    file = folder.path('database')
    return { key, storage: given ?? openSqliteStorage({ file }) }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `${file} cannot be used: ${reason}; \`tierbook doctor\` says what is wrong, \`tierbook restore\` puts a backup in its place`
    throw new StartError({ code: 'store-unusable', message })
  }
}

/** Any number of servers may have it open, and none of them needs a folder: the first to come makes the key. */
async function openDatabase(options: { url: string; hintsUrl: string; logger: Logger }): Promise<ServerStore> {
  const { url, hintsUrl, logger } = options
  const storage = await openPostgresStorage({ url }).catch((cause: unknown) => {
    const message = `the database in TIERBOOK_DATABASE_URL cannot be used: ${databaseProblem(cause)}`
    throw new StartError({ code: 'database-unavailable', message })
  })
  try {
    if ((await storage.readSecret(unfinishedSecret)) !== undefined) throw unfinished('the database')
    const key = readSigningKey(await storage.secret('signing-key', writeSigningKey), 'in the database')
    const exchange = openPostgresExchange({ url: hintsUrl, logger })
    return { storage, key, exchange, announce() {}, close: () => storage.close() }
  } catch (error) {
    await storage.close()
    throw error
  }
}

/** Devices would take a store that lacks the last updates for one that lost them. */
function unfinished(place: string): StartError {
  const message = `a move or a restore to ${place} was cut short: run the same command again, it goes on where it was`
  return new StartError({ code: 'unfinished-move', message })
}
