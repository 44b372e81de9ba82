// Work of a revoked device that whoever revoked it had not seen (LG6): what was under way counts, and what waited on the device once that is let in again.
import { expect, test } from 'vitest'
import { exportAudit, logContents, verifyLog } from '../src/audit.ts'
import type { Book } from '../src/book.ts'
import type { Action } from '../src/schema/action.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, delivering, done, openForTest } from '../src/testing/open-for-test.ts'
import { verifyAudit } from '../verifier/verify-audit.mjs'

const read = (text: string) => JSON.parse(text) as Action

/** A phone that revoked its person's laptop, which wrote one client that the phone had seen and one that it had not. */
async function bookWithUnseenWork() {
  const hub = createHub()
  const author = authorNamed('Ben')
  const storage = memory()
  const link = hub.link()
  const laptop = await openForTest({ author, storage, sync: link.sync })
  await done(laptop.addClient({ name: 'Acme', tier: 'starter' }))
  hub.deliverAll()
  const phone = await openForTest({ id: laptop.id, author, sync: hub.link().sync })
  hub.deliverAll()
  link.disconnect()
  await done(laptop.addClient({ name: 'Bolt', tier: 'starter' }))
  await delivering(hub, phone.revokeDevices({ actor: author.id, device: laptop.device }))
  return { hub, author, storage, link, laptop, phone }
}

const verifierOf = (book: Book) => verifyAudit(Buffer.from([...exportAudit(book)].join(''))).problems

test('[LG6] what the server had of a device when it was signed out is named by its revocation, though nobody had seen it', async () => {
  const hub = createHub()
  const [ada, ben] = [hub.link(), hub.link()]
  // Without a signature, which another thread makes, nothing here takes longer than some turns.
  const owner = await openForTest({ author: authorNamed('Ada'), sync: ada.sync, signed: false })
  await done(owner.addClient({ name: 'Acme' }))
  const author = authorNamed('Ben')
  const device = await openForTest({ id: owner.id, author, sync: ben.sync })
  hub.deliverAll()
  await done(device.addClient({ name: 'Bolt' }))
  ben.deliver(1)
  expect(owner.clients()).toHaveLength(1)
  const revoking = owner.revokeDevices({ actor: author.id, device: device.device })
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(owner.revokedDevices(), 'it waits for the server').toEqual([])
  await delivering(hub, revoking)
  const actions = (logContents(owner).elements as string[]).map(read)
  const [revocation] = actions.flatMap(({ entries }) => entries).filter(({ kind }) => kind === 'device.revoked')
  expect(Object.keys(revocation?.['heads'] as object)).toEqual([actions.find(({ by }) => by === author.id)?.id])
})

test('[LG6] work that its device had not sent when it was revoked is named, by both verifiers', async () => {
  const { hub, author, link, laptop, phone } = await bookWithUnseenWork()
  expect(phone.revokedDevices()).toEqual([{ actor: author.id, device: laptop.device }])
  link.connect()
  hub.deliverAll()
  const { problems } = await verifyLog(phone)
  expect(problems.map(({ kind }) => kind)).toEqual(['after-revocation'])
  expect(verifierOf(phone)).toEqual([`action ${problems[0]?.action}: is of a device that was revoked before`])
})

test('[LG6] without a connection a device is revoked with what is here', async () => {
  const hub = createHub()
  const link = hub.link()
  const author = authorNamed('Ben')
  const laptop = await openForTest({ author, sync: hub.link().sync })
  await done(laptop.addClient({ name: 'Acme' }))
  const phone = await openForTest({ id: laptop.id, author, sync: link.sync })
  hub.deliverAll()
  link.disconnect()
  await done(phone.revokeDevices({ actor: author.id, device: laptop.device }))
  expect(await verifyLog(phone)).toMatchObject({ actions: 2, vouched: 2, revoked: 1, problems: [] })
})

test('[LG6] honest work of a device that was revoked meanwhile counts once it is let in again and writes as another one', async () => {
  const { hub, author, storage, laptop, phone } = await bookWithUnseenWork()
  await laptop.close()
  const again = await openForTest({ id: laptop.id, author, storage, sync: hub.link().sync })
  hub.deliverAll()
  expect((await verifyLog(phone)).problems).toHaveLength(1)
  await done(again.addClient({ name: 'Cork' }))
  hub.deliverAll()
  expect(await verifyLog(phone)).toMatchObject({ actions: 4, vouched: 4, revoked: 1, problems: [] })
  expect(verifierOf(phone)).toEqual([])
  // And when that one is revoked in turn, and comes back as a third.
  await delivering(hub, phone.revokeDevices({ actor: author.id, device: lastDevice(again) }))
  hub.deliverAll()
  await done(again.addClient({ name: 'Dyer' }))
  hub.deliverAll()
  expect(await verifyLog(phone)).toMatchObject({ actions: 6, vouched: 6, revoked: 2, problems: [] })
  expect(verifierOf(phone)).toEqual([])
})

test('[LG6] who takes the place of a revoked device names its last work: cut out together with the revocation, it is missed by both verifiers', async () => {
  const { hub, author, storage, laptop, phone } = await bookWithUnseenWork()
  const mine = laptop.device
  await laptop.close()
  const again = await openForTest({ id: laptop.id, author, storage, sync: hub.link().sync })
  hub.deliverAll()
  await done(again.addClient({ name: 'Cork' }))
  hub.deliverAll()
  const elements = logContents(phone).elements as string[]
  const unseen = elements.map(read).filter(({ device }) => device === mine)[1]?.id
  const cut = elements.filter((text) => {
    const { id, entries } = read(text)
    return id !== unseen && !entries.some(({ kind }) => kind === 'device.revoked')
  })
  expect(cut).toHaveLength(elements.length - 2)
  const log = { book: phone.id, elements: cut }
  expect((await verifyLog(log)).problems).toEqual([{ kind: 'missing', action: unseen }])
  expect(verifyAudit(Buffer.from([...exportAudit(log)].join(''))).problems).toEqual([
    `action ${unseen}: is missing, or not as at a revocation`,
  ])
})

test('[LG6] a device that hears of its revocation while the book is open goes on as another one', async () => {
  const { hub, link, laptop, phone } = await bookWithUnseenWork()
  link.connect()
  hub.deliverAll()
  await done(laptop.addClient({ name: 'Cork' }))
  hub.deliverAll()
  expect(lastDevice(laptop)).not.toBe(laptop.device)
  expect(await verifyLog(phone)).toMatchObject({ actions: 4, vouched: 4, problems: [] })
})

test('[LG6] two tabs that hear of it at once become one other device', async () => {
  const { hub, author, storage, link, laptop, phone } = await bookWithUnseenWork()
  const tab = await openForTest({ id: laptop.id, author, storage, sync: hub.link().sync })
  link.connect()
  hub.deliverAll()
  await Promise.all([done(laptop.addClient({ name: 'Cork' })), done(tab.addClient({ name: 'Dyer' }))])
  expect(lastDevice(laptop)).not.toBe(laptop.device)
  expect(lastDevice(tab)).toBe(lastDevice(laptop))
  hub.deliverAll()
  expect(await verifyLog(phone)).toMatchObject({ actions: 5, vouched: 5, problems: [] })
})

/** Who wrote the last action. */
function lastDevice(book: Book): string {
  const last = book.changes().slice(0, 1)[0]?.action
  return (logContents(book).elements as string[]).map(read).find(({ id }) => id === last)?.device ?? ''
}
