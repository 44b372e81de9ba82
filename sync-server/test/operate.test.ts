// The operator's commands, as processes on real data folders.
import { createId } from '@tierbook/core'
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs'
import { openSqliteStorage } from '../src/index.ts'
import { verifyStore } from '../src/operate/verify-store.ts'
import { packSnapshot } from '../src/storage/packed-snapshot.ts'
import { runCommand, startSampleProcess } from './sample-process.ts'
import { openStockClient, sampleFolder, startSampleServer } from './sample-server.ts'

const book = createId()
let filled = ''

/** A data folder in which two people wrote, with a snapshot. */
beforeEach(async () => {
  if (filled !== '') return
  filled = sampleFolder()
  const server = await startSampleServer({ environment: { TIERBOOK_DATA: filled } })
  const ada = await openStockClient(server, { id: book, role: 'owner', create: true })
  const bob = await openStockClient(server, { id: book })
  await ada.synced()
  await ada.book.addClient({ name: '=Acme, "Dental"', tier: 'starter' })
  await ada.book.editBook({ name: 'Ümlaut MSP' })
  await vi.waitFor(() => expect(bob.book.clients()).toHaveLength(1))
  await bob.book.addClient({ name: 'Zenith' })
  await vi.waitFor(async () => expect((await server.storage.book(book))?.largestN).toBe(4))
  ada.provider.destroy()
  bob.provider.destroy()
  const stateVector = encodeStateVector(bob.doc)
  await server.storage.saveSnapshot({
    book,
    seq: (await server.storage.book(book))?.seq ?? 0,
    bytes: encodeStateAsUpdate(bob.doc),
    outline: { stateVector, deletes: encodeStateAsUpdate(bob.doc, stateVector) },
  })
  await server.close()
})

/** A copy of its own for each test. */
function copyOfFolder(): string {
  const folder = joinPath(sampleFolder(), 'data')
  cpSync(filled, folder, { recursive: true })
  return folder
}

async function run(folder: string, ...args: string[]) {
  const command = runCommand({ args, environment: { TIERBOOK_DATA: folder } })
  return { code: await command.ended, stdout: command.stdout(), stderr: command.stderr() }
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- says at the call what is expected
const json = <T>(text: string) => JSON.parse(text) as T

describe('tierbook verify', () => {
  test('[F49] a store as the server wrote it is whole', async () => {
    const { code, stdout } = await run(filled, 'verify', '--json')
    expect(json(stdout)).toEqual({ books: 1, updates: json<{ updates: number }>(stdout).updates, findings: [] })
    expect(code).toBe(0)
  })

  // What no hash and no other row says anything about stands in docs/operate.md; these are all other columns.
  const flips: [string, string, string, number | null][] = [
    ['updates', 'bytes', 'seq = 2', 2],
    ['updates', 'update_hash', 'seq = 2', 2],
    ['updates', 'prev_hash', 'seq = 1', 1],
    ['updates', 'prev_hash', 'seq = 2', 1],
    ['updates', 'actor', 'seq = 2', 2],
    ['updates', 'device', 'seq = 2', 2],
    ['updates', 'received_at', 'seq = 2', 2],
    ['updates', 'seq', 'seq = 2', 2],
    ['updates', 'received_at', 'seq = (SELECT max(seq) FROM updates)', 0],
    ['updates', 'actions', 'seq = 2', 2],
    ['receipts', 'received_at', 'seq = 2', 2],
    ['receipts', 'actions', 'seq = 2', 2],
    ['receipts', 'seq', 'seq = 2', 2],
    ['books', 'head', 'TRUE', 0],
    ['books', 'seq', 'TRUE', null],
    ['books', 'largest_n', 'TRUE', null],
    ['books', 'first_writer', 'TRUE', null],
    ['books', 'is_shared', 'TRUE', null],
    ['bindings', 'actor', 'TRUE', null],
    ['bindings', 'client_id', 'TRUE', null],
    ['snapshots', 'seq', 'TRUE', null],
    ['snapshots', 'parts', 'TRUE', 0],
    ['snapshots', 'hash', 'TRUE', 0],
    ['snapshots', 'state_vector', 'TRUE', 0],
    ['snapshots', 'deletes', 'TRUE', 0],
    ['snapshot_parts', 'seq', 'TRUE', 0],
    ['snapshot_parts', 'part', 'TRUE', 0],
    ['snapshot_parts', 'bytes', 'TRUE', 0],
  ]
  test.each(flips)(
    '[F49] one altered value of %s.%s (%s) is found, and its update named',
    async (name, column, where, seq) => {
      const folder = copyOfFolder()
      const file = joinPath(folder, 'tierbook.db')
      const database = new DatabaseSync(file)
      database.exec('PRAGMA foreign_keys = OFF')
      // As an older program left them.
      if (name === 'receipts')
        database.exec(`
          INSERT INTO receipts SELECT book, seq, received_at, actions FROM updates WHERE actions IS NOT NULL;
          UPDATE updates SET actions = NULL
        `)
      const row = database.prepare(`SELECT * FROM ${name} WHERE ${where} LIMIT 1`).get() as Record<string, unknown>
      const value = row[column]
      const altered =
        value instanceof Uint8Array
          ? value.map((byte, i) => (i === value.length >> 1 ? byte ^ 1 : byte))
          : typeof value === 'string'
            ? value.slice(0, -1) + (value.endsWith('x') ? 'y' : 'x')
            : column === 'is_shared'
              ? 1 - Number(value)
              : Number(value) + 1000
      database
        .prepare(`UPDATE ${name} SET ${column} = ? WHERE ${column} IS ? AND ${where}`)
        .run(altered as never, value as never)
      const last = (database.prepare('SELECT max(seq) AS seq FROM updates').get() as { seq: number }).seq
      database.close()
      const storage = openSqliteStorage({ file, readOnly: true })
      onTestFinished(() => storage.close())
      const { findings } = await verifyStore(storage, {})
      expect(findings.length).toBeGreaterThan(0)
      expect(findings[0]?.seq, findings[0]?.problem).toBe(seq === 0 ? last : seq)
    },
  )

  test('[F49] the command names the first bad row and ends with 2', async () => {
    const folder = copyOfFolder()
    const database = new DatabaseSync(joinPath(folder, 'tierbook.db'))
    database.exec(`UPDATE updates SET device = 'other' WHERE seq = 2`)
    database.close()
    const { code, stdout } = await run(folder, 'verify')
    expect(code).toBe(2)
    expect(stdout).toContain(`book ${book}, update 2: its actor, device or time was changed`)
  })

  test('[F45] [F49] a snapshot that is sound in itself is compared with what the updates say, and changed by nobody', async () => {
    const folder = copyOfFolder()
    const file = joinPath(folder, 'tierbook.db')
    const other = new Doc()
    other.getArray('log').push(['something else'])
    const bytes = encodeStateAsUpdate(other)
    const stateVector = encodeStateVector(other)
    const deletes = encodeStateAsUpdate(other, stateVector)
    const { parts, hash } = await packSnapshot(bytes)
    const database = new DatabaseSync(file)
    database.prepare('UPDATE snapshots SET hash = ?, state_vector = ?, deletes = ?').run(hash, stateVector, deletes)
    database.prepare('UPDATE snapshot_parts SET bytes = ?').run(parts[0] as Uint8Array)
    database.close()
    for (let time = 1; time <= 2; time++) {
      const { code, stdout } = await run(folder, 'verify')
      expect(code).toBe(2)
      expect(stdout).toContain('the snapshot made after it is not the book as it was then')
    }
    const storage = openSqliteStorage({ file, readOnly: true })
    onTestFinished(() => storage.close())
    expect(Buffer.concat((await (await storage.load(book))?.snapshot?.read()) ?? [])).toEqual(Buffer.from(bytes))
  })

  test('[F49] a removed row is found', async () => {
    const folder = copyOfFolder()
    const database = new DatabaseSync(joinPath(folder, 'tierbook.db'))
    database.exec('DELETE FROM updates WHERE seq = 2')
    database.close()
    const { stdout } = await run(folder, 'verify', '--json')
    expect(json<{ findings: unknown[] }>(stdout).findings[0]).toMatchObject({
      seq: 2,
      problem: expect.stringContaining('missing') as string,
    })
  })
})

describe('tierbook backup and restore', () => {
  const backUp = async (folder: string) => {
    const to = joinPath(sampleFolder(), 'backups')
    const { code, stdout, stderr } = await run(folder, 'backup', '--to', to, '--json')
    expect([code, stderr]).toEqual([0, ''])
    return json<{ folder: string }>(stdout).folder
  }

  test('[SY5] a backup beside a writing server is whole, has all that was acknowledged, and is private', async () => {
    const folder = copyOfFolder()
    const server = await startSampleServer({ environment: { TIERBOOK_DATA: folder } })
    const ada = await openStockClient(server, { id: book, role: 'owner' })
    await ada.synced()
    let isWriting = true
    const writing = (async () => {
      for (let i = 0; isWriting; i++) {
        await ada.book.addClient({ name: `Client ${i}` })
        // Memory storage never waits, so the sockets would not get a turn.
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    await vi.waitFor(async () => expect((await server.storage.book(book))?.seq).toBeGreaterThan(6))
    const before = (await server.storage.book(book))?.seq ?? 0
    const backup = await backUp(folder)
    isWriting = false
    await writing
    expect(readdirSync(backup).sort()).toEqual(['backup.json', 'checkpoint.json', 'signing-key.pem', 'tierbook.db'])
    expect([statSync(backup).mode & 0o077, statSync(joinPath(backup, 'signing-key.pem')).mode & 0o077]).toEqual([0, 0])
    const copy = openSqliteStorage({ file: joinPath(backup, 'tierbook.db'), readOnly: true })
    onTestFinished(() => copy.close())
    expect((await copy.book(book))?.seq).toBeGreaterThanOrEqual(before)
    expect((await verifyStore(copy, {})).findings).toEqual([])
    // The running server still continues what the checkpoint signed.
    const { code } = await run(folder, 'verify', '--checkpoint', joinPath(backup, 'checkpoint.json'))
    expect(code).toBe(0)
  })

  test('[SY5] [F30] restoring makes a new generation, keeps the key, and sets the old store aside', async () => {
    const folder = copyOfFolder()
    const backup = await backUp(folder)
    const generation = (await readBook(folder)).generation
    const key = readFileSync(joinPath(folder, 'signing-key.pem'), 'utf8')
    const { code, stdout } = await run(folder, 'restore', backup, '--json')
    expect(code).toBe(0)
    const restored = json<{ setAside: string; tookKey: boolean; books: { generation: number }[] }>(stdout)
    expect(restored.tookKey).toBe(false)
    expect(readFileSync(joinPath(folder, 'signing-key.pem'), 'utf8')).toBe(key)
    expect(existsSync(joinPath(restored.setAside, 'tierbook.db'))).toBe(true)
    expect((await readBook(folder)).generation).toBeGreaterThan(generation)
    expect((await run(folder, 'verify')).code).toBe(0)
    // Another generation than the checkpoint's: a device that was shown that one is turned away.
    expect((await run(folder, 'verify', '--checkpoint', joinPath(backup, 'checkpoint.json'))).code).toBe(2)
    const server = await startSampleServer({ environment: { TIERBOOK_DATA: folder } })
    const ada = await openStockClient(server, { id: book, role: 'viewer' })
    await ada.synced()
    expect(ada.book.clients()).toHaveLength(2)
  })

  test('[SY5] on an empty folder the key comes too', async () => {
    const backup = await backUp(filled)
    const folder = joinPath(sampleFolder(), 'new')
    expect((await run(folder, 'restore', backup)).stdout).toContain('the signing key was restored too')
    expect(statSync(joinPath(folder, 'signing-key.pem')).mode & 0o077).toBe(0)
    expect((await run(folder, 'books', '--json')).stdout).toContain('Ümlaut MSP')
  })

  test('a folder in use, a damaged backup and a folder that is none are refused with words, and nothing changes', async () => {
    const backup = await backUp(filled)
    const folder = copyOfFolder()
    const server = await startSampleProcess({ folder })
    const inUse = await run(folder, 'restore', backup)
    expect([inUse.code, inUse.stderr]).toEqual([1, expect.stringContaining('stop the server before restoring')])
    server.child.kill('SIGTERM')
    await server.ended
    const file = joinPath(backup, 'tierbook.db')
    const bytes = readFileSync(file)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    writeFileSync(file, bytes)
    const before = (await readBook(folder)).generation
    const damaged = await run(folder, 'restore', backup)
    expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('is not the file that was backed up')])
    const none = await run(folder, 'restore', sampleFolder())
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('is no backup: it has no backup.json')])
    expect((await readBook(folder)).generation).toBe(before)
  })

  test('a damaged store is backed up all the same, and said to be damaged', async () => {
    const folder = copyOfFolder()
    const database = new DatabaseSync(joinPath(folder, 'tierbook.db'))
    database.exec(`UPDATE updates SET device = 'other' WHERE seq = 2`)
    database.close()
    const { code, stdout } = await run(folder, 'backup', '--to', sampleFolder())
    expect(code).toBe(2)
    expect(stdout).toContain('NOT whole')
  })

  async function readBook(folder: string) {
    const storage = openSqliteStorage({ file: joinPath(folder, 'tierbook.db'), readOnly: true })
    const record = await storage.book(book)
    await storage.close()
    if (!record) throw new Error('the book is gone')
    return record
  }
})

describe('tierbook books, export and doctor', () => {
  test('books names each with what is in it', async () => {
    const { code, stdout } = await run(filled, 'books', '--json')
    expect(code).toBe(0)
    expect(json(stdout)).toMatchObject({ books: [{ book, name: 'Ümlaut MSP', actions: 4 }] })
    expect((await run(filled, 'books')).stdout).toContain(book)
  })

  test('[LG3] export writes every action in the order of the log, with the time it was received', async () => {
    const { code, stdout } = await run(filled, 'export')
    expect(code).toBe(0)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => json<{ receivedAt: number; action: { n: number } }>(line))
    expect(lines.map(({ action }) => action.n)).toEqual([1, 2, 3, 4])
    expect(lines.every(({ receivedAt }) => receivedAt > 1_700_000_000_000)).toBe(true)
  })

  test('export to CSV quotes, and keeps spreadsheets from running a client’s name', async () => {
    const out = joinPath(sampleFolder(), 'log.csv')
    expect((await run(filled, 'export', '--format', 'csv', '--out', out)).code).toBe(0)
    const rows = readFileSync(out, 'utf8').split('\r\n')
    expect(rows[0]).toBe('entry,n,made_at,received_at,by,device,kind,subject,details')
    expect(rows.some((row) => row.includes('client.added') && row.includes('=Acme, \\""Dental\\""'))).toBe(true)
    expect(rows.flatMap((row) => row.split(',')).some((cell) => /^[=+@]/.test(cell))).toBe(false)
    const again = await run(filled, 'export', '--out', out)
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('cannot be written')])
  })

  test('doctor says what is in effect and what is wrong, and ends with 2 where something fails', async () => {
    const healthy = await run(copyOfFolder(), 'doctor', '--json')
    expect(healthy.code).toBe(0)
    const report = json<{ examinations: { name: string; status: string }[]; settings: { variable: string }[] }>(
      healthy.stdout,
    )
    expect(report.examinations.filter(({ status }) => status === 'failed')).toEqual([])
    expect(report.examinations.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'data folder',
        'free space',
        'disk sync',
        'signing key',
        'database',
        'schema',
        'clock',
        'address',
        'server',
      ]),
    )
    const future = copyOfFolder()
    const database = new DatabaseSync(joinPath(future, 'tierbook.db'))
    database.exec('UPDATE updates SET received_at = received_at + 86400000')
    database.close()
    writeFileSync(joinPath(future, 'signing-key.pem'), 'no key')
    const ill = await run(future, 'doctor')
    expect(ill.code).toBe(2)
    expect(ill.stdout).toMatch(/FAILED +clock/)
    expect(ill.stdout).toMatch(/FAILED +signing key/)
  })

  test('doctor hides the metrics token', async () => {
    const secret = 'a-secret-of-many-letters'
    const command = runCommand({
      args: ['doctor'],
      environment: { TIERBOOK_DATA: filled, TIERBOOK_METRICS_TOKEN: secret },
    })
    await command.ended
    expect(command.stdout()).toContain('[secret]')
    expect(command.stdout()).not.toContain(secret)
  })

  test.each(['books', 'verify', 'export', 'doctor'])(
    '%s on a folder without a server says so and makes nothing',
    async (name) => {
      const folder = joinPath(sampleFolder(), 'nothing')
      const { code, stdout, stderr } = await run(folder, name)
      expect(code).toBe(name === 'doctor' ? 2 : 1)
      expect(stdout + stderr).toContain('no server has run on')
      expect(existsSync(folder)).toBe(false)
    },
  )
})
