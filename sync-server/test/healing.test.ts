// SY5 from end to end: real books, the real server, yesterday's backup restored under them.
import { type Book, createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { makeBackup } from '../src/operate/backup.ts'
import { restoreBackup } from '../src/operate/restore.ts'
import { logOf, sampleFolder, startSampleServer } from './sample-server.ts'

const idsOf = (book: Book) => logOf(book.doc).map((text) => (JSON.parse(text) as { id: string }).id)
const namesOf = (book: Book) =>
  book
    .clients()
    .map(({ name }) => name)
    .sort()

test('[SY3] [SY5] [F30] after a restore every action comes back from the devices once, acknowledged before or not', async () => {
  const folder = join(sampleFolder(), 'data')
  const id = createId()
  let server = await startSampleServer({ environment: { TIERBOOK_DATA: folder } })
  const port = String(server.port)
  const open = async (name: string, role: 'owner' | 'editor') => {
    const actor = createId()
    const token = await server.accessToken({ book: id, actor, role })
    const book = await openBook({
      id,
      author: { id: actor, name },
      storage: memory(),
      sync: webSocket({ url: `ws://127.0.0.1:${port}/sync`, token, maxPauseMs: 50 }),
      ...(role === 'owner' ? { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } } : {}),
    })
    onTestFinished(() => book.close())
    return book
  }
  const ada = await open('Ada', 'owner')
  await ada.addClient({ name: 'Before', tier: 'starter' })
  await ada.flush()
  const bob = await open('Bob', 'editor')
  await vi.waitFor(() => expect(namesOf(bob)).toEqual(['Before']))
  await bob.addClient({ name: 'Before, by Bob' })
  await bob.flush()
  const backup = await makeBackup({
    place: { dataFolder: folder },
    target: join(sampleFolder(), 'backup'),
    version: 'test',
    now: Date.now,
  })
  await ada.addClient({ name: 'After the backup', tier: 'enterprise' })
  await ada.flush()
  await bob.addClient({ name: 'After, by Bob' })
  await bob.flush()
  await vi.waitFor(() => expect(namesOf(ada)).toHaveLength(4))
  await server.close()
  await ada.addClient({ name: 'Never sent' })
  await bob.addClient({ name: 'Never sent, by Bob' })

  await restoreBackup({ backup: backup.folder, dataFolder: folder, now: Date.now })
  server = await startSampleServer({ environment: { TIERBOOK_DATA: folder, PORT: port } })
  const all = ['After the backup', 'After, by Bob', 'Before', 'Before, by Bob', 'Never sent', 'Never sent, by Bob']
  for (const book of [ada, bob]) {
    await vi.waitFor(() => expect(namesOf(book)).toEqual(all), { timeout: 20_000, interval: 50 })
    await vi.waitFor(() => expect(book.status).toMatchObject({ sync: 'online', unsent: 0 }), { timeout: 20_000 })
  }
  expect([...idsOf(ada)].sort()).toEqual([...idsOf(bob)].sort())
  const changes = (book: Book) =>
    book
      .changes()
      .slice(0, 100)
      .map((change) => change.id)
  expect(changes(ada)).toEqual(changes(bob))
})
