// A place that books are moved from or to: a data folder or a database, with its key and a note while not all of it is there.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { openDataFolder } from '../storage/data-folder.ts'
import { openDatabase as connect } from '../storage/postgres/database.ts'
import { openPostgresFacts } from '../storage/postgres/facts.ts'
import { openSqliteFacts } from '../storage/sqlite-facts.ts'
import { openSqliteStorage } from '../storage/sqlite-storage.ts'
import { unfinishedSecret } from '../storage/postgres/storage.ts'
import type { BookPlace } from './copy-book.ts'
import { openDatabase } from './open-store.ts'
import { OperatorError } from './operator-error.ts'

export interface MovePlace extends BookPlace {
  /** As text; undefined where it has none. */
  key(): Promise<string | undefined>
  /** Only where it has none. */
  setKey(pem: string): Promise<void>
  /** Until it is taken away no server starts here. Undefined: there is none. */
  note(): Promise<string | undefined>
  setNote(text: string): Promise<void>
  removeNote(): Promise<void>
  /** Twice is harmless. */
  close(): Promise<void>
}

/** A PostgreSQL address, or else a folder. */
export function isDatabase(place: string): boolean {
  return /^postgres(ql)?:\/\//.test(place)
}

/** Throws an {@link OperatorError} where servers run on it, as far as can be seen, or it cannot be had. */
export async function openMovePlace(place: string): Promise<MovePlace> {
  return isDatabase(place) ? openDatabasePlace(place) : openFolderPlace(place)
}

function openFolderPlace(path: string): MovePlace {
  const opened = openDataFolder(path)
  if (!opened.ok) throw new OperatorError(`${opened.problem.message}; stop the server first`)
  const { folder } = opened
  const file = folder.path('database')
  const storage = openSqliteStorage({ file })
  const facts = openSqliteFacts({ file })
  const read = (name: 'key' | 'unfinished') =>
    existsSync(folder.path(name)) ? readFileSync(folder.path(name), 'utf8') : undefined
  return {
    storage,
    facts,
    key: async () => read('key'),
    setKey: async (pem) => writeFileSync(folder.path('key'), pem, { mode: 0o600, flag: 'wx', flush: true }),
    note: async () => read('unfinished'),
    setNote: async (text) => writeFileSync(folder.path('unfinished'), text, { flush: true }),
    removeNote: async () => rmSync(folder.path('unfinished'), { force: true }),
    async close() {
      await facts.close()
      await storage.close()
      folder.close()
    },
  }
}

async function openDatabasePlace(url: string): Promise<MovePlace> {
  const storage = await openDatabase({ url })
  const facts = openPostgresFacts({ url })
  return {
    storage,
    facts,
    key: () => storage.readSecret('signing-key'),
    async setKey(pem) {
      await storage.secret('signing-key', () => pem)
    },
    note: () => storage.readSecret(unfinishedSecret),
    async setNote(text) {
      await storage.removeSecret(unfinishedSecret)
      await storage.secret(unfinishedSecret, () => text)
    },
    removeNote: () => storage.removeSecret(unfinishedSecret),
    async close() {
      await facts.close()
      await storage.close()
    },
  }
}

/** Servers hold a connection for hints, which can be seen where no pooler stands between. */
export async function requireNoServers(url: string): Promise<void> {
  const database = connect(url)
  try {
    const [row] = await database.query(
      `SELECT count(*) AS servers FROM pg_stat_activity WHERE application_name = 'tierbook hints' AND datname = current_database()`,
    )
    if (Number(row?.['servers']) > 0) throw new OperatorError('servers run on the database; stop them first')
  } finally {
    await database.close()
  }
}
