// Who is here, across servers: by hints alone, so that it comes and goes with them and nothing else depends on it.
import { createId } from '@tierbook/core'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { TierbookServer } from '../../src/index.ts'
import { verifyStore } from '../../src/operate/verify-store.ts'
import { openStockClient, startSampleServer, type StockClient } from '../sample-server.ts'
import { startNode } from './cluster/node-process.ts'
import { openCutter } from './cutter.ts'
import { patient } from './open-device.ts'
import { type SamplePostgres, startPostgres } from './sample-postgres.ts'

let postgres: SamplePostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

const person = (client: StockClient, name: string) => ({ actor: client.actor, name, client: null })
const seenBy = (client: StockClient, other: StockClient) =>
  client.provider.awareness.getStates().get(other.doc.clientID)?.['name'] as unknown

async function startTwo(environment: Record<string, string> = {}, now?: () => number) {
  const url = await postgres.createDatabase()
  const start = () =>
    startSampleServer({
      environment: { TIERBOOK_DATABASE_URL: url, TIERBOOK_POLL_MS: '60000', ...environment },
      ...(now ? { now } : {}),
    })
  return { url, one: await start(), two: await start() }
}

/** Ada on one server and Bob on another, in one book, each showing their name. */
async function meet(one: TierbookServer, two: TierbookServer) {
  const id = createId()
  const ada = await openStockClient(one, { id, role: 'owner', create: true })
  await ada.synced()
  ada.provider.awareness.setLocalState(person(ada, 'Ada'))
  const bob = await openStockClient(two, { id })
  await bob.synced()
  bob.provider.awareness.setLocalState(person(bob, 'Bob'))
  return { id, ada, bob }
}

test('[F39] a person on one server is shown on another, also to who comes later, and is gone when they leave', async () => {
  const { one, two } = await startTwo()
  const { id, ada, bob } = await meet(one, two)
  await vi.waitFor(() => expect([seenBy(ada, bob), seenBy(bob, ada)]).toEqual(['Bob', 'Ada']), patient)
  const late = await openStockClient(two, { id })
  await vi.waitFor(() => expect([seenBy(late, ada), seenBy(late, bob)]).toEqual(['Ada', 'Bob']), patient)
  ada.provider.awareness.setLocalState({ ...person(ada, 'Ada'), name: 'Ada L.' })
  await vi.waitFor(() => expect(seenBy(late, ada)).toBe('Ada L.'), patient)
  ada.provider.destroy()
  await vi.waitFor(() => expect([seenBy(bob, ada), seenBy(late, ada)]).toEqual([undefined, undefined]), patient)
})

test('a server that stops says goodbye for its people, and its book’s other people stay', async () => {
  const { one, two } = await startTwo()
  const { id, ada, bob } = await meet(one, two)
  await vi.waitFor(() => expect(seenBy(bob, ada)).toBe('Ada'), patient)
  const eve = await openStockClient(two, { id })
  eve.provider.awareness.setLocalState(person(eve, 'Eve'))
  await one.close()
  await vi.waitFor(() => expect([seenBy(bob, ada), seenBy(bob, eve)]).toEqual([undefined, 'Eve']), patient)
})

test('who was on a server that is killed goes within the time in which devices renew what they show', async () => {
  let passed = 0
  const url = await postgres.createDatabase()
  const environment = { TIERBOOK_DATABASE_URL: url, TIERBOOK_POLL_MS: '60000' }
  const two = await startSampleServer({ environment, now: () => Date.now() + passed })
  const killed = await startNode(environment)
  onTestFinished(() => killed.kill())
  const { ada, bob } = await meet({ ...two, port: killed.port }, two)
  await vi.waitFor(() => expect([seenBy(ada, bob), seenBy(bob, ada)]).toEqual(['Bob', 'Ada']), patient)
  await killed.kill()
  ada.provider.disconnect()
  // Bob's own device has not waited: it is the server that says that Ada is gone.
  passed = 31_000
  await vi.waitFor(() => expect(seenBy(bob, ada)).toBeUndefined(), patient)
  await vi.waitFor(() => expect(bob.provider.wsconnected).toBe(true))
})

test('who comes from a killed server to another one is shown from there at once', async () => {
  const url = await postgres.createDatabase()
  const environment = { TIERBOOK_DATABASE_URL: url, TIERBOOK_POLL_MS: '60000' }
  const two = await startSampleServer({ environment })
  const killed = await startNode(environment)
  onTestFinished(() => killed.kill())
  const { id, ada, bob } = await meet({ ...two, port: killed.port }, two)
  await vi.waitFor(() => expect(seenBy(bob, ada)).toBe('Ada'), patient)
  await killed.kill()
  ada.provider.destroy()
  const { clock = 0 } = ada.provider.awareness.meta.get(ada.doc.clientID) ?? {}
  const back = await openStockClient(two, { id, actor: ada.actor, connect: false, role: 'owner' })
  back.provider.awareness.clientID = ada.doc.clientID
  back.provider.awareness.meta.set(ada.doc.clientID, { clock: clock + 1, lastUpdated: 0 })
  back.provider.connect()
  await back.synced()
  back.provider.awareness.setLocalState(person(ada, 'Ada is back'))
  await vi.waitFor(() => expect(seenBy(bob, ada)).toBe('Ada is back'), patient)
})

test('[AD6] nobody is here as another on another server either: by a state, by a client id, or by a hint', async () => {
  const { url, one, two } = await startTwo()
  const { id, ada, bob } = await meet(one, two)
  await vi.waitFor(() => expect(seenBy(bob, ada)).toBe('Ada'), patient)
  const mallory = await openStockClient(two, { id, role: 'viewer', connect: false })
  const { awareness } = mallory.provider
  awareness.clientID = ada.doc.clientID
  awareness.meta.set(ada.doc.clientID, { clock: 1_000, lastUpdated: 0 })
  mallory.provider.connect()
  await mallory.synced()
  awareness.setLocalState(person(mallory, 'Mallory as Ada'))
  awareness.setLocalState(null)
  // Under an id of her own, and with a name of her own only then.
  awareness.clientID = mallory.doc.clientID
  awareness.setLocalState(null)
  awareness.setLocalState(person(ada, 'Ada'))
  const own = () => bob.provider.awareness.getStates().get(mallory.doc.clientID)
  const hints = new Client({ connectionString: url })
  await hints.connect()
  onTestFinished(() => hints.end())
  const forged = [
    [mallory.doc.clientID + 1, 1, mallory.actor, JSON.stringify(person(ada, 'Ada'))],
    [ada.doc.clientID, 5_000, mallory.actor, 'null'],
  ]
  for (const text of [
    'nonsense',
    JSON.stringify({ node: 'forged', books: [{ book: id, states: forged }] }),
    JSON.stringify({ node: 'forged', stops: true }),
  ])
    await hints.query('SELECT pg_notify($1, $2)', ['tierbook_presence', text])
  awareness.setLocalState(person(mallory, 'Mallory'))
  await vi.waitFor(() => expect(own()).toMatchObject({ name: 'Mallory' }), patient)
  await vi.waitFor(() => expect(seenBy(ada, mallory)).toBe('Mallory'), patient)
  expect(seenBy(bob, ada)).toBe('Ada')
  expect(bob.provider.awareness.getStates().has(mallory.doc.clientID + 1)).toBe(false)
})

test('with hints cut everybody sees their own server’s people, edits go on, and nothing of presence is stored', async () => {
  const url = await postgres.createDatabase()
  const cutter = await openCutter(Number(new URL(url).port))
  onTestFinished(() => cutter.close())
  const hintsUrl = new URL(url)
  hintsUrl.port = String(cutter.port)
  const environment = {
    TIERBOOK_DATABASE_URL: url,
    TIERBOOK_HINTS_URL: hintsUrl.href,
    TIERBOOK_POLL_MS: '300',
  }
  const [one, two] = [await startSampleServer({ environment }), await startSampleServer({ environment })]
  cutter.cut()
  const { id, ada, bob } = await meet(one, two)
  const eve = await openStockClient(two, { id })
  eve.provider.awareness.setLocalState(person(eve, 'Eve'))
  await vi.waitFor(() => expect([seenBy(bob, eve), seenBy(eve, bob)]).toEqual(['Eve', 'Bob']), patient)
  await ada.book.addClient({ name: 'Acme' })
  await vi.waitFor(() => expect(bob.book.clients()).toHaveLength(1), patient)
  expect([seenBy(bob, ada), seenBy(ada, bob)]).toEqual([undefined, undefined])
  const seq = (await two.storage.book(id))?.seq
  cutter.join()
  // Asked and told as soon as the channel is there again, without a renewal.
  await vi.waitFor(
    () => expect([seenBy(bob, ada), seenBy(ada, bob), seenBy(ada, eve)]).toEqual(['Ada', 'Bob', 'Eve']),
    patient,
  )
  expect((await two.storage.book(id))?.seq).toBe(seq)
  expect((await verifyStore(two.storage, {})).findings).toEqual([])
})

test('three servers tell each thing once: what is heard is never told on', async () => {
  const { url, one, two } = await startTwo()
  const three = await startSampleServer({ environment: { TIERBOOK_DATABASE_URL: url, TIERBOOK_POLL_MS: '60000' } })
  const listener = new Client({ connectionString: url })
  await listener.connect()
  onTestFinished(() => listener.end())
  const { id, ada, bob } = await meet(one, two)
  const carol = await openStockClient(three, { id })
  carol.provider.awareness.setLocalState(person(carol, 'Carol'))
  const names = () =>
    [ada, bob, carol].map((client) => [ada, bob, carol].filter((other) => seenBy(client, other)).length)
  await vi.waitFor(() => expect(names()).toEqual([3, 3, 3]), patient)
  const told: string[] = []
  listener.on('notification', ({ payload }) => told.push(payload ?? ''))
  await listener.query('LISTEN tierbook_presence')
  ada.provider.awareness.setLocalState(person(ada, 'Ada moves'))
  await vi.waitFor(() => expect([seenBy(bob, ada), seenBy(carol, ada)]).toEqual(['Ada moves', 'Ada moves']), patient)
  // Bob's next state comes after whatever Ada's set off on his server.
  bob.provider.awareness.setLocalState(person(bob, 'Bob moves'))
  carol.provider.awareness.setLocalState(person(carol, 'Carol moves'))
  await vi.waitFor(() => expect([seenBy(ada, bob), seenBy(ada, carol)]).toEqual(['Bob moves', 'Carol moves']), patient)
  expect(told.filter((text) => text.includes('Ada moves'))).toHaveLength(1)
  for (const text of told) expect(Buffer.byteLength(text)).toBeLessThan(8_000)
})
