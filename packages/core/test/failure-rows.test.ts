// Rows of the failure list that are about more than one part: eviction, tabs, undo, clocks, versions.
import 'fake-indexeddb/auto'
import canonicalize from 'canonicalize'
import { deleteDB, openDB } from 'idb'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { verifyLog } from '../src/audit.ts'
import type { Book } from '../src/book.ts'
import { createId, createSessionId } from '../src/schema/ids.ts'
import { deleteBook, indexedDb } from '../src/storage/indexeddb.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'
import { createRandom } from '../src/testing/random.ts'
import { replaceTabChannels } from './model/tab-channels.ts'

const names = (book: Book) => book.clients().map((row) => row.name)
const logOf = (book: Book) => [...book.doc.getArray<string>('log').toArray()].sort()

/** Goes on delivering until `holds`: tabs talk over a channel of their own, which tells nobody when it is quiet. */
async function until(hub: ReturnType<typeof createHub>, holds: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 3_000; turn++) {
    hub.deliverAll()
    if (holds()) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new Error(`never: ${what}`)
}

test('[F7] a browser that evicts its storage with unsent work: it was said before how much and what, and the device joins cleanly again', async () => {
  const hub = createHub()
  const [id, author] = [createId(), authorNamed('Ada')]
  const link = hub.link()
  const book = await openForTest({ id, author, storage: indexedDb(), sync: link.sync })
  hub.deliverAll()
  const { id: client } = await done(book.addClient({ name: 'Sent' }))
  hub.deliverAll()
  await book.flush()
  expect(book.status.unsent).toBe(0)
  link.disconnect()
  await done(book.addClient({ name: 'Unsent' }))
  await done(book.editClient({ client, name: 'Renamed', note: 'unsent' }))
  // The warning has its figure and its list, and they are right: this is what an eviction takes.
  expect(book.status).toMatchObject({ unsent: 2, sync: 'offline' })
  expect(
    book
      .changes({ unsent: true })
      .slice(0, 9)
      .map(({ kind, fields }) => [kind, fields?.['name']]),
  ).toEqual([
    ['client.edited', 'Renamed'],
    ['client.added', 'Unsent'],
  ])
  const device = book.device
  await book.close()
  await evict(id)

  const before = Y.encodeStateVector(hub.doc)
  const again = await openForTest({ id, author, storage: indexedDb(), sync: hub.link().sync })
  // Nothing is taken for an empty book, and nothing of what is gone for kept.
  expect(again.status).toMatchObject({ loaded: false, unsent: 0, storageFault: null, setAside: 0, recovery: null })
  expect(again.device).not.toBe(device)
  hub.deliverAll()
  expect(again.status.loaded).toBe(true)
  expect(names(again)).toEqual(['Sent'])
  expect(logOf(again)).toEqual([...hub.doc.getArray<string>('log').toArray()].sort())
  expect(Y.encodeStateVector(hub.doc)).toEqual(before)
  await done(again.addClient({ name: 'After' }))
  await until(hub, () => again.status.unsent === 0, 'sent')
  expect(again.status.conflicting).toBe(0)
  expect(await verifyLog(again)).toMatchObject({ actions: 2, problems: [] })
  expect(hub.doc.getArray('log').length).toBe(2)
  await again.close()
})

/** What a browser does to a site that nobody visited for a week: all goes, and the app is not asked. */
async function evict(id: string): Promise<void> {
  for (const { name } of await indexedDB.databases()) if (name?.includes(id)) await deleteDB(name)
  expect((await indexedDB.databases()).filter(({ name }) => name?.includes(id))).toEqual([])
}

test('[F9] [KD5] who uses a browser after somebody whose book was removed from it sees nothing of it, though a tab of theirs is still open: not in memory, over the channel, or on disk', async () => {
  const channels = replaceTabChannels()
  try {
    const hub = createHub()
    const [id, storage] = [createId(), indexedDb()]
    const ada = { id, author: authorNamed('Ada'), storage }
    const book = await openForTest({ ...ada, sync: hub.link().sync })
    const forgotten = await openForTest({ ...ada, sync: hub.link().sync })
    await done(book.addClient({ name: 'Secret' }))
    channels.deliverAll()
    hub.deliverAll()
    expect(names(forgotten)).toEqual(['Secret'])
    // As the app does for somebody who leaves; a tab that was forgotten goes on in memory.
    await book.close()
    await deleteBook(id)

    // Ben has the book's address and no access: no server answers him.
    const noAccess = createHub().link()
    noAccess.disconnect()
    const ben = await openForTest({ id, author: authorNamed('Ben'), storage, sync: noAccess.sync })
    channels.deliverAll()
    await done(forgotten.addClient({ name: 'Secret, too' }))
    await until(hub, () => forgotten.status.storageFault === 'removed', 'told to be removed')
    channels.deliverAll()
    expect(forgotten.status.storage).toBe('failed')
    expect(names(ben)).toEqual([])
    expect(ben.doc.store.clients.size).toBe(0)
    // Nor does the tab that was forgotten hear of what Ben writes.
    await done(ben.addClient({ name: 'Of Ben' }))
    await until(hub, () => ben.status.storage === 'saved', 'saved')
    channels.deliverAll()
    expect(names(forgotten)).toEqual(['Secret', 'Secret, too'])
    for (const each of [ben, forgotten]) await each.close()
    expect(await storedTexts(id)).not.toContain('Secret')
    expect(await storedTexts(id)).toContain('Of Ben')
  } finally {
    channels.restore()
  }
})

/** All that the book's databases hold, as one text. */
async function storedTexts(id: string): Promise<string> {
  const texts: string[] = []
  for (const { name } of await indexedDB.databases()) {
    if (!name?.includes(id)) continue
    const db = await openDB(name)
    for (const store of db.objectStoreNames) {
      for (const value of (await db.getAll(store)) as unknown[]) {
        const { update } = (value ?? {}) as { update?: unknown }
        const bytes = update instanceof Uint8Array ? update : value
        texts.push(bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : JSON.stringify(value))
      }
    }
    db.close()
  }
  return texts.join('\n')
}

for (let seed = 1; seed <= 10; seed++) {
  test(`[F8] two tabs, each online and offline at times, pass each other's edits on: nothing is stuck, all converge, seed ${seed}`, async () => {
    const random = createRandom(seed)
    const hub = createHub()
    const [id, author] = [createId(), authorNamed('Ada')]
    const links = [hub.link(), hub.link(), hub.link()]
    const storage = indexedDb()
    const tabs = [
      await openForTest({ id, author, storage, sync: links[0]!.sync }),
      await openForTest({ id, author, storage, sync: links[1]!.sync }),
      await openForTest({ id, author: authorNamed('Bo'), sync: links[2]!.sync }),
    ]
    let made = 0
    for (let step = 0; step < 60; step++) {
      const at = random.below(3)
      const draw = random.below(10)
      if (draw < 5) await done(tabs[at]!.addClient({ name: `Client ${made++}` }))
      else if (draw < 7) links[at]!.deliver(1 + random.below(3))
      else if (draw < 8) links[at]!.disconnect()
      else if (draw < 9) links[at]!.connect()
      // Lets some of the channel's messages through, others come later.
      else await new Promise((resolve) => setTimeout(resolve))
    }
    for (const link of links) link.connect()
    await until(
      hub,
      () => tabs.every((tab) => tab.clients().length === made && tab.status.unsent === 0),
      `${made} clients everywhere, nothing unsent`,
    )
    for (const tab of tabs) {
      expect(logOf(tab)).toEqual(logOf(tabs[0]!))
      expect(tab.doc.store.pendingStructs).toBeNull()
      expect(tab.status).toMatchObject({ conflicting: 0, recovery: null })
    }
    expect(hub.doc.getArray('log').length).toBe(made)
    for (const tab of tabs) await tab.close()
  })
}

test('[F37] a refusal reaches both tabs of a profile: one recovers, the other follows, and neither brings the bad action back', async () => {
  const hub = createHub({
    admit: (update) =>
      new TextDecoder().decode(update).includes('Forbidden')
        ? { closeCode: 4422, reason: 'invalid-action: Forbidden' }
        : null,
  })
  const [id, author, storage] = [createId(), authorNamed('Ada'), indexedDb()]
  const one = await openForTest({ id, author, storage, sync: hub.link().sync })
  const two = await openForTest({ id, author, storage, sync: hub.link().sync })
  await until(hub, () => one.status.sync === 'online' && two.status.sync === 'online', 'online')
  await done(one.addClient({ name: 'Forbidden' }))
  await done(two.addClient({ name: 'Good' }))
  await until(
    hub,
    () =>
      [one, two].every(({ status }) => status.sync === 'online' && status.unsent === 0) &&
      [one, two].every((tab) => names(tab).join() === 'Good'),
    'both show what the server has',
  )
  const texts = () => hub.doc.getArray<string>('log').toArray()
  expect(texts().filter((text) => text.includes('client.added'))).toHaveLength(1)
  await done(two.addClient({ name: 'Later' }))
  await until(hub, () => names(one).length === 2 && two.status.unsent === 0, 'the other tab sees it')
  await one.close()
  await two.close()
  const again = await openForTest({ id, author, storage, sync: hub.link().sync })
  expect(names(again)).toEqual(['Good', 'Later'])
  expect((await again.setAside()).filter(({ kind }) => kind === 'actions')).toHaveLength(1)
  await again.close()
})

test('[F38] [LG2] undoing a tier change, and doing it again, appends: the log grows, nothing in it is deleted, here and at a peer', async () => {
  const hub = createHub()
  const id = createId()
  const book = await openForTest({ id, sync: hub.link().sync })
  const peer = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  const { id: client } = await done(book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
  const { entry } = await done(book.assignTier({ client, tier: 'enterprise' }))
  const before = book.doc.getArray('log').toArray()
  for (const [step, tier, length] of [
    [() => book.undo(), 'starter', 3],
    [() => book.redo(), 'enterprise', 4],
    [() => book.undo(), 'starter', 5],
  ] as const) {
    await done(step())
    hub.deliverAll()
    for (const each of [book, peer]) {
      expect(each.doc.getArray('log').toArray().slice(0, 2)).toEqual(before)
      expect(each.doc.getArray('log').length).toBe(length)
      expect(each.client(client)?.tier).toBe(tier)
    }
  }
  // The undo is the reversing entry that the row asks for.
  expect(peer.history(client).find(({ id }) => id === entry)?.retracted).not.toBeNull()
  const { ds } = Y.decodeUpdate(Y.encodeStateAsUpdate(peer.doc))
  expect(ds.clients.size).toBe(0)
})

const hour = 3_600_000
const years = 10 * 365 * 24 * hour
for (const skewMs of [hour, -hour, years, -years]) {
  test(`[F46] a clock that is ${skewMs / hour} h off: sync works, order follows cause, the time it claims and the time the server had it are kept`, async () => {
    let serverNow = testNoon + 1_000
    const hub = createHub({ now: () => serverNow })
    const id = createId()
    const right = await openForTest({ id, sync: hub.link().sync })
    const off = await openForTest({
      id,
      author: authorNamed('Bo'),
      sync: hub.link().sync,
      now: () => testNoon + skewMs,
    })
    const { id: client } = await done(right.addClient({ name: 'Acme', tier: 'starter', createdOn: '2010-01-01' }))
    hub.deliverAll()
    const change = { client, tier: 'enterprise', effectiveOn: '2011-01-01' }
    serverNow += 1_000
    await done(off.assignTier(change))
    hub.deliverAll()
    serverNow += 1_000
    await done(right.assignTier({ ...change, tier: 'professional' }))
    await until(hub, () => right.status.unsent + off.status.unsent === 0, 'all sent')
    for (const book of [right, off]) {
      expect(book.history(client).map(({ at }) => at - testNoon)).toEqual([0, skewMs, 0, 0])
      expect(book.history(client).map(({ receivedAt }) => receivedAt! - testNoon)).toEqual([3_000, 2_000, 1_000, 1_000])
      // And the server's is the one that "as known on" goes by.
      const known = [1_000, 2_000, 3_000].map((ms) => book.tierOn(client, '2011-01-01', { knownAt: testNoon + ms }))
      expect(known).toEqual(['starter', 'enterprise', 'professional'])
      expect(book.tierOn(client, '2011-01-01')).toBe('professional')
      expect(book.client(client)?.contested).toBe(false)
      expect(book.status).toMatchObject({ unsent: 0, conflicting: 0, unreadable: 0 })
    }
    // What never lies in the future: activity is capped at the reader's own now.
    expect(right.client(client)?.lastActivity).toBe(testNoon)
  })
}

/** What versions write into one room: this one, one with a field more, one with a kind more, and one that is broken. */
const versions = {
  this: {},
  'with an unknown field': { v: 2, field: { approvedBy: 'Bo', weight: 0.5 } },
  'with an unknown kind': { v: 3, kind: 'invoice.sent' },
} as const

for (const [writer, shape] of Object.entries(versions) as [string, { v?: number; field?: object; kind?: string }][]) {
  test(`[F47] [LG4] a version ${writer} edits offline beside this one: both edits survive, what is unknown is kept, a broken record hides nothing`, async () => {
    const hub = createHub()
    const id = createId()
    const links = [hub.link(), hub.link()]
    const [book, other] = [
      await openForTest({ id, sync: links[0]!.sync }),
      await openForTest({ id, author: authorNamed('Bo'), sync: links[1]!.sync }),
    ]
    const { id: client } = await done(book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
    hub.deliverAll()
    for (const link of links) link.disconnect()
    await done(book.editClient({ client, name: 'Acme Dental' }))
    const log = other.doc.getArray<string>('log')
    const entry = shape.kind
      ? { kind: shape.kind, subject: client, number: 'R-1' }
      : { kind: 'client.ended', subject: client, effectiveOn: '2026-12-31', after: [], ...shape.field }
    const text = canonicalize({
      v: shape.v ?? 1,
      id: `${createSessionId((bytes) => bytes.fill(7))}.0`,
      n: 2,
      at: testNoon,
      by: other.author.id,
      device: other.device,
      prev: null,
      entries: [entry],
    }) as string
    log.insert(log.length, [text, '{"at":1,"broken":'])
    for (const link of links) link.connect()
    await until(hub, () => book.status.unsent + other.status.unsent === 0, 'all sent')
    for (const each of [book, other]) {
      expect(each.doc.getArray('log').toArray()).toContain(text)
      expect(each.client(client)?.name).toBe('Acme Dental')
      expect(each.status).toMatchObject({ unreadable: 1, unsent: 0 })
      expect(each.problems()).toMatchObject([{ text: '{"at":1,"broken":' }])
      const shown = each
        .changes()
        .slice(0, 9)
        .find((change) => change.action.startsWith('BwcHBwcHBwc'))
      expect(shown).toMatchObject({ kind: entry.kind, newer: shape.kind !== undefined })
      if (shape.field) expect(shown?.fields).toMatchObject(shape.field)
      expect(each.client(client)?.scheduled !== null).toBe(shape.kind === undefined)
    }
    await done(other.editClient({ client, note: 'goes on' }))
    hub.deliverAll()
    expect(book.client(client)?.note).toBe('goes on')
  })
}
