// Updates that are given up after some days: what the book says stays whole, for devices, for operators, and where its snapshot is damaged.
import { createId } from '@tierbook/core'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createSigningKey, openSqliteStorage, type ServerStorage } from '../src/index.ts'
import { createSilentLogger } from '../src/logger.ts'
import { copyBook } from '../src/operate/copy-book.ts'
import { exportBook } from '../src/operate/export-book.ts'
import { loadBook } from '../src/operate/load-book.ts'
import { verifyStore } from '../src/operate/verify-store.ts'
import { openSqliteFacts } from '../src/storage/sqlite-facts.ts'
import { readMessage } from '../src/sync/messages.ts'
import { SnapshotError } from '../src/storage/storage.ts'
import { openStoredContents } from '../src/sync/stored-contents.ts'
import { trimLogs } from '../src/sync/trim-log.ts'
import { createBookWorker } from '../src/sync/worker.ts'
import { logOf, openStockClient, sampleFolder, startSampleServer } from './sample-server.ts'

const day = 86_400_000
const signingKey = createSigningKey()
const logger = createSilentLogger()

/** A book in which two people wrote on day 0 and again on day 50, some of it over what was there. */
async function writeBook() {
  const file = join(sampleFolder(), 'tierbook.db')
  const storage = openSqliteStorage({ file })
  onTestFinished(() => storage.close())
  let now = 0
  const serve = (environment: Record<string, string> = {}) =>
    startSampleServer({ storage: { ...storage, close: async () => {} }, signingKey, now: () => now, environment })
  const server = await serve()
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await ada.synced()
  const bob = await openStockClient(server, { id })
  await bob.synced()
  for (const at of [0, 50]) {
    now = at * day
    for (let i = 0; i < 12; i++) await ada.book.addClient({ name: `Client ${at}/${i}`, tier: 'starter', note: 'x' })
    await vi.waitFor(() => expect(bob.book.clients()).toHaveLength(at === 0 ? 12 : 24))
    for (const { id: client } of bob.book.clients()) await bob.book.assignTier({ client, tier: at ? 'pro' : 'custom' })
    for (const { id: client } of bob.book.clients()) await bob.book.editClient({ client, note: `seen on ${at}` })
    await vi.waitFor(() => expect(logOf(ada.doc)).toEqual(logOf(bob.doc)))
    await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(logOf(ada.doc).length))
  }
  const doc = new Y.Doc()
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(ada.doc))
  ada.provider.destroy()
  bob.provider.destroy()
  await server.close()
  return { file, storage, id, doc, serve, at: (time: number) => (now = time) }
}

async function trim(storage: ServerStorage, before: number): Promise<number> {
  const worker = createBookWorker()
  const trimmed = await trimLogs({ storage, worker, logger, before })
  await worker.close()
  return trimmed
}

const emptyRows = (file: string) => {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare("SELECT seq FROM updates WHERE bytes = x'' ORDER BY seq").all()
  database.close()
  return rows.map((row) => row['seq'])
}

const sameAs = (doc: Y.Doc, other: Y.Doc) => {
  expect(logOf(doc)).toEqual(logOf(other))
  expect(doc.getMap('clients').toJSON()).toEqual(other.getMap('clients').toJSON())
  expect(Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(other))).toBe(true)
}

const exported = (storage: ServerStorage, book: string) =>
  storage.book(book).then((record) => Array.fromAsync(exportBook(storage, record!, { format: 'jsonl' })))

describe('a server that keeps updates for 30 days', () => {
  test('[F29] gives up what is older, keeps the chain, and everybody has the whole book', async () => {
    const { file, storage, id, doc, serve, at } = await writeBook()
    const rows = await Array.fromAsync(storage.updates(id))
    const old = rows.filter(({ receivedAt }) => receivedAt === 0).map(({ seq }) => seq)
    const lines = await exported(storage, id)
    at(60 * day)
    const server = await serve({ TIERBOOK_KEEP_LOG_DAYS: '30' })
    await vi.waitFor(() => expect(emptyRows(file)).toEqual(old))
    expect(old.length).toBeGreaterThan(10)
    expect(rows.length).toBeGreaterThan(old.length)
    await vi.waitFor(async () =>
      expect(await server.metrics.registry.metrics()).toContain(`tierbook_trimmed_updates_total ${old.length}`),
    )

    const chain = await Array.fromAsync(storage.updates(id))
    expect(chain.map(({ seq, updateHash }) => [seq, Buffer.from(updateHash).toString('hex')])).toEqual(
      rows.map(({ seq, updateHash }) => [seq, Buffer.from(updateHash).toString('hex')]),
    )
    expect((await verifyStore(storage, {})).findings).toEqual([])
    expect(await exported(storage, id)).toEqual(lines)
    const reader = await openStockClient(server, { id })
    await reader.synced()
    sameAs(reader.doc, doc)
    await reader.book.addClient({ name: 'Later' })
    await vi.waitFor(async () => expect((await storage.book(id))?.largestN).toBe(logOf(doc).length + 1))
  })

  test('[F29] gives up more as days go by, and what is left of an interrupted run first', async () => {
    const { file, storage, id } = await writeBook()
    const rows = await Array.fromAsync(storage.updates(id))
    const old = rows.filter(({ receivedAt }) => receivedAt === 0).length
    expect(await trim(storage, 30 * day)).toBe(old)
    expect(await trim(storage, 30 * day)).toBe(0)
    const database = new DatabaseSync(file)
    database.exec(`UPDATE updates SET bytes = x'0000' WHERE seq = 3; UPDATE log_starts SET cleared_to = 2`)
    database.close()
    expect(await trim(storage, 60 * day)).toBe(rows.length - old)
    expect(emptyRows(file)).toHaveLength(rows.length)
    expect((await verifyStore(storage, {})).findings).toEqual([])
  })

  test('[F29] a device that a room had open before is answered as ever', async () => {
    const { storage, id, doc, serve } = await writeBook()
    const server = await serve()
    const first = await openStockClient(server, { id })
    await first.synced()
    expect(await trim(storage, 30 * day)).toBeGreaterThan(0)
    const second = await openStockClient(server, { id })
    await second.synced()
    sameAs(second.doc, doc)
    await second.book.addClient({ name: 'Later' })
    await vi.waitFor(() => expect(logOf(first.doc)).toHaveLength(logOf(doc).length + 1))
  })
})

describe('what stands for updates that were given up', () => {
  test('[F29] is never a snapshot that they do not make', async () => {
    const { file, storage, id } = await writeBook()
    const seq = (await storage.book(id))?.seq ?? 0
    const other = new Y.Doc()
    other.getArray('log').push(['something else'])
    const stateVector = Y.encodeStateVector(other)
    const outline = { stateVector, deletes: Y.encodeStateAsUpdate(other, stateVector) }
    await storage.saveSnapshot({ book: id, seq, bytes: Y.encodeStateAsUpdate(other), outline })
    expect(await trim(storage, 30 * day)).toBe(0)
    expect(emptyRows(file)).toEqual([])
    expect(await storage.logStart(id)).toBeNull()
  })

  test('[F18] [F49] serves where a later snapshot is damaged, and is named where it is damaged itself', async () => {
    const { file, storage, id, doc } = await writeBook()
    await trim(storage, 30 * day)
    const worker = createBookWorker()
    onTestFinished(() => worker.close())
    const start = await storage.logStart(id)
    const seq = (await storage.book(id))?.seq ?? 0
    const database = new DatabaseSync(file)
    onTestFinished(() => database.close())
    // A later snapshot, so that both are there.
    const update = { bytes: Uint8Array.of(0, 0), actor: createId(), device: 'd', receivedAt: 51 * day, actions: [] }
    await storage.commit([{ book: id, expectedSeq: seq, updates: [update], bindings: new Map(), largestN: 0 }])
    const stateVector = Y.encodeStateVector(doc)
    const outline = { stateVector, deletes: Y.encodeStateAsUpdate(doc, stateVector) }
    await storage.saveSnapshot({ book: id, seq: seq + 1, bytes: Y.encodeStateAsUpdate(doc), outline })
    database.exec(`UPDATE snapshot_parts SET bytes = x'00' WHERE seq = ${seq + 1}`)
    const again = new Y.Doc()
    expect(await loadBook({ storage, book: id, doc: again, logger })).toBeDefined()
    sameAs(again, doc)
    const contentsOf = async () =>
      openStoredContents((await storage.load(id))!, { storage, worker, onDamaged: () => {} })
    const answered = new Y.Doc()
    for (const message of await (await contentsOf()).answer({ clocks: new Map(), unpacks: false })) {
      const read = readMessage(Buffer.concat(message))
      if (read && 'update' in read) Y.applyUpdate(answered, read.update)
    }
    sameAs(answered, doc)

    database.exec(`UPDATE snapshot_parts SET bytes = x'00' WHERE seq = ${start?.snapshot.seq}`)
    await expect(loadBook({ storage, book: id, doc: new Y.Doc(), logger })).rejects.toThrow('start of the log')
    for (const unpacks of [false, true]) {
      const answering = contentsOf().then(({ answer }) => answer({ clocks: new Map(), unpacks }))
      await expect(answering).rejects.toThrow(SnapshotError)
    }
    const { findings } = await verifyStore(storage, {})
    expect(findings[0]?.seq).toBe(start?.trimmedTo)
    expect(findings[0]?.problem).toContain('have no bytes any more')
  })

  test('[F49] a row without bytes that nothing stands for is found', async () => {
    const { file, storage, id } = await writeBook()
    await trim(storage, 30 * day)
    const { trimmedTo = 0 } = (await storage.logStart(id)) ?? {}
    const database = new DatabaseSync(file)
    database.exec(`UPDATE updates SET bytes = x'' WHERE seq = ${trimmedTo + 1}`)
    database.close()
    const { findings } = await verifyStore(storage, {})
    expect(findings[0]?.seq).toBe(trimmedTo + 1)
  })

  test('[SY5] moves with the book', async () => {
    const { file, storage, id, doc } = await writeBook()
    await trim(storage, 30 * day)
    const target = join(sampleFolder(), 'tierbook.db')
    const moved = openSqliteStorage({ file: target })
    const [from, to] = [openSqliteFacts({ file }), openSqliteFacts({ file: target })]
    onTestFinished(async () => {
      await Promise.all([from.close(), to.close(), moved.close()])
    })
    await copyBook({ book: id, from: { storage, facts: from }, to: { storage: moved, facts: to } })
    expect((await moved.book(id))?.head).toEqual((await storage.book(id))?.head)
    expect(emptyRows(target)).toEqual(emptyRows(file))
    expect((await verifyStore(moved, {})).findings).toEqual([])
    const again = new Y.Doc()
    await loadBook({ storage: moved, book: id, doc: again, logger })
    sameAs(again, doc)
  })
})
