// How safe an acknowledgement is, as devices are told: on the primary, or on a synchronous standby too.
import { createId } from '@tierbook/core'
import { beforeAll, afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { openPostgresStorage } from '../../src/storage/postgres/storage.ts'
import { startSampleServer } from '../sample-server.ts'
import { openDevice, patient } from './open-device.ts'
import { type SamplePostgres, startPostgres } from './sample-postgres.ts'
import { startStandby } from './sample-standby.ts'

let postgres: SamplePostgres
let url: string
beforeAll(async () => {
  postgres = await startPostgres()
  url = await postgres.createDatabase()
})
afterAll(() => postgres.close())

async function configure(settings: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) await postgres.run(url, `ALTER SYSTEM SET ${name} = '${value}'`)
  await postgres.run(url, 'SELECT pg_reload_conf()')
}

test('[SY1] replicated is said while commits wait for a synchronous standby to apply them, and not otherwise', async () => {
  const server = await startSampleServer({ environment: { TIERBOOK_DATABASE_URL: url } })
  const id = createId()
  const ada = await openDevice(server, id, { create: true })
  await ada.flush()
  expect([ada.status.replicated, server.storage.durability]).toEqual([false, 'stored'])

  // Asked for, and nobody to wait for.
  await configure({ synchronous_commit: 'remote_apply' })
  const becomes = async (replicated: boolean) =>
    vi.waitFor(async () => {
      // A session takes new settings up between two statements.
      await ada.addClient({ name: 'One more' })
      await ada.flush()
      expect(ada.status.replicated).toBe(replicated)
    }, patient)
  await becomes(false)

  const standby = await startStandby(postgres, url)
  onTestFinished(() => standby.close())
  await configure({ synchronous_standby_names: '*' })
  await becomes(true)
  expect(server.storage.durability).toBe('replicated')
  // Who comes is told before they write anything.
  const bob = await openDevice(server, id)
  await vi.waitFor(() => expect(bob.status.replicated).toBe(true), patient)
  // A server that starts finds out by itself.
  const second = await startSampleServer({ environment: { TIERBOOK_DATABASE_URL: url } })
  const eve = await openDevice(second, id)
  await vi.waitFor(() => expect(eve.status.replicated).toBe(true), patient)
  // It means what it says: the standby has the rows.
  const applied = await openPostgresStorage({ url: url.replace(/:\d+\//, `:${standby.port}/`), readOnly: true })
  onTestFinished(() => applied.close())
  expect((await applied.book(id))?.seq).toBe((await server.storage.book(id))?.seq)

  // Written to the standby's disk, which is less.
  await configure({ synchronous_commit: 'on' })
  await becomes(false)
})
