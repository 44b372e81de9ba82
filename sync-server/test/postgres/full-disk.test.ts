// The database's disk is really full: a file system of a few megabytes, which only root can make. Where that cannot be, `primary-lost.test.ts` gives the same error by a trigger.
import { createId } from '@tierbook/core'
import { chownSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { verifyStore } from '../../src/operate/verify-store.ts'
import { logOf, startSampleServer } from '../sample-server.ts'
import { mountSmallDisk } from '../small-disk.ts'
import { openDevice, patient, ready } from './open-device.ts'
import { startPostgres, unprivilegedUser } from './sample-postgres.ts'
import { toldTexts } from './told.ts'

test('[SY1] the disk is really full under two nodes: nothing acknowledged is lost, they say so, and go on once there is room', async ({
  skip,
}) => {
  const disk = mountSmallDisk(4 * 1024)
  if (!disk) return skip()
  onTestFinished(disk.close)
  const owner = unprivilegedUser()
  if (owner) chownSync(disk.folder, owner.uid, owner.gid)
  const postgres = await startPostgres()
  onTestFinished(() => postgres.close())
  const url = await postgres.createDatabase()
  await postgres.run(url, `CREATE TABLESPACE small LOCATION '${disk.folder}'`)
  const first = await startSampleServer({ environment: { TIERBOOK_DATABASE_URL: url } })
  // The log of the database stays where there is room: without it a server of PostgreSQL ends instead.
  for (const table of ['updates', 'snapshots', 'snapshot_parts', 'bindings', 'checks'])
    await postgres.run(url, `ALTER TABLE tierbook_${table} SET TABLESPACE small`)
  const second = await startSampleServer({ environment: { TIERBOOK_DATABASE_URL: url, TIERBOOK_POLL_MS: '300' } })
  const id = createId()
  const ada = await openDevice(first, id, { create: true })
  await ada.flush()
  const bob = await openDevice(second, id)
  await vi.waitFor(() => expect(bob.settings().created).toBe(true), patient)

  let made = 0
  // Twice: after the first time, what a check wrote has room in a page of its own.
  for (const larger of [12, 400]) {
    while ((await ready(first)) === 200) {
      if (made > 50_000) throw new Error('the disk did not become full')
      for (let i = 0; i < 50; i++) await ada.addClient({ name: `Client ${++made}`, note: longNote() })
      // Stored, or refused: then what is not sent stays.
      await Promise.race([ada.flush(), new Promise((resolve) => setTimeout(resolve, 500))])
    }
    // It stays so, however often it is asked, while nothing can be stored.
    for (let i = 0; i < 5; i++) {
      const reply = await fetch(`http://127.0.0.1:${first.port}/readyz`)
      expect([reply.status, await reply.text()]).toEqual([503, expect.stringMatching(/No space left on device/)])
    }
    expect(ada.status.unsent).toBeGreaterThan(0)
    await vi.waitFor(() => expect(ada.status.savingPaused).toBe(true), patient)
    const told = [ada, bob].flatMap((book) => toldTexts(book, book.author.id))
    const doc = new Y.Doc()
    for await (const { bytes } of second.storage.updates(id)) Y.applyUpdate(doc, bytes)
    const stored = new Set(logOf(doc))
    expect(told.filter((text) => !stored.has(text))).toEqual([])

    disk.grow(larger * 1024)
    await Promise.all([ada.flush(), bob.flush()])
    await vi.waitFor(() => expect(bob.clients()).toHaveLength(made), patient)
    expect(logOf(ada.doc)).toEqual(logOf(bob.doc))
  }
  expect((await verifyStore(second.storage, {})).findings).toEqual([])
  for (const node of [first, second]) await vi.waitFor(async () => expect(await ready(node)).toBe(200), patient)
})

/** Text that does not compress, so that a few hundred clients fill the disk. */
function longNote(): string {
  return Array.from({ length: 180 }, () => createId()).join('')
}
