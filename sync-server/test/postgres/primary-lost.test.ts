// The database goes away under servers and their devices: restarted, gone for a while, hanging, full. Nothing acknowledged is lost, and nobody restarts.
import { createId } from '@tierbook/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import type { TierbookServer } from '../../src/index.ts'
import { verifyStore } from '../../src/operate/verify-store.ts'
import { logOf, startSampleServer } from '../sample-server.ts'
import { openDevice, patient, ready } from './open-device.ts'
import { startPostgres } from './sample-postgres.ts'
import { toldTexts } from './told.ts'

async function start(settings: string[] = []) {
  const postgres = await startPostgres(settings)
  onTestFinished(() => postgres.close())
  const url = await postgres.createDatabase()
  const environment = { TIERBOOK_DATABASE_URL: url, TIERBOOK_POLL_MS: '300' }
  const nodes = [await startSampleServer({ environment }), await startSampleServer({ environment })] as const
  const id = createId()
  const ada = await openDevice(nodes[0], id, { create: true })
  await ada.flush()
  const bob = await openDevice(nodes[1], id)
  await vi.waitFor(() => expect(bob.settings().created).toBe(true), patient)
  return { postgres, url, nodes, id, ada, bob }
}

async function received({ metrics }: TierbookServer): Promise<number> {
  const counts = await metrics.registry.metrics()
  return Number(/tierbook_received_bytes_total (\d+)/.exec(counts)?.[1] ?? 0)
}

async function storedTexts(server: TierbookServer, id: string): Promise<Set<string>> {
  const doc = new Y.Doc()
  for await (const { bytes } of server.storage.updates(id)) Y.applyUpdate(doc, bytes)
  return new Set(logOf(doc))
}

async function converges({ ada, bob, nodes, id }: Awaited<ReturnType<typeof start>>, clients: number): Promise<void> {
  for (const book of [ada, bob]) await vi.waitFor(() => expect(book.clients()).toHaveLength(clients), patient)
  await Promise.all([ada.flush(), bob.flush()])
  expect(logOf(ada.doc)).toEqual(logOf(bob.doc))
  const stored = await storedTexts(nodes[1], id)
  expect(logOf(ada.doc).filter((text) => !stored.has(text))).toEqual([])
  expect((await verifyStore(nodes[0].storage, {})).findings).toEqual([])
  for (const node of nodes) await vi.waitFor(async () => expect(await ready(node)).toBe(200), patient)
  for (const book of [ada, bob]) await vi.waitFor(() => expect(book.status.savingPaused).toBe(false), patient)
}

test('[SY1] [F20] the primary crashes again and again while two nodes write: no acknowledged edit is lost, and both go on by themselves', async () => {
  const system = await start()
  const { postgres, ada, bob, nodes, id } = system
  let made = 0
  for (let crash = 0; crash < 3; crash++) {
    for (let i = 0; i < 10; i++) {
      await ada.addClient({ name: `A ${++made}` })
      await bob.addClient({ name: `B ${++made}` })
      await new Promise((resolve) => setImmediate(resolve))
    }
    await postgres.stop('immediate')
    const told = [ada, bob].flatMap((book) => toldTexts(book, book.author.id))
    await postgres.start()
    const stored = await vi.waitFor(() => storedTexts(nodes[0], id), patient)
    expect(told.filter((text) => !stored.has(text))).toEqual([])
  }
  await converges(system, made)
}, 120_000)

test('[SY1] while the database is away readiness fails on every node, edits wait on their devices, and all of it heals', async () => {
  const system = await start()
  const { postgres, ada, bob, nodes } = system
  await postgres.stop('fast')
  for (const node of nodes) await vi.waitFor(async () => expect(await ready(node)).toBe(503), patient)
  await ada.addClient({ name: 'Made meanwhile' })
  await bob.addClient({ name: 'Here too' })
  await vi.waitFor(() => expect(ada.status.sync).not.toBe('online'), patient)
  expect(ada.status.unsent).toBeGreaterThan(0)
  for (const book of [ada, bob]) await vi.waitFor(() => expect(book.status.savingPaused).toBe(true), patient)
  await postgres.start()
  await converges(system, 2)
}, 120_000)

test('[SY1] a primary that hangs for a while stops nobody for good, and what it took in the end is there once', async () => {
  const system = await start()
  const { postgres, ada, bob, nodes } = system
  const before = await Promise.all(nodes.map(received))
  const goOn = postgres.freeze()
  await ada.addClient({ name: 'Into the pause' })
  await bob.addClient({ name: 'And this' })
  // Both have their edit, and wait for the database.
  for (const [i, node] of nodes.entries())
    await vi.waitFor(async () => expect(await received(node)).toBeGreaterThan(before[i] ?? 0), patient)
  expect(ada.clients()).toHaveLength(1)
  expect(ada.status.unsent).toBeGreaterThan(0)
  for (const book of [ada, bob]) await vi.waitFor(() => expect(book.status.savingPaused).toBe(true), patient)
  for (const node of nodes) expect(await ready(node)).toBe(503)
  goOn()
  await converges(system, 2)
}, 120_000)

test('[F21] on a full disk nothing is acknowledged that is not stored, readiness says so, and with room again all goes on', async () => {
  const system = await start()
  const { postgres, url, ada, nodes } = system
  // A write that the disk has no room for ends in this error; the trigger gives it where a test may not fill the machine's.
  await postgres.run(
    url,
    `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
     CREATE TRIGGER full_disk BEFORE INSERT ON tierbook_updates EXECUTE FUNCTION full_disk();
     CREATE TRIGGER full_disk BEFORE INSERT ON tierbook_checks EXECUTE FUNCTION full_disk();`,
  )
  await ada.addClient({ name: 'No room' })
  await vi.waitFor(async () => expect(await ready(nodes[0])).toBe(503), patient)
  expect(ada.status.unsent).toBeGreaterThan(0)
  await vi.waitFor(() => expect(ada.status.savingPaused).toBe(true), patient)
  await postgres.run(url, 'DROP TRIGGER full_disk ON tierbook_updates; DROP TRIGGER full_disk ON tierbook_checks')
  await converges(system, 1)
}, 120_000)
