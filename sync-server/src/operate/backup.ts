// A backup: a copy of the running database, proven whole, with the key that signs and the signed heads of the moment.
import { createHash } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  openSync,
  closeSync,
  fsyncSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { backup as copyFile, DatabaseSync } from 'node:sqlite'
import * as z from 'zod'
import { createHeadSigner } from '../identity/sign-head.ts'
import { openSigningKey } from '../identity/signing-key.ts'
import type { Settings } from '../settings.ts'
import { fileNames, makePrivateFolder } from '../storage/data-folder.ts'
import { openPostgresFacts } from '../storage/postgres/facts.ts'
import { openSqliteFacts } from '../storage/sqlite-facts.ts'
import { openSqliteStorage } from '../storage/sqlite-storage.ts'
import { Checkpoint, createCheckpoint } from './checkpoint.ts'
import { copyBook } from './copy-book.ts'
import { openDatabase, openStore, openStoreForReading } from './open-store.ts'
import { OperatorError } from './operator-error.ts'
import { type Verification, verifyStore } from './verify-store.ts'

/** Names of the files in a backup's folder. */
export const backupFiles = {
  database: fileNames.database,
  key: fileNames.key,
  manifest: 'backup.json',
  checkpoint: 'checkpoint.json',
} as const

/** What `backup.json` says; `sha256` is of the database's file. */
export const Manifest = z.object({
  format: z.literal('tierbook-backup-1'),
  version: z.string(),
  createdAt: z.number(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** What was made. */
export interface Backup {
  readonly folder: string
  readonly bytes: number
  readonly verification: Verification
}

/**
 * Copies what is on disk at one moment, beside a running server, to a new folder `target`. The folder has its name only once everything in it is
 * on disk and verified; a backup that was cut short leaves `<target>.partial`.
 */
export async function makeBackup(options: {
  place: Pick<Settings, 'dataFolder' | 'databaseUrl'>
  target: string
  version: string
  now: () => number
  onProgress?: (progress: { book: string; seq: number; of: number }) => void
}): Promise<Backup> {
  const { place, target, version, now } = options
  if (existsSync(target)) throw new OperatorError(`${target} is already there; name a folder that is not`)
  // Before anything is made: a backup of nothing leaves nothing behind.
  await (await openStore(place)).close()
  const partial = `${target}.partial`
  rmSync(partial, { recursive: true, force: true })
  makePrivateFolder(partial)
  const file = join(partial, backupFiles.database)
  const key = await (place.databaseUrl === undefined
    ? copyFolder(place.dataFolder, file)
    : copyDatabase({ url: place.databaseUrl, file }))
  writeFileSync(join(partial, backupFiles.key), key, { mode: 0o600 })

  const storage = openStoreForReading(partial)
  try {
    const verification = await verifyStore(storage, options.onProgress ? { onProgress: options.onProgress } : {})
    const signHead = createHeadSigner({ key: openSigningKey(join(partial, backupFiles.key)), now })
    const checkpoint = await createCheckpoint(storage, signHead)
    const bytes = await hashFile(file)
    const manifest: z.infer<typeof Manifest> = {
      format: 'tierbook-backup-1',
      version,
      createdAt: now(),
      sha256: bytes.sha256,
    }
    writeFileSync(join(partial, backupFiles.checkpoint), `${JSON.stringify(checkpoint, null, 2)}\n`)
    writeFileSync(join(partial, backupFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`)
    for (const name of Object.values(backupFiles)) syncToDisk(join(partial, name))
    renameSync(partial, target)
    syncToDisk(target)
    return { folder: target, bytes: bytes.size, verification }
  } finally {
    await storage.close()
  }
}

/** One read of the whole database: page by page, a busy server's writes would start the copy over and over. Gives the key. */
async function copyFolder(dataFolder: string, file: string): Promise<string> {
  const source = new DatabaseSync(join(dataFolder, fileNames.database), { readOnly: true })
  try {
    await copyFile(source, file, { rate: 2 ** 30 })
  } finally {
    source.close()
  }
  makeSingleFile(file)
  return readFileSync(join(dataFolder, fileNames.key), 'utf8')
}

/** Each book as it is when its turn comes: books know nothing of each other. Gives the key. */
async function copyDatabase({ url, file }: { url: string; file: string }): Promise<string> {
  const source = await openDatabase({ url, readOnly: true })
  const from = { storage: source, facts: openPostgresFacts({ url }) }
  const to = { storage: openSqliteStorage({ file }), facts: openSqliteFacts({ file }) }
  try {
    const key = await source.readSecret('signing-key')
    if (key === undefined) throw new OperatorError('no server has started on the database: it holds no signing key')
    for await (const { book } of source.books()) await copyBook({ book, from, to })
    return key
  } finally {
    for (const { storage, facts } of [from, to]) {
      await facts.close()
      await storage.close()
    }
    makeSingleFile(file)
  }
}

/** Without a write-ahead log beside it: what is hashed is all there is. */
function makeSingleFile(file: string): void {
  const copy = new DatabaseSync(file)
  copy.exec('PRAGMA journal_mode = DELETE')
  copy.close()
}

/** Reads a backup's own account of itself; throws where the folder is none, or its database is not the one that was backed up. */
export async function openBackup(
  folder: string,
): Promise<{ file: string; key: string; checkpoint: Checkpoint; createdAt: number }> {
  if (!existsSync(join(folder, backupFiles.manifest)))
    throw new OperatorError(
      `${folder} is no backup: it has no ${backupFiles.manifest}; give a folder that \`tierbook backup\` made, tierbook-<time>`,
    )
  const manifest = readJson(join(folder, backupFiles.manifest), Manifest)
  const checkpoint = readJson(join(folder, backupFiles.checkpoint), Checkpoint)
  const file = join(folder, backupFiles.database)
  const { sha256 } = existsSync(file) ? await hashFile(file) : { sha256: 'missing' }
  if (sha256 !== manifest.sha256)
    throw new OperatorError(
      `${file} is not the file that was backed up: expected SHA-256 ${manifest.sha256}, got ${sha256}`,
    )
  return { file, key: join(folder, backupFiles.key), checkpoint, createdAt: manifest.createdAt }
}

/** Reads a JSON file of a known shape. */
export function readJson<T>(file: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? 'its content is something else' : String(cause)
    throw new OperatorError(`${file} cannot be read: ${reason}`)
  }
}

async function hashFile(file: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
  }
  return { sha256: hash.digest('hex'), size }
}

/** A file's bytes, or a folder's names. */
export function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
