// SY3 and SY5 with ten devices: the server's data is gone, or yesterday's, while they hold edits that were sent and edits that were not.
import { type Book, createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { makeBackup } from '../src/operate/backup.ts'
import { restoreBackup } from '../src/operate/restore.ts'
import { logOf, sampleFolder, startSampleServer } from './sample-server.ts'

const deviceCount = 10
const patience = { timeout: 50_000, interval: 50 }

interface Device {
  readonly actor: string
  readonly storage: ReturnType<typeof memory>
  readonly wasAway: boolean
  book: Book
}

/** Ten devices of four people on one book, some of which are away when it happens, and a server on a folder. */
async function tenDevices() {
  const folder = join(sampleFolder(), 'data')
  const id = createId()
  let server = await startSampleServer({ environment: { TIERBOOK_DATA: folder } })
  const port = String(server.port)
  // Whoever was signed in with the old server's key is let in again when there is somebody who lets them in.
  let mayEnter = Promise.resolve()
  const people = Array.from({ length: 4 }, createId)
  const open = async (place: number, { storage = memory(), isAway = false } = {}) => {
    const actor = people[place % people.length] as string
    const role = actor === people[0] ? ('owner' as const) : ('editor' as const)
    const token = async () => {
      if (place > 0) await mayEnter
      return server.accessToken({ book: id, actor, role })
    }
    const book = await openBook({
      id,
      author: { id: actor, name: `Person ${place % people.length}` },
      storage,
      ...(isAway ? {} : { sync: webSocket({ url: `ws://127.0.0.1:${port}/sync`, token, maxPauseMs: 50 }) }),
      ...(place === 0 ? { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } } : {}),
    })
    onTestFinished(() => book.close())
    return { actor, storage, book }
  }
  const devices: Device[] = []
  for (let place = 0; place < deviceCount; place++) {
    devices.push({ ...(await open(place)), wasAway: place % 3 === 2 })
    await vi.waitFor(() => expect(devices[place]?.book.status).toMatchObject({ sync: 'online', unsent: 0 }), patience)
  }
  const editAll = async (name: string) => {
    for (const [place, { book }] of devices.entries()) {
      const added = await book.addClient({ name: `${name}, device ${place}`, tier: 'starter' })
      if (!added.ok) throw new Error(added.error.message)
      await book.assignTier({ client: added.value.id, tier: 'enterprise' })
    }
  }
  return {
    folder,
    devices,
    editAll,
    async allAgree() {
      for (const { book } of devices) {
        await vi.waitFor(() => expect(book.status).toMatchObject({ sync: 'online', unsent: 0 }), patience)
        await vi.waitFor(() => expect(idsOf(book)).toHaveLength(idsOf(devices[0]?.book as Book).length), patience)
      }
    },
    /** The server ends, `happens` to its folder, everybody edits meanwhile, and a server starts on what is there. */
    async disaster(happens: () => Promise<void>) {
      for (const [place, device] of devices.entries()) {
        if (!device.wasAway) continue
        await device.book.close()
        device.book = (await open(place, { storage: device.storage, isAway: true })).book
      }
      await editAwake()
      await server.close()
      await editAll('Never sent')
      const made = new Set(devices.flatMap(({ book }) => idsOf(book)))
      await happens()
      let letIn: () => void = () => {}
      mayEnter = new Promise((resolve) => (letIn = resolve))
      server = await startSampleServer({ environment: { TIERBOOK_DATA: folder, PORT: port } })
      const [owner] = devices as [Device]
      await vi.waitFor(() => expect(owner.book.status).toMatchObject({ sync: 'online', unsent: 0 }), patience)
      letIn()
      for (const [place, device] of devices.entries()) {
        if (!device.wasAway) continue
        await device.book.close()
        device.book = (await open(place, { storage: device.storage })).book
      }
      return made
    },
  }

  /** What those who are there write while others are away: known to the server, not to them. */
  async function editAwake() {
    const awake = devices.filter(({ wasAway }) => !wasAway)
    for (const [place, { book }] of awake.entries()) await book.addClient({ name: `While away ${place}` })
    for (const { book } of awake) await vi.waitFor(() => expect(book.status.unsent).toBe(0), patience)
  }
}

const idsOf = (book: Book) => logOf(book.doc).map((text) => (JSON.parse(text) as { id: string }).id)

/** What people see as the order: the changes, newest first. */
const orderOf = (book: Book) =>
  book
    .changes()
    .slice(0, 1_000)
    .map((change) => change.id)

const rowsOf = (book: Book) =>
  book
    .clients()
    .map(({ id, name, tier }) => ({ id, name, tier }))
    .sort((a, b) => a.id.localeCompare(b.id))

async function expectHealed(book: Awaited<ReturnType<typeof tenDevices>>, made: Set<string>, orderBefore: string[]) {
  await book.allAgree()
  const [first] = book.devices as [Device]
  await vi.waitFor(() => expect(new Set(idsOf(first.book))).toEqual(made), patience)
  await book.allAgree()
  for (const device of book.devices) {
    const ids = idsOf(device.book)
    expect(ids).toHaveLength(made.size)
    expect(new Set(ids)).toEqual(made)
    expect(orderOf(device.book)).toEqual(orderOf(first.book))
    expect(rowsOf(device.book)).toEqual(rowsOf(first.book))
    const known = new Set(orderBefore)
    expect(orderOf(device.book).filter((id) => known.has(id))).toEqual(orderBefore)
  }
  const moved = rowsOf(first.book).filter(({ name }) => name.startsWith('Sent') || name.startsWith('Never sent'))
  expect(moved.every(({ tier }) => tier === 'enterprise')).toBe(true)
}

test('[SY3] [SY5] the data folder is deleted under ten devices: every action comes back once, in the same order', async () => {
  const ten = await tenDevices()
  await ten.editAll('Sent')
  await ten.allAgree()
  const order = orderOf(ten.devices[0]?.book as Book)
  const made = await ten.disaster(async () => rmSync(ten.folder, { recursive: true }))
  await expectHealed(ten, made, order)
}, 180_000)

test('[SY3] [SY5] [F30] yesterday’s backup is restored under ten devices: every action comes back once, in the same order', async () => {
  const ten = await tenDevices()
  await ten.editAll('Sent before')
  await ten.allAgree()
  const target = join(sampleFolder(), 'backup')
  const backup = await makeBackup({ place: { dataFolder: ten.folder }, target, version: 'test', now: Date.now })
  await ten.editAll('Sent after')
  await ten.allAgree()
  const order = orderOf(ten.devices[0]?.book as Book)
  const made = await ten.disaster(async () => {
    await restoreBackup({ backup: backup.folder, dataFolder: ten.folder, now: Date.now })
  })
  await expectHealed(ten, made, order)
}, 180_000)
