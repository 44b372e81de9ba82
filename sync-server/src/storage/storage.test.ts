import { createId, memory, openBook } from '@tierbook/core'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { openDataFolder } from './data-folder.ts'
import { createMemoryStorage } from './memory-storage.ts'
import { openSqliteStorage } from './sqlite-storage.ts'
import { SnapshotError } from './storage.ts'
import { hashUpdate } from './chain.ts'
import { storageContract } from './contract/storage-contract.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'tierbook-'))

/** What later steps added to a table of the first. */
const oldSnapshots = ['hash', 'state_vector', 'deletes', 'parts']
  .map((column) => `ALTER TABLE snapshots DROP COLUMN ${column};`)
  .concat('DROP TABLE snapshot_parts; DROP TABLE log_starts; ALTER TABLE updates DROP COLUMN actions;')
  .join(' ')

storageContract('memory', createMemoryStorage)
storageContract('SQLite', () => openSqliteStorage({ file: join(folder(), 'tierbook.db') }))

test('[SY1] SQLite syncs each commit to disk and keeps what was committed across openings', async () => {
  const file = join(folder(), 'tierbook.db')
  const storage = openSqliteStorage({ file })
  await storage.registerBook({ book: 'b', actor: 'ada', now: 1 })
  const updates = [{ bytes: new Uint8Array([7]), actor: 'ada', device: 'd', receivedAt: 1, actions: [] }]
  await storage.commit([{ book: 'b', expectedSeq: 0, updates, bindings: new Map(), largestN: 1 }])
  await storage.close()
  const again = openSqliteStorage({ file })
  expect(((await (await again.load('b'))?.readTail()) ?? []).map((bytes) => [...bytes])).toEqual([[7]])
  await again.close()
  const raw = new DatabaseSync(file)
  expect(raw.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  raw.close()
})

test('a database of the first schema takes up who joins, and knows who wrote', async () => {
  const file = join(folder(), 'tierbook.db')
  const storage = openSqliteStorage({ file })
  await storage.registerBook({ book: 'b', actor: 'ada', now: 1 })
  const updates = [{ bytes: new Uint8Array([7]), actor: 'ada', device: 'd', receivedAt: 1, actions: [] }]
  await storage.commit([{ book: 'b', expectedSeq: 0, updates, bindings: new Map([[7, 'ada']]), largestN: 1 }])
  await storage.close()
  const raw = new DatabaseSync(file)
  raw.exec(
    `${oldSnapshots} DROP TABLE redeemed_invites; DROP TABLE devices; DROP TABLE receipts; DROP TABLE actors; PRAGMA user_version = 1`,
  )
  raw.close()
  const again = openSqliteStorage({ file })
  expect(await again.claimActor({ book: 'b', actor: 'ada', now: 2 })).toBe(false)
  expect(await again.claimActor({ book: 'b', actor: 'bob', now: 2 })).toBe(true)
  await again.close()
})

test('[TL5] a database from before receipts were kept finds the actions in its updates', async () => {
  const file = join(folder(), 'tierbook.db')
  const storage = openSqliteStorage({ file })
  const book = await openBook({
    id: createId(),
    author: { id: createId(), name: 'Ada' },
    storage: memory(),
    create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' },
  })
  await book.addClient({ name: 'Acme', note: '{"id":"note.1","entries":[]}' })
  const update = { bytes: Y.encodeStateAsUpdate(book.doc), actor: 'ada', device: 'd', receivedAt: 9, actions: [] }
  await storage.registerBook({ book: 'b', actor: 'ada', now: 1 })
  await storage.commit([{ book: 'b', expectedSeq: 0, updates: [update], bindings: new Map(), largestN: 2 }])
  await storage.close()
  const raw = new DatabaseSync(file)
  raw.exec(
    `${oldSnapshots} DROP TABLE redeemed_invites; DROP TABLE devices; DROP TABLE receipts; ALTER TABLE actors DROP COLUMN name; ALTER TABLE actors DROP COLUMN role; ALTER TABLE actors DROP COLUMN revoked_at; PRAGMA user_version = 2`,
  )
  raw.close()
  const again = openSqliteStorage({ file })
  const actions = book.doc.getArray<string>('log').map((text) => (JSON.parse(text) as { id: string }).id)
  expect(actions).toHaveLength(2)
  expect(await Array.fromAsync(again.receipts('b', { after: 0 }))).toEqual([{ seq: 1, receivedAt: 9, actions }])
  await again.close()
  await book.close()
})

test('[TL5] receipts of an older program and those of this one come in one order', async () => {
  const file = join(folder(), 'tierbook.db')
  const storage = openSqliteStorage({ file })
  await storage.registerBook({ book: 'b', actor: 'ada', now: 1 })
  const commit = (seq: number, actions: string[]) => {
    const update = { bytes: new Uint8Array([seq]), actor: 'ada', device: 'd', receivedAt: seq, actions }
    return storage.commit([{ book: 'b', expectedSeq: seq - 1, updates: [update], bindings: new Map(), largestN: seq }])
  }
  await commit(1, ['s.1', 's.2'])
  await commit(2, ['s.3'])
  // As an older program left them.
  const raw = new DatabaseSync(file)
  raw.exec(
    'INSERT INTO receipts SELECT book, seq, received_at, actions FROM updates; UPDATE updates SET actions = NULL',
  )
  raw.close()
  await commit(3, [])
  await commit(4, ['s.4'])
  const receipts = [
    { seq: 1, receivedAt: 1, actions: ['s.1', 's.2'] },
    { seq: 2, receivedAt: 2, actions: ['s.3'] },
    { seq: 4, receivedAt: 4, actions: ['s.4'] },
  ]
  expect(await Array.fromAsync(storage.receipts('b', { after: 0 }))).toEqual(receipts)
  expect(await Array.fromAsync(storage.receipts('b', { after: 2 }))).toEqual(receipts.slice(2))
  await storage.close()
})

test('[F49] a snapshot that an older program stored is read from its row, unless its bytes are others', async () => {
  const file = join(folder(), 'tierbook.db')
  const storage = openSqliteStorage({ file })
  await storage.registerBook({ book: 'b', actor: 'ada', now: 1 })
  await storage.close()
  const bytes = Uint8Array.of(1, 2, 3)
  const raw = new DatabaseSync(file)
  raw.exec(
    'ALTER TABLE snapshots DROP COLUMN parts; DROP TABLE snapshot_parts; DROP TABLE log_starts; ALTER TABLE updates DROP COLUMN actions; PRAGMA user_version = 5',
  )
  const insert = 'INSERT INTO snapshots (book, seq, bytes, hash) VALUES (?, 0, ?, ?)'
  raw.prepare(insert).run('b', bytes, hashUpdate(bytes))
  raw.close()
  const again = openSqliteStorage({ file })
  const { snapshot } = (await again.load('b')) ?? {}
  expect(await snapshot?.read()).toEqual([bytes])
  new DatabaseSync(file).exec("UPDATE snapshots SET bytes = x'010204'")
  await expect(snapshot?.read()).rejects.toThrow(SnapshotError)
  await again.close()
})

test("[F29] parts that a stopped program left behind are in nobody's way", async () => {
  const file = join(folder(), 'tierbook.db')
  const storage = openSqliteStorage({ file })
  await storage.registerBook({ book: 'b', actor: 'ada', now: 1 })
  const raw = new DatabaseSync(file)
  for (const seq of [3, 5])
    raw.prepare('INSERT INTO snapshot_parts VALUES (?, ?, ?, ?)').run('b', seq, 0, Uint8Array.of(9))
  expect((await storage.load('b'))?.snapshot).toBeNull()
  const newest = Uint8Array.of(1, 2)
  await storage.saveSnapshot({ book: 'b', seq: 5, bytes: newest, outline: null })
  const { snapshot } = (await storage.load('b')) ?? {}
  expect(Buffer.concat((await snapshot?.read()) ?? [])).toEqual(Buffer.from(newest))
  expect(raw.prepare('SELECT seq FROM snapshot_parts').all()).toEqual([{ seq: 5 }])
  raw.close()
  await storage.close()
})

test('a database of a newer schema is refused with both versions', () => {
  const file = join(folder(), 'tierbook.db')
  const database = new DatabaseSync(file)
  database.exec('PRAGMA user_version = 99')
  database.close()
  expect(() => openSqliteStorage({ file })).toThrow(/schema 99, this program knows up to 8/)
})

test('a second opening of a data folder is told who holds it, and a released one opens again', () => {
  const path = folder()
  const first = openDataFolder(path)
  if (!first.ok) throw new Error(first.problem.message)
  first.folder.announce({ pid: 1, port: 4400, url: 'http://localhost:4400', instance: 'x' })
  expect(openDataFolder(path)).toMatchObject({ ok: false, problem: { code: 'in-use', running: { port: 4400 } } })
  first.folder.close()
  first.folder.close()
  const second = openDataFolder(path)
  expect(second.ok).toBe(true)
  if (second.ok) second.folder.close()
})
