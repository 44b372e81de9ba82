// A device whose key is gone while its id is kept elsewhere, as the app keeps it (LG6): it goes on as another device, and nobody's log looks forged.
import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { expect, test } from 'vitest'
import { exportAudit, logContents, verifyLog } from '../src/audit.ts'
import type { Book } from '../src/book.ts'
import { hashText } from '../src/log/hash-text.ts'
import { messageOf, withSignature } from '../src/log/signed-text.ts'
import { makeSigner, type Signer } from '../src/opening/device-key.ts'
import { type Action, schemaVersion } from '../src/schema/action.ts'
import { actionToText } from '../src/schema/action-text.ts'
import { createId } from '../src/schema/ids.ts'
import { deleteBook, indexedDb } from '../src/storage/indexeddb.ts'
import { memory } from '../src/storage/memory.ts'
import type { BookStorage, StorageHandle } from '../src/storage/storage.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, delivering, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'
import { verifyAudit } from '../verifier/verify-audit.mjs'

/** This browser profile: who it is stands elsewhere than its books. */
const profile = () => ({ author: authorNamed('Ada'), device: createId() })

/** A book on a server, in which this device made a client. */
async function bookOnServer(me: ReturnType<typeof profile>, storage: BookStorage = memory()) {
  const hub = createHub()
  const first = await openForTest({ ...me, storage, sync: hub.link().sync })
  hub.deliverAll()
  await done(first.addClient({ name: 'Acme' }))
  hub.deliverAll()
  /** The same profile, where nothing of the book was kept. */
  const join = () => openForTest({ ...me, id: first.id, sync: hub.link().sync })
  return { hub, first, join }
}

const actionsOf = (book: Book) => (logContents(book).elements as string[]).map((text) => JSON.parse(text) as Action)

/** Nothing is wrong with the log, and a signature vouches for all of it, as both verifiers find; gives the devices that signed. */
async function expectVouched(book: Book): Promise<readonly string[]> {
  const { problems, vouched, actions, keys } = await verifyLog(book)
  expect({ problems, vouched }).toEqual({ problems: [], vouched: actions })
  expect(verifyAudit(Buffer.from([...exportAudit(book)].join(''))).problems).toEqual([])
  return keys.map(({ device }) => device)
}

test('[LG6] [F7] a book that was removed from a device and joined again', async () => {
  const me = profile()
  const { hub, first } = await bookOnServer(me, indexedDb())
  await first.flush()
  await first.close()
  await deleteBook(first.id)
  const again = await openForTest({ ...me, id: first.id, storage: indexedDb(), sync: hub.link().sync })
  hub.deliverAll()
  await done(again.addClient({ name: 'Bolt' }))
  const devices = await expectVouched(again)
  expect(devices).toHaveLength(2)
  expect(devices[0]).toBe(me.device)
  await again.close()
  // And stays that one.
  const third = await openForTest({ ...me, id: first.id, storage: indexedDb() })
  await done(third.addClient({ name: 'Cork' }))
  expect(await expectVouched(third)).toEqual(devices)
  await third.close()
})

test('[LG6] a book that was joined again and is edited before the log has come', async () => {
  const { hub, join } = await bookOnServer(profile())
  const again = await join()
  expect(again.status.loaded).toBe(false)
  await done(again.addClient({ name: 'Bolt' }))
  hub.deliverAll()
  await done(again.addClient({ name: 'Cork' }))
  expect(actionsOf(again)).toHaveLength(3)
  expect(await expectVouched(again)).toHaveLength(2)
})

test('[LG6] [F4] a book that another tab deleted, kept on this device, and opened again', async () => {
  const me = profile()
  const book = await openForTest({ ...me, storage: indexedDb() })
  await done(book.addClient({ name: 'Acme' }))
  await book.flush()
  const isRemoved = new Promise<void>((resolve) => {
    book.subscribe(() => {
      if (book.status.storageFault === 'removed') resolve()
    })
  })
  await deleteBook(book.id)
  await isRemoved
  await book.storeAgain()
  await done(book.addClient({ name: 'Bolt' }))
  await book.flush()
  await book.close()
  const again = await openForTest({ ...me, id: book.id, storage: indexedDb() })
  await done(again.addClient({ name: 'Cork' }))
  expect(actionsOf(again)).toHaveLength(3)
  expect(await expectVouched(again)).toHaveLength(2)
  await again.close()
})

test('[LG6] [KD2] a key that is not as it was written', async () => {
  const me = profile()
  const book = await openForTest({ ...me, storage: indexedDb() })
  await done(book.addClient({ name: 'Acme' }))
  await book.flush()
  await book.close()
  const db = await openDB(`tierbook-journal:${book.id}`)
  await db.put('marks', { kept: 'no key', keptSum: 0 }, 'device-key')
  db.close()
  const again = await openForTest({ ...me, id: book.id, storage: indexedDb() })
  await done(again.addClient({ name: 'Bolt' }))
  expect(await expectVouched(again)).toHaveLength(2)
  expect((await again.setAside()).map(({ reason }) => reason)).toEqual([
    'marks device-key: not as it was written: its checksum says so',
  ])
  await again.close()
})

test('[LG6] two tabs without the key become one other device', async () => {
  const me = profile()
  const { hub, first } = await bookOnServer(me)
  const storage = memory()
  const tabs = [
    await openForTest({ ...me, id: first.id, storage, sync: hub.link().sync }),
    await openForTest({ ...me, id: first.id, storage, sync: hub.link().sync }),
  ]
  hub.deliverAll()
  await Promise.all(tabs.map((tab) => done(tab.addClient({ name: 'Bolt' }))))
  hub.deliverAll()
  expect(await expectVouched(first)).toHaveLength(2)
})

test('[LG6] an opening that does not sign, after ones that did, takes nothing of their word', async () => {
  const options = { ...profile(), id: createId(), storage: memory() }
  for (const signed of [true, false, true]) {
    const book = await openForTest({ ...options, signed })
    await done(book.addClient({ name: 'Acme' }))
    await book.close()
  }
  const book = await openForTest(options)
  expect(await verifyLog(book)).toMatchObject({ actions: 3, vouched: 2, unsigned: 1, problems: [] })
  expect(actionsOf(book).map(({ device }) => device === options.device)).toEqual([true, false, true])
})

test('[LG6] who signs out a device signs out what took its place, too', async () => {
  const me = profile()
  const { hub, first, join } = await bookOnServer(me)
  const joined = await join()
  hub.deliverAll()
  await done(joined.addClient({ name: 'Bolt' }))
  hub.deliverAll()
  const phone = await openForTest({ id: first.id, author: me.author, sync: hub.link().sync })
  hub.deliverAll()
  // The server knows the one id that the browser profile has.
  await delivering(hub, phone.revokeDevices({ actor: me.author.id, device: me.device }))
  const devices = [...new Set(actionsOf(phone).map(({ device }) => device))].slice(0, 2)
  expect(phone.revokedDevices().map(({ device }) => device)).toEqual(devices)
  await expectVouched(phone)
})

test('[LG6] a log of an earlier version, in which a device had said two keys, gets no further flaws', async () => {
  const me = profile()
  const { id, texts, storage } = await bookWithTwoKeys(me)
  const before = await verifyLog({ book: id, elements: texts })
  expect(before.problems.map(({ kind }) => kind).toSorted()).toEqual(['another-key', 'bad-signature'])
  const book = await openForTest({ ...me, id, storage })
  await done(book.addClient({ name: 'Acme' }))
  await book.close()
  const again = await openForTest({ ...me, id, storage })
  await done(again.addClient({ name: 'Bolt' }))
  const found = await verifyLog(again)
  expect(found.problems).toEqual(before.problems)
  expect(found).toMatchObject({ actions: 4, vouched: 3 })
})

/** Written as earlier versions did: the device that made a key anew said it under the id that had said another. The second key is the one it keeps. */
async function bookWithTwoKeys({ author, device }: ReturnType<typeof profile>) {
  const id = createId()
  const storage = memory()
  const texts: string[] = []
  await inStorage(id, storage, async ({ marks, doc }) => {
    for (const session of ['AAAAAAAAAAA', 'BBBBBBBBBBB']) {
      const { publicKey, sign } = (await makeSigner(marks)) as Signer
      const text = actionToText({
        ...{
          v: schemaVersion,
          id: `${session}.0`,
          n: texts.length + 1,
          at: testNoon,
          by: author.id,
          device,
          prev: null,
        },
        entries: [{ kind: 'device.added', subject: device, actorName: author.name, publicKey }],
      })
      texts.push(withSignature(text, await sign(messageOf(id, text))))
    }
    doc.getArray('log').insert(0, texts)
  })
  expect(new Set(texts.map(hashText)).size).toBe(2)
  return { id, texts, storage }
}

async function inStorage(
  book: string,
  storage: BookStorage,
  work: (opened: Pick<StorageHandle, 'marks'> & { doc: Book['doc'] }) => Promise<void>,
): Promise<void> {
  const { Doc } = await import('yjs')
  const doc = new Doc()
  const handle = await storage.open({ book, doc, onProblem() {} })
  await work({ marks: handle.marks, doc })
  await handle.close()
}
