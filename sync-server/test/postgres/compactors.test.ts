// Snapshots made by several nodes at once, each slow at any step: a late one never takes the place of a newer one, and no update is ever in their way.
import { type Book, createId, memory, openBook as openDevice } from '@tierbook/core'
import { createRandom, type Random } from '@tierbook/core/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import * as Y from 'yjs'
import { createSilentLogger } from '../../src/logger.ts'
import { createMetrics } from '../../src/metrics.ts'
import { verifyStore } from '../../src/operate/verify-store.ts'
import { openPostgresStorage } from '../../src/storage/postgres/storage.ts'
import type { ServerStorage } from '../../src/storage/storage.ts'
import { createCommitter } from '../../src/sync/committer.ts'
import { loadBook } from '../../src/operate/load-book.ts'
import { openBook, type OpenBook } from '../../src/sync/open-book.ts'
import { createTurn } from '../../src/sync/turn.ts'
import { createBookWorker } from '../../src/sync/worker.ts'
import { type SamplePostgres, startPostgres } from './sample-postgres.ts'

let postgres: SamplePostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

const logger = createSilentLogger()
const book = createId()

/** The same storage, with a pause of its own before and after each call that opening, committing and compacting make. */
function slowed(storage: ServerStorage, random: Random): ServerStorage {
  const pause = async () => {
    for (let turns = random.below(40); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
  }
  const slow = async <T>(work: () => Promise<T>) => {
    await pause()
    const result = await work()
    await pause()
    return result
  }
  return {
    ...storage,
    load: (id, options) => slow(() => storage.load(id, options)),
    book: (id) => slow(() => storage.book(id)),
    commit: (writes) => slow(() => storage.commit(writes)),
    saveSnapshot: (snapshot) => slow(() => storage.saveSnapshot(snapshot)),
  }
}

/** A node that takes what a person's device makes, and compacts whenever that is due; what loses a race is judged again. */
function startNode(storage: ServerStorage, author: { actor: string; device: string; role: 'owner' | 'editor' }) {
  const metrics = createMetrics({ processMetrics: false })
  const committer = createCommitter({ storage, metrics })
  onTestFinished(() => committer.close())
  const worker = createBookWorker()
  onTestFinished(() => worker.close())
  const open = () => openBook({ book, storage, committer, worker, metrics, logger, now: Date.now })
  const taken = async (node: OpenBook, updates: readonly Uint8Array[]) => {
    const turn = createTurn()
    for (const update of updates) {
      for (let decision = node.take(turn, author, update); typeof decision === 'string';) {
        if (decision === 'needs-latest') await node.catchUp(turn)
        else await node.makeIndex()
        decision = node.take(turn, author, update)
      }
    }
    return node.store(turn)
  }
  return async (turns: AsyncIterable<readonly Uint8Array[]>) => {
    let node = await open()
    let snapshots = 0
    for await (const updates of turns) {
      while ((await taken(node, updates)) === 'judge-again') {
        node.close()
        node = await open()
      }
      await node.saveSnapshot()
      // As a room does that nobody is in for a while: the next turn reads the snapshot that is there by then.
      if (++snapshots % 4 === 0) {
        node.close()
        node = await open()
      }
    }
    await node.saveSnapshot()
    node.close()
  }
}

async function* edits(device: Book, turns: number): AsyncGenerator<readonly Uint8Array[]> {
  const made: Uint8Array[] = []
  device.doc.on('update', (bytes: Uint8Array, origin: unknown) => origin !== 'base' && made.push(bytes))
  for (let turn = 0; turn < turns; turn++) {
    for (let i = 0; i < 60; i++) {
      const [client] = device.clients()
      if (i % 3 === 0 || !client) await device.addClient({ name: `Client ${turn} ${i}` })
      else await device.editClient({ client: client.id, name: `Renamed ${turn} ${i}` })
    }
    yield made.splice(0)
  }
}

test.each([1, 2, 3])(
  '[F29] seed %i: two nodes that write and compact at once, pausing at every step, keep every update and end with one book',
  async (seed) => {
    const url = await postgres.createDatabase()
    const random = createRandom(seed)
    const [one, two] = [await openPostgresStorage({ url }), await openPostgresStorage({ url })]
    onTestFinished(() => Promise.all([one.close(), two.close()]).then(() => {}))
    const people = await Promise.all(
      [0, 1].map(async (n) => {
        const actor = createId()
        const device = await openDevice({
          id: book,
          author: { id: actor, name: 'Ada' },
          storage: memory(),
          signed: false,
          ...(n === 0 ? { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } } : {}),
        })
        onTestFinished(() => device.close())
        return { device, author: { actor, device: actor, role: n === 0 ? 'owner' : 'editor' } as const }
      }),
    )
    const [ada, bob] = people as [(typeof people)[0], (typeof people)[0]]
    await one.registerBook({ book, actor: ada.author.actor, now: Date.now() })
    const base = Y.encodeStateAsUpdate(ada.device.doc)
    await startNode(
      one,
      ada.author,
    )(
      (async function* () {
        yield [base]
      })(),
    )
    Y.applyUpdate(bob.device.doc, base, 'base')
    type Snapshot = Parameters<ServerStorage['saveSnapshot']>[0]
    const saved: Snapshot[] = []
    const watched = (storage: ServerStorage) => ({
      ...storage,
      async saveSnapshot(snapshot: Snapshot) {
        await storage.saveSnapshot(snapshot)
        saved.push(snapshot)
      },
    })
    await Promise.all([
      startNode(slowed(watched(one), random), ada.author)(edits(ada.device, 24)),
      startNode(slowed(watched(two), random), bob.author)(edits(bob.device, 24)),
    ])

    // The slowest of all comes when everybody is done.
    const newest = Math.max(...saved.map(({ seq }) => seq))
    const late = saved.find(({ seq }) => seq < newest) as Snapshot
    await one.saveSnapshot(late)

    const record = await one.book(book)
    expect(record?.seq).toBe(1 + 2 * 24 * 60)
    // The oracle is the devices: both wrote, and what they wrote together is the book.
    const oracle = new Y.Doc()
    for (const { device } of people) Y.applyUpdate(oracle, Y.encodeStateAsUpdate(device.doc))
    const [stored, raw] = [new Y.Doc(), new Y.Doc()]
    await loadBook({ storage: two, book, doc: stored, logger })
    for await (const { bytes } of one.updates(book)) Y.applyUpdate(raw, bytes)
    const contents = (doc: Y.Doc) => [
      doc.getArray('log').toJSON(),
      doc.getMap('clients').toJSON(),
      Y.encodeStateVector(doc),
    ]
    expect(contents(stored)).toEqual(contents(oracle))
    expect(contents(raw)).toEqual(contents(oracle))
    expect(saved.length).toBeGreaterThan(2)
    // The newest one made is the one that is there.
    expect((await one.load(book))?.snapshot?.seq).toBe(newest)
    expect((await verifyStore(one, {})).findings).toEqual([])

    // One that is replaced while the book is verified is no fault; one whose bytes were changed is.
    await postgres.run(url, 'DELETE FROM tierbook_snapshots')
    await one.saveSnapshot(late)
    const moving: ServerStorage = {
      ...one,
      async load(id, options) {
        const loaded = await one.load(id, options)
        await two.saveSnapshot({ book, seq: record?.seq ?? 0, bytes: Y.encodeStateAsUpdate(raw), outline: null })
        return loaded
      },
    }
    expect((await verifyStore(moving, {})).findings).toEqual([])
    await postgres.run(url, "UPDATE tierbook_snapshot_parts SET bytes = '\\x00'")
    expect((await verifyStore(one, {})).findings).toMatchObject([{ seq: record?.seq }])
  },
)
