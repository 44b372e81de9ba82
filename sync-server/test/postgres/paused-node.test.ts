// What one node or one book does wrong stays with it: a node that is frozen in the middle of a write or was away, a book whose row cannot be read.
import { createId } from '@tierbook/core'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { verifyStore } from '../../src/operate/verify-store.ts'
import { openPostgresStorage } from '../../src/storage/postgres/storage.ts'
import { logOf } from '../sample-server.ts'
import { admitDevices } from './cluster/admit-devices.ts'
import { startNode } from './cluster/node-process.ts'
import { type SamplePostgres, startPostgres } from './sample-postgres.ts'
import { toldTexts } from './told.ts'

let postgres: SamplePostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

const patient = { timeout: 40_000, interval: 50 }

async function start() {
  const url = await postgres.createDatabase()
  const environment = { TIERBOOK_DATABASE_URL: url, TIERBOOK_POLL_MS: '300' }
  const nodes = [await startNode(environment), await startNode(environment)] as const
  const storage = await openPostgresStorage({ url })
  onTestFinished(async () => {
    for (const node of nodes) await node.kill()
    await storage.close()
  })
  const devices = await admitDevices(storage)
  const open = async (id: string, { port }: { readonly port: number }, create = false) => {
    const book = await devices.open(id, { port, name: 'Ada', role: 'owner', create })
    onTestFinished(() => book.close())
    return book
  }
  return { url, nodes, storage, open }
}

test('[SY1] [F26] a node that is frozen while it writes holds nothing that others wait for: they go on, and nothing is lost or there twice', async () => {
  const { nodes, storage, open } = await start()
  const id = createId()
  const ada = await open(id, nodes[0], true)
  await ada.flush()
  const bob = await open(id, nodes[1])
  await vi.waitFor(() => expect(bob.settings().created).toBe(true), patient)
  for (let round = 1; round <= 3; round++) {
    const before = bob.clients().length
    const writing = Array.from({ length: 100 }, (_, i) => ada.addClient({ name: `A ${round} ${i}` }))
    // The first have gone all the way; of the others some are on their way to the database, some are not.
    await vi.waitFor(() => expect(bob.clients().length).toBeGreaterThan(before), { timeout: 40_000, interval: 1 })
    const goOn = nodes[0].freeze()
    await Promise.all(writing)
    for (let i = 0; i < 20; i++) await bob.addClient({ name: `B ${round} ${i}` })
    await bob.flush()
    goOn()
    for (const book of [ada, bob]) await vi.waitFor(() => expect(book.clients()).toHaveLength(120 * round), patient)
  }
  await ada.flush()
  const doc = new Y.Doc()
  for await (const { bytes } of storage.updates(id)) Y.applyUpdate(doc, bytes)
  const kept = logOf(doc)
  expect(new Set(kept).size).toBe(kept.length)
  const told = [ada, bob].flatMap((book) => toldTexts(book, book.author.id))
  expect(told.filter((text) => !kept.includes(text))).toEqual([])
  expect(logOf(ada.doc)).toEqual(logOf(bob.doc))
  expect((await verifyStore(storage, {})).findings).toEqual([])
}, 120_000)

test('[F28] what was stored elsewhere while a node was stopped reaches its devices when it starts again, without a new edit', async () => {
  const { nodes, open } = await start()
  const id = createId()
  const ada = await open(id, nodes[0], true)
  await ada.flush()
  const bob = await open(id, nodes[1])
  await vi.waitFor(() => expect(bob.settings().created).toBe(true), patient)
  await nodes[1].kill()
  for (let i = 0; i < 20; i++) await ada.addClient({ name: `While away ${i}` })
  await bob.addClient({ name: 'Offline' })
  await ada.flush()
  expect(bob.clients()).toHaveLength(1)
  await nodes[1].start()
  for (const book of [ada, bob]) await vi.waitFor(() => expect(book.clients()).toHaveLength(21), patient)
  expect(logOf(bob.doc)).toEqual(logOf(ada.doc))
})

test('[F25] a book with a row that cannot be read stops no other book of its node, and what was written to it is kept', async () => {
  const { url, nodes, storage, open } = await start()
  const [bad, good] = [createId(), createId()]
  const broken = await open(bad, nodes[0], true)
  await broken.addClient({ name: 'Before' })
  await broken.flush()
  await broken.close()
  await postgres.run(url, `UPDATE tierbook_updates SET bytes = '\\x00ffff'::bytea WHERE book = '${bad}' AND seq = 1`)
  await postgres.run(url, `DELETE FROM tierbook_snapshots WHERE book = '${bad}'`)
  // The other node has nothing of the book in memory.
  const again = await open(bad, nodes[1])
  const fine = await open(good, nodes[1], true)
  for (let i = 0; i < 10; i++) {
    await again.addClient({ name: `Kept ${i}` })
    await fine.addClient({ name: `Fine ${i}` })
    await fine.flush()
  }
  expect(again.status.unsent).toBeGreaterThan(0)
  expect(again.clients()).toHaveLength(10)
  const other = await open(good, nodes[0])
  await vi.waitFor(() => expect(other.clients()).toHaveLength(10), patient)
  const { findings } = await verifyStore(storage, {})
  expect(findings.map(({ book }) => book)).toEqual(expect.arrayContaining([bad]))
  expect(findings.filter(({ book }) => book === good)).toEqual([])
}, 120_000)
