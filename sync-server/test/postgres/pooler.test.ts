// Servers whose database is behind PgBouncer in transaction mode: nothing they do needs a connection of its own but hints, which polling replaces.
import { createId } from '@tierbook/core'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { verifyStore } from '../../src/operate/verify-store.ts'
import { logOf, startSampleServer } from '../sample-server.ts'
import { openDevice, patient, ready } from './open-device.ts'
import { hasPooler, startPooler } from './sample-pooler.ts'
import { type SamplePostgres, startPostgres } from './sample-postgres.ts'

const there = hasPooler()
if (!there) console.warn('No PgBouncer was found (Debian: apt-get install pgbouncer): its tests are left out.')

let postgres: SamplePostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

/** Two nodes behind a pooler with two connections for both, and a book that is open on each. */
async function behindPooler(environment: (direct: string) => Record<string, string>) {
  const direct = await postgres.createDatabase()
  const pooler = await startPooler(direct, { connections: 2 })
  onTestFinished(() => pooler.close())
  const settings = { environment: { TIERBOOK_DATABASE_URL: pooler.url, ...environment(direct) } }
  const nodes = [await startSampleServer(settings), await startSampleServer(settings)] as const
  const id = createId()
  const ada = await openDevice(nodes[0], id, { create: true })
  await ada.flush()
  const bob = await openDevice(nodes[1], id)
  await vi.waitFor(() => expect(bob.settings().created).toBe(true), patient)
  return { nodes, ada, bob, pooler, direct }
}

test.skipIf(!there)(
  '[SY1] behind PgBouncer two nodes store every edit, with two connections for both, and hear of each other by polling',
  async () => {
    const { nodes, ada, bob } = await behindPooler(() => ({ TIERBOOK_POLL_MS: '300' }))
    for (let i = 0; i < 50; i++) {
      await Promise.all([ada.addClient({ name: `A ${i}` }), bob.addClient({ name: `B ${i}` })])
    }
    await Promise.all([ada.flush(), bob.flush()])
    for (const book of [ada, bob]) await vi.waitFor(() => expect(book.clients()).toHaveLength(100), patient)
    expect(logOf(ada.doc)).toEqual(logOf(bob.doc))
    expect((await verifyStore(nodes[0].storage, {})).findings).toEqual([])
  },
)

test.skipIf(!there)(
  '[F28] with the database itself named for hints, edits come through PgBouncer at once, without a poll',
  async () => {
    const { ada, bob } = await behindPooler((direct) => ({ TIERBOOK_HINTS_URL: direct, TIERBOOK_POLL_MS: '60000' }))
    await ada.addClient({ name: 'Acme' })
    await vi.waitFor(() => expect(bob.clients()).toHaveLength(1), { timeout: 10_000, interval: 20 })
  },
)

test.skipIf(!there)(
  '[F20] when PgBouncer ends, nothing acknowledged is lost, and all goes on behind another one',
  async () => {
    const { nodes, ada, bob, pooler, direct } = await behindPooler(() => ({ TIERBOOK_POLL_MS: '300' }))
    await ada.addClient({ name: 'Before' })
    await ada.flush()
    await pooler.close()
    await ada.addClient({ name: 'Meanwhile' })
    await vi.waitFor(async () => expect(await ready(nodes[0])).toBe(503), patient)
    expect(ada.status.unsent).toBeGreaterThan(0)
    const again = await startPooler(direct, { connections: 2, port: Number(new URL(pooler.url).port) })
    onTestFinished(() => again.close())
    await vi.waitFor(() => expect(bob.clients().map(({ name }) => name)).toEqual(['Before', 'Meanwhile']), patient)
    await vi.waitFor(async () => expect(await ready(nodes[0])).toBe(200), patient)
  },
)
