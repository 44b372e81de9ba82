// Books go from a folder to a database and back: as commands, whole or not at all, with the chain as proof.
import { createId } from '@tierbook/core'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { openSqliteStorage } from '../../src/index.ts'
import { openStoreForReading } from '../../src/operate/open-store.ts'
import { openPostgresStorage } from '../../src/storage/postgres/storage.ts'
import { verifyStore } from '../../src/operate/verify-store.ts'
import { runCommand } from '../sample-process.ts'
import { logOf, openStockClient, sampleFolder, startSampleServer } from '../sample-server.ts'
import { type SamplePostgres, startPostgres } from './sample-postgres.ts'

let postgres: SamplePostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

interface Place {
  readonly TIERBOOK_DATA?: string
  readonly TIERBOOK_DATABASE_URL?: string
}

async function run(place: Place, ...args: string[]) {
  const command = runCommand({ args, environment: { ...place } })
  const code = await command.ended
  return { code, out: command.stdout(), error: command.stderr() }
}

/** Two people, one of them revoked, and a snapshot. */
async function fill(place: Place) {
  const server = await startSampleServer({ environment: { ...place } })
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await ada.synced()
  const bob = await openStockClient(server, { id })
  await bob.synced()
  for (let i = 0; i < 10; i++) await ada.book.addClient({ name: `Client ${i}`, tier: 'starter' })
  await vi.waitFor(() => expect(bob.book.clients()).toHaveLength(10))
  await bob.book.addClient({ name: 'From Bob' })
  await vi.waitFor(async () => expect((await server.storage.book(id))?.largestN).toBe(12))
  const carl = { book: id, actor: createId(), device: createId(), name: 'Carl', deviceName: 'Laptop' }
  await server.storage.access.admit({ ...carl, role: 'editor', now: 5 })
  await server.storage.access.redeem({ id: 'invite-1', book: id, actor: carl.actor, now: 6 })
  await server.storage.access.revoke({ ...carl, now: 7 })
  const { token } = await server.tokens.signAccess({ book: id, actor: ada.actor, role: 'owner', device: ada.actor })
  const stateVector = Y.encodeStateVector(ada.doc)
  const seq = (await server.storage.book(id))?.seq as number
  const outline = { stateVector, deletes: Y.encodeStateAsUpdate(ada.doc, stateVector) }
  await server.storage.saveSnapshot({ book: id, seq, bytes: Y.encodeStateAsUpdate(ada.doc), outline })
  for (const device of [ada, bob]) device.provider.destroy()
  await server.close()
  const members = await openAt(place, (storage) => storage.access.members(id))
  return { id, ada, token, seq, members, carl, log: logOf(ada.doc) }
}

async function openAt<T>(
  place: Place,
  look: (storage: ReturnType<typeof openSqliteStorage>) => Promise<T>,
): Promise<T> {
  const { TIERBOOK_DATABASE_URL: url, TIERBOOK_DATA: folder = '' } = place
  const storage = url === undefined ? openStoreForReading(folder) : await openPostgresStorage({ url, readOnly: true })
  try {
    return await look(storage)
  } finally {
    await storage.close()
  }
}

test('[SY5] [F30] a server moves from a folder to PostgreSQL and back: same chain and people, devices stay signed in', async () => {
  const folder = { TIERBOOK_DATA: join(sampleFolder(), 'data') }
  const database = { TIERBOOK_DATABASE_URL: await postgres.createDatabase() }
  const { id, ada, token, seq, members, carl, log } = await fill(folder)
  const before = await openAt(folder, (storage) => storage.book(id))
  const moved = await run(folder, 'move', '--to', database.TIERBOOK_DATABASE_URL, '--json')
  expect(moved, moved.error).toMatchObject({ code: 0 })
  const head = Buffer.from(before?.head as Uint8Array).toString('base64url')
  expect(JSON.parse(moved.out)).toEqual({
    books: [{ book: id, seq, alreadyThere: 0, head }],
    movedKey: true,
    findings: [],
  })
  expect(await openAt(database, (storage) => storage.book(id))).toEqual(before)
  expect(await openAt(database, (storage) => storage.access.members(id))).toEqual(members)
  expect(await openAt(database, (storage) => storage.access.redeemer('invite-1'))).toBe(carl.actor)
  expect(await openAt(database, async (storage) => (await storage.load(id))?.snapshot?.seq)).toBe(seq)

  const server = await startSampleServer({ environment: database })
  const again = await openStockClient(server, { id, role: 'owner', token, actor: ada.actor })
  await again.synced()
  expect(logOf(again.doc)).toEqual(log)
  await again.book.addClient({ name: 'On PostgreSQL' })
  await vi.waitFor(async () => expect((await server.storage.book(id))?.largestN).toBe(13))
  const busy = await run(database, 'move', '--to', folder.TIERBOOK_DATA)
  expect(busy).toMatchObject({ code: 1, error: expect.stringContaining('servers run on the database') as string })
  again.provider.destroy()
  await server.close()

  // The folder still has what it had: only the rest is carried back.
  const back = await run(database, 'move', '--to', folder.TIERBOOK_DATA, '--json')
  expect(back, back.error).toMatchObject({ code: 0 })
  expect(JSON.parse(back.out)).toMatchObject({ books: [{ seq: seq + 1, alreadyThere: seq }], movedKey: false })
  expect(await run(folder, 'verify')).toMatchObject({ code: 0 })
  // And the other way it would be a step back, which nobody takes by mistake.
  await run(folder, 'move', '--to', database.TIERBOOK_DATABASE_URL)
  const older = { TIERBOOK_DATA: join(sampleFolder(), 'other') }
  const other = await fill(older)
  const refused = await run(older, 'move', '--to', database.TIERBOOK_DATABASE_URL)
  expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('a key of its own') as string })
  expect(await run(older, 'move', '--to', database.TIERBOOK_DATABASE_URL, '--book', other.id)).toMatchObject({
    code: 0,
  })
  expect(
    (await openAt(database, (storage) => Array.fromAsync(storage.books()))).map(({ book }) => book).sort(),
  ).toEqual([id, other.id].sort())
})

test('[F20] a move that is killed in the middle goes on where it was; until it is through no server starts there', async () => {
  const folder = { TIERBOOK_DATA: join(sampleFolder(), 'data') }
  await (await startSampleServer({ environment: folder })).close()
  const id = createId()
  const all = 6_000
  const storage = openSqliteStorage({ file: join(folder.TIERBOOK_DATA, 'tierbook.db') })
  await storage.registerBook({ book: id, actor: 'ada', now: 1 })
  const doc = new Y.Doc()
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  for (let i = 0; i < all; i++) doc.getArray('notes').push([i])
  const written = updates.map((bytes) => ({ bytes, actor: 'ada', device: 'laptop', receivedAt: 2, actions: [] }))
  await storage.commit([
    { book: id, expectedSeq: 0, updates: written, bindings: new Map([[doc.clientID, 'ada']]), largestN: 0 },
  ])
  await storage.close()
  const url = await postgres.createDatabase()
  const database = { TIERBOOK_DATABASE_URL: url }
  const target = await openPostgresStorage({ url })
  onTestFinished(() => target.close())
  // Somebody else's open transaction holds the place of a row in the middle: the move waits there for as long as it takes to kill it.
  const holder = new Client({ connectionString: url })
  await holder.connect()
  onTestFinished(() => holder.end())
  const held = "('\\x00'::bytea, '\\x00'::bytea, '\\x00'::bytea, 'x', 'x', 1, 0, false, '\\x00'::bytea)"
  await holder.query('BEGIN')
  await holder.query(
    `INSERT INTO tierbook_updates (prev_hash, update_hash, hash, actor, device, received_at, largest_n, is_shared, bytes, book, seq)
     SELECT v.*, '${id}', 3500 FROM (VALUES ${held}) v`,
  )
  const move = runCommand({ args: ['move', '--to', url], environment: folder })
  await vi.waitFor(async () => expect((await target.book(id))?.seq).toBe(3_000), { timeout: 60_000, interval: 50 })
  move.child.kill('SIGKILL')
  await move.ended
  await holder.query('ROLLBACK')
  const start = await run(database, 'start')
  expect(start).toMatchObject({ code: 1, error: expect.stringContaining('was cut short') as string })
  const again = await run(folder, 'move', '--to', url, '--json')
  expect(again, again.error).toMatchObject({ code: 0 })
  const [book] = (JSON.parse(again.out) as { books: { seq: number; alreadyThere: number }[] }).books
  expect(book).toMatchObject({ seq: all })
  expect(book?.alreadyThere).toBeGreaterThanOrEqual(3_000)
  expect(await verifyStore(target, {})).toMatchObject({ updates: all, findings: [] })
})

test('[SY5] [F30] a backup of PostgreSQL is one of a folder: it is restored into an empty database or a folder, as a new generation', async () => {
  const database = { TIERBOOK_DATABASE_URL: await postgres.createDatabase() }
  const { id, seq, members } = await fill(database)
  const to = join(sampleFolder(), 'backups')
  const made = await run(database, 'backup', '--to', to, '--json')
  expect(made, made.error).toMatchObject({ code: 0 })
  const { folder: backup, verification } = JSON.parse(made.out) as { folder: string; verification: unknown }
  expect(verification).toEqual({ books: 1, updates: seq, findings: [] })
  expect(await run(database, 'verify', '--checkpoint', join(backup, 'checkpoint.json'))).toMatchObject({ code: 0 })
  const onto = await run(database, 'restore', backup)
  expect(onto).toMatchObject({ code: 1, error: expect.stringContaining('holds books') as string })
  const was = await openAt(database, (storage) => storage.book(id))
  for (const place of [
    { TIERBOOK_DATABASE_URL: await postgres.createDatabase() },
    { TIERBOOK_DATA: join(sampleFolder(), 'data') },
  ]) {
    const restored = await run(place, 'restore', backup, '--json')
    expect(restored, restored.error).toMatchObject({ code: 0 })
    expect(JSON.parse(restored.out)).toMatchObject({ books: [{ book: id, seq }], setAside: null, tookKey: true })
    const now = await openAt(place, (storage) => storage.book(id))
    expect(now?.head).toEqual(was?.head)
    expect(now?.generation).toBeGreaterThan(was?.generation as number)
    expect(await openAt(place, (storage) => storage.access.members(id))).toEqual(members)
    expect(await run(place, 'verify')).toMatchObject({ code: 0 })
  }
})

test('[F24] [F27] doctor looks at the database that the nodes use, and says what an acknowledgement is worth', async () => {
  const database = { TIERBOOK_DATABASE_URL: await postgres.createDatabase() }
  const look = async () => {
    const { out, code } = await run(database, 'doctor', '--json')
    const { examinations } = JSON.parse(out) as { examinations: { name: string; status: string }[] }
    return { code, status: Object.fromEntries(examinations.map(({ name, status }) => [name, status])) }
  }
  expect((await look()).status).toMatchObject({ database: 'ok', primary: 'ok', schema: 'warning' })
  await (await startSampleServer({ environment: database })).close()
  const { code, status } = await look()
  // Tests run without fsync, which nobody else should.
  expect(code).toBe(2)
  expect(status).toMatchObject({ durability: 'failed', schema: 'ok', 'signing key': 'ok', clocks: 'ok', hints: 'ok' })
  expect(status).toHaveProperty('commit')
  const lost = await run({ TIERBOOK_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'doctor', '--json')
  expect(lost.code).toBe(2)
  expect(JSON.parse(lost.out)).toMatchObject({ examinations: [{ name: 'database', status: 'failed' }, {}] })
})
