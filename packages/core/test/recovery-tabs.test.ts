// A recovery (SY3) in one of two tabs, where the other hears of nothing: its messages come when the test lets them.
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import type { Book, BookStatus } from '../src/book.ts'
import { closeCode } from '../src/protocol.ts'
import { createId } from '../src/schema/ids.ts'
import { deleteBook, indexedDb } from '../src/storage/indexeddb.ts'
import type { BookStorage, StorageHandle } from '../src/storage/storage.ts'
import { createHub, type Hub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'
import { settle } from './settle.ts'
import { replaceTabChannels, type TabChannels } from './model/tab-channels.ts'

let channels: TabChannels
beforeEach(() => (channels = replaceTabChannels()))
afterEach(() => channels.restore())

const names = (book: Book) => book.clients().map((row) => row.name)

function openHub(): Hub {
  return createHub({
    admit: (update) =>
      new TextDecoder().decode(update).includes('Forbidden')
        ? { closeCode: closeCode.refused, reason: 'invalid-action: Forbidden' }
        : null,
  })
}

test('[SY3] what another tab saved and never passed on is sent by the tab that recovers, before its journal goes', async () => {
  const hub = openHub()
  const [id, author, storage] = [createId(), authorNamed('Ada'), indexedDb()]
  const recovering = await openForTest({ id, author, storage, sync: hub.link().sync })
  const offline = hub.link()
  offline.disconnect()
  const unheard = await openForTest({ id, author, storage, sync: offline.sync })
  hub.deliverAll()
  await done(unheard.addClient({ name: 'Unheard' }))
  await settle(hub, unheard, ({ storage: stored }) => stored === 'saved')
  await done(recovering.addClient({ name: 'Forbidden' }))
  await settle(hub, recovering, ({ recovery, sync }) => recovery?.phase === 'done' && sync === 'online')
  // The tab is gone before it hears that another document is in place.
  await unheard.close()
  expect(names(recovering)).toEqual(['Unheard'])
  const texts = hub.doc.getArray<string>('log').toArray()
  expect(texts.filter((text) => text.includes('client.added'))).toHaveLength(1)
  await recovering.close()
})

test('[SY3] [KD1] what a tab saves into a document that another tab has replaced is there at the next opening, and is sent', async () => {
  const hub = openHub()
  const [id, author, storage] = [createId(), authorNamed('Ada'), indexedDb()]
  const recovering = await openForTest({ id, author, storage, sync: hub.link().sync })
  const offline = hub.link()
  offline.disconnect()
  const unheard = await openForTest({ id, author, storage, sync: offline.sync })
  hub.deliverAll()
  await done(unheard.addClient({ name: 'Before' }))
  await done(recovering.addClient({ name: 'Forbidden' }))
  const isDeclared = () =>
    hub.doc
      .getArray<string>('log')
      .toArray()
      .some((text) => text.includes('action.withdrawn'))
  await settle(hub, recovering, ({ recovery, sync }) => recovery?.phase === 'done' && sync === 'online' && isDeclared())
  await recovering.close()
  // It builds on what is in no document any more.
  await done(unheard.addClient({ name: 'Late' }))
  await unheard.close()
  const again = await openForTest({ id, author, storage, sync: hub.link().sync })
  expect(names(again)).toEqual(['Before', 'Late'])
  await settle(hub, again, ({ unsent, sync }) => unsent === 0 && sync === 'online')
  expect(again.doc.store.pendingStructs).toBeNull()
  expect(hub.doc.getArray('log').length).toBe(3)
  await again.close()
})

test('[SY3] [F5] what another tab saves in the very moment in which the documents are exchanged is sent too', async () => {
  const hub = openHub()
  const [id, author, storage] = [createId(), authorNamed('Ada'), indexedDb()]
  let inTheLastMoment = () => Promise.resolve()
  const watched: BookStorage = {
    async open(context) {
      const handle = await storage.open(context)
      const replace: StorageHandle['replace'] = async (doc, taken) => {
        await inTheLastMoment()
        await handle.replace(doc, taken)
      }
      return { ...handle, replace }
    },
  }
  const recovering = await openForTest({ id, author, storage: watched, sync: hub.link().sync })
  const offline = hub.link()
  offline.disconnect()
  const unheard = await openForTest({ id, author, storage, sync: offline.sync })
  hub.deliverAll()
  await done(unheard.addClient({ name: 'Before' }))
  inTheLastMoment = async () => {
    await done(unheard.addClient({ name: 'Late' }))
    await settle(createHub(), unheard, ({ storage: stored }) => stored === 'saved')
    // The tab is killed before it hears of anything.
    await unheard.close()
  }
  await done(recovering.addClient({ name: 'Forbidden' }))
  const isOver = ({ recovery, sync, unsent }: BookStatus) =>
    recovery?.phase === 'done' && sync === 'online' && unsent === 0
  await settle(hub, recovering, isOver)
  expect(names(recovering)).toEqual(['Before', 'Late'])
  const added = () =>
    hub.doc
      .getArray<string>('log')
      .toArray()
      .filter((text) => text.includes('client.added'))
  await settle(hub, recovering, () => added().length === 2)
  expect(recovering.doc.store.pendingStructs).toBeNull()
  await recovering.close()
})

test('[SY3] [KD1] a tab whose storage does not open when it takes up another one’s document goes on saving, and takes it up a moment later', async () => {
  const hub = openHub()
  const [id, author, storage] = [createId(), authorNamed('Ada'), indexedDb()]
  let failures = 0
  let isFailing = false
  const failing: BookStorage = {
    open(context) {
      if (!isFailing) return storage.open(context)
      failures += 1
      return Promise.reject(new Error('the disk does not answer'))
    },
  }
  const recovering = await openForTest({ id, author, storage, sync: hub.link().sync })
  const offline = hub.link()
  offline.disconnect()
  const other = await openForTest({ id, author, storage: failing, sync: offline.sync })
  hub.deliverAll()
  await done(recovering.addClient({ name: 'Forbidden' }))
  channels.deliverAll()
  expect(names(other)).toEqual(['Forbidden'])
  const isOver = ({ recovery, sync }: BookStatus) => recovery?.phase === 'done' && sync === 'online'
  await settle(hub, recovering, isOver)
  await recovering.close()

  isFailing = true
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    channels.deliverAll()
    await turnsUntil(() => failures === 1)
    // Nothing was lost that this tab has: it still shows and stores what it did.
    await done(other.addClient({ name: 'Meanwhile' }))
    await other.setAside()
    await turnsUntil(() => other.status.storage === 'saved')
    expect(other.status).toMatchObject({ storageFault: null, recovery: null })
    expect(names(other)).toEqual(['Forbidden', 'Meanwhile'])
    await vi.advanceTimersByTimeAsync(1_000)
    await turnsUntil(() => failures === 2)
    isFailing = false
    await vi.advanceTimersByTimeAsync(2_000)
    await turnsUntil(() => names(other).length === 1)
  } finally {
    vi.useRealTimers()
  }
  expect(names(other)).toEqual(['Meanwhile'])
  expect((await other.setAside()).some(({ texts }) => texts?.some((text) => text.includes('Forbidden')))).toBe(true)
  await other.close()
  const again = await openForTest({ id, author, storage, sync: hub.link().sync })
  expect(names(again)).toEqual(['Meanwhile'])
  // What the recovery had to say is still said.
  expect(again.status.recovery).toMatchObject({ phase: 'done', refused: 1 })
  await settle(hub, again, ({ unsent, sync }) => unsent === 0 && sync === 'online')
  await again.close()
})

test('[SY3] [KD1] a tab whose storage does not open again can be closed, and what it had saved is there', async () => {
  const hub = openHub()
  const [id, author, storage] = [createId(), authorNamed('Ada'), indexedDb()]
  let opens = 0
  const once: BookStorage = {
    open: (context) =>
      (opens += 1) === 1 ? storage.open(context) : Promise.reject(new Error('the disk does not answer')),
  }
  const recovering = await openForTest({ id, author, storage, sync: hub.link().sync })
  const offline = hub.link()
  offline.disconnect()
  const other = await openForTest({ id, author, storage: once, sync: offline.sync })
  hub.deliverAll()
  await done(recovering.addClient({ name: 'Forbidden' }))
  await settle(hub, recovering, ({ recovery, sync }) => recovery?.phase === 'done' && sync === 'online')
  await recovering.close()
  channels.deliverAll()
  await turnsUntil(() => opens === 2)
  await done(other.addClient({ name: 'Meanwhile' }))
  await turnsUntil(() => other.status.storage === 'saved')
  await other.close()
  const again = await openForTest({ id, author, storage, sync: hub.link().sync })
  expect(names(again)).toEqual(['Meanwhile'])
  await again.close()
})

test('[SY3] a tab can be closed while another one’s recovery waits for the server', async () => {
  const hub = openHub()
  const [id, author, storage] = [createId(), authorNamed('Ada'), indexedDb()]
  const [first, second] = [hub.link(), hub.link()]
  const one = await openForTest({ id, author, storage, sync: first.sync })
  const two = await openForTest({ id, author, storage, sync: second.sync })
  hub.deliverAll()
  await done(one.addClient({ name: 'Forbidden' }))
  first.deliver(100)
  await settleWithout(one, ({ recovery }) => recovery?.phase === 'running')
  first.disconnect()
  await done(two.addClient({ name: 'Forbidden, too' }))
  second.deliver(100)
  const waiting = async () => (await navigator.locks.query()).pending?.length
  await vi.waitFor(async () => expect(await waiting()).toBe(1), 10_000)
  await two.close()
  await one.close()
})

test('[F4] [KD3] a book without a server that was deleted and begun anew in another tab gets all of the old one back, others’ changes too', async () => {
  const [id, author, storage] = [createId(), authorNamed('Ada'), indexedDb()]
  const old = await openForTest({ id, author, storage })
  await done(old.addClient({ name: 'Own' }))
  const others = await openForTest({ id, author: authorNamed('Ben') })
  await done(others.addClient({ name: 'Others’', note: 'by hand' }))
  Y.applyUpdate(old.doc, Y.encodeStateAsUpdate(others.doc))
  await old.flush()
  await deleteBook(id)
  const anew = await openForTest({ id, author, storage })
  await done(anew.addClient({ name: 'Anew' }))
  await anew.flush()
  await old.storeAgain()
  await settleWithout(old, () => names(old).length === 3)
  expect(names(old)).toEqual(['Anew', 'Others’', 'Own'])
  expect(old.clients().find(({ name }) => name === 'Others’')?.note).toBe('by hand')
  await old.flush()
  for (const book of [old, anew, others]) await book.close()
  const again = await openForTest({ id, author, storage })
  expect(names(again)).toEqual(['Anew', 'Others’', 'Own'])
  await again.close()
})

/** Nothing is delivered meanwhile. */
async function settleWithout(book: Book, holds: (status: BookStatus) => boolean): Promise<void> {
  await settle(createHub(), book, holds)
}

/** Timers that a test has in its hand stand still, but for those without a delay: long work pauses by them. */
async function turnsUntil(holds: () => boolean): Promise<void> {
  const givenUpAt = performance.now() + 10_000
  while (!holds() && performance.now() < givenUpAt) {
    if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(0)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(holds()).toBe(true)
}
