// What an open book promises beside the rules with ids: rows, search, status, flush, close.
import { expect, test } from 'vitest'
import type { Book } from '../src/book.ts'
import * as core from '../src/index.ts'
import type { BookStorage } from '../src/storage/storage.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'

test('the public names', () => {
  expect(Object.keys(core).sort()).toEqual([
    'Id',
    'StorageError',
    'TierColour',
    'becauseSchemas',
    'builtInTiers',
    'createId',
    'dateInZone',
    'endOfDay',
    'isPlainDate',
    'isTimeZone',
    'memory',
    'openBook',
    'previewBook',
    'textLimits',
  ])
})

test('search finds by name and reference whatever the case and accents; every column sorts, plan in tier order', async () => {
  const book = await openForTest()
  const make = (name: string, tier: string, createdOn: string, externalRef?: string) =>
    done(book.addClient({ name, tier, createdOn, ...(externalRef ? { externalRef } : {}) }))
  const muller = await make('Müller 10', 'enterprise', '2025-03-01', 'KD-7')
  const acme = await make('acme', 'starter', '2025-01-01')
  const zed = await make('Müller 9', 'professional', '2025-02-01')
  const order = (by: core.ClientSortKey, descending = false) =>
    book.clients({ sort: { by, descending } }).map((row) => row.id)
  expect(order('name')).toEqual([acme.id, zed.id, muller.id])
  expect(order('tier')).toEqual([acme.id, zed.id, muller.id])
  expect(order('tier', true)).toEqual([muller.id, zed.id, acme.id])
  expect(order('createdOn')).toEqual([acme.id, zed.id, muller.id])
  await done(book.editTier({ tier: 'enterprise', rank: 1 }))
  expect(order('tier')).toEqual([muller.id, acme.id, zed.id])
  expect(book.clients({ search: 'muller 1' }).map((row) => row.id)).toEqual([muller.id])
  expect(book.clients({ search: 'kd-7' }).map((row) => row.id)).toEqual([muller.id])
  await done(book.editClient({ client: acme.id, name: 'Zebra' }))
  expect(order('name')).toEqual([zed.id, muller.id, acme.id])
})

test('one edit tells about one client and leaves the other rows the same objects', async () => {
  const book = await openForTest()
  const ids: string[] = []
  for (const name of ['Acme', 'Bolt', 'Cork']) ids.push((await done(book.addClient({ name, tier: 'starter' }))).id)
  const before = book.clients()
  const told: unknown[] = []
  book.subscribe((change) => {
    if (change.clients === 'all' || change.clients.size > 0) told.push(change.clients)
  })
  await done(book.assignTier({ client: ids[1] ?? '', tier: 'enterprise', effectiveOn: '2026-11-23' }))
  expect(told).toEqual([new Set([ids[1]])])
  const after = book.clients()
  expect(after[0]).toBe(before[0])
  expect(after[1]).not.toBe(before[1])
  expect(after[2]).toBe(before[2])
})

test('last activity is the larger of report and action, capped at now; reports are at most hourly and never logged', async () => {
  let now = testNoon
  const book = await openForTest({ now: () => now })
  const { id } = await done(book.addClient({ name: 'Acme' }))
  now += 7_200_000
  expect(
    await done(
      book.recordActivity([
        { client: id, at: now - 60_000 },
        { client: id, at: now - 120_000 },
        { client: createId(), at: now },
      ]),
    ),
  ).toEqual({ written: 1 })
  expect(book.client(id)?.lastActivity).toBe(now - 60_000)
  expect(await done(book.recordActivity([{ client: id, at: now }]))).toEqual({ written: 0 })
  expect(await done(book.recordActivity([{ client: id, at: now + 3_600_000 * 30 }]))).toEqual({ written: 0 })
  expect(await done(book.recordActivity([{ client: id, at: now + 7_200_000 }]))).toEqual({ written: 1 })
  expect(book.client(id)?.lastActivity).toBe(now)
  expect(book.doc.getArray('log').length).toBe(1)
})

test('[SY2] unsent counts what the server has not acknowledged, also after a reload; flush waits for it', async () => {
  const hub = createHub()
  const link = hub.link()
  const storage = memory()
  const id = createId()
  const author = authorNamed('Ada')
  const book = await openForTest({ id, author, storage, sync: link.sync })
  hub.deliverAll()
  await done(book.addClient({ name: 'Acme' }))
  link.disconnect()
  await done(book.addClient({ name: 'Bolt' }))
  expect(book.status).toMatchObject({ unsent: 2, sync: 'offline' })
  const waiting = (of: Book) =>
    of
      .changes({ unsent: true, kind: 'client.added' })
      .slice(0, 9)
      .map(({ clientName }) => clientName)
  expect(waiting(book)).toEqual(['Bolt', 'Acme'])
  await book.close()
  const again = await openForTest({ id, author, storage, sync: link.sync })
  expect(again.status.unsent).toBe(2)
  expect(waiting(again)).toEqual(['Bolt', 'Acme'])
  let flushed = false
  const flushing = again.flush().then(() => (flushed = true))
  await Promise.resolve()
  expect(flushed).toBe(false)
  link.connect()
  hub.deliverAll()
  await flushing
  expect(again.status).toMatchObject({ unsent: 0, sync: 'online' })
  expect(waiting(again)).toEqual([])
  link.disconnect()
  const { id: late } = await done(again.addClient({ name: 'Corner' }))
  expect(waiting(again)).toEqual(['Corner'])
  expect(again.changes({ unsent: true, client: late }).length).toBe(again.history(late).length)
  expect(again.changes({ unsent: true, client: again.clients({ search: 'Bolt' })[0]?.id ?? '' }).length).toBe(0)
})

test('[SY2] a book without a server has nothing that was not sent', async () => {
  const book = await openForTest()
  await done(book.addClient({ name: 'Acme' }))
  expect(book.changes({ unsent: true }).length).toBe(0)
})

test('[SY2] what was said to be sent is remembered as sent, also where the page is gone right after', async () => {
  const hub = createHub()
  const link = hub.link()
  const [storage, id, author] = [memory(), createId(), authorNamed('Ada')]
  const book = await openForTest({ id, author, storage, sync: link.sync })
  await done(book.addClient({ name: 'Acme' }))
  hub.deliverAll()
  await new Promise<void>((resolve) => {
    const check = () => {
      if (book.status.unsent === 0) resolve()
    }
    book.subscribe(check)
    check()
  })
  // No close: the process is gone. The next opening finds no server.
  link.disconnect()
  const again = await openForTest({ id, author, storage, sync: hub.link().sync })
  expect(again.status.unsent).toBe(0)
})

test('[SY2] a device that joins says that it has not loaded until the server state is in', async () => {
  const hub = createHub()
  const id = createId()
  const owner = await openForTest({ id, sync: hub.link().sync })
  await done(owner.addClient({ name: 'Acme' }))
  hub.deliverAll()
  const joined = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  expect(joined.status.loaded).toBe(false)
  hub.deliverAll()
  expect(joined.status.loaded).toBe(true)
  expect(joined.clients()).toEqual(owner.clients())
  expect(joined.history(joined.clients()[0]?.id ?? '')[0]?.byName).toBe('Ada')
})

test('[F1] a write that fails is shown, tried again with the next one, and nothing typed is lost', async () => {
  const kept = memory()
  let isFull = false
  const storage: BookStorage = {
    async open(context) {
      const handle = await kept.open(context)
      const append: typeof handle.journal.append = (record) =>
        isFull ? Promise.reject(new DOMException('quota', 'QuotaExceededError')) : handle.journal.append(record)
      return { ...handle, durable: true, journal: { ...handle.journal, append } }
    },
  }
  const book = await openForTest({ storage })
  isFull = true
  await done(book.addClient({ name: 'Acme' }))
  await expect(book.flush()).rejects.toThrow('quota')
  expect(book.status).toMatchObject({ storage: 'failed', storageProblem: 'quota' })
  isFull = false
  await book.flush()
  expect(book.status).toMatchObject({ storage: 'saved', storageProblem: null })
  await done(book.addClient({ name: 'Bolt' }))
  await book.flush()
  expect(book.status).toMatchObject({ storage: 'saved', storageProblem: null })
  expect(book.clients()).toHaveLength(2)
})

test('closing a book that waits for the server ends the wait with words', async () => {
  const hub = createHub()
  const link = hub.link()
  const book = await openForTest({ sync: link.sync })
  link.disconnect()
  await done(book.addClient({ name: 'Acme' }))
  const flushing = expect(book.flush()).rejects.toThrow('closed before the server acknowledged everything')
  await new Promise((resolve) => setTimeout(resolve))
  await book.close()
  await flushing
})

test('a viewer is told so; a closed book refuses; wrong options are named', async () => {
  const viewer = await openForTest({ readOnly: true })
  const refused = { ok: false, error: { code: 'read-only' } }
  expect(await viewer.addClient({ name: 'Acme' })).toMatchObject(refused)
  // The role may change while the book is open.
  const told: (string | null)[] = []
  viewer.subscribe(({ status }) => status && told.push(viewer.status.readOnly))
  viewer.setReadOnly(false)
  await done(viewer.addClient({ name: 'Bolt' }))
  viewer.setReadOnly(true)
  expect(await viewer.addClient({ name: 'Acme' })).toMatchObject(refused)
  expect([told.at(0), told.at(-1)]).toEqual([null, 'viewer'])
  await viewer.close()
  await viewer.close()
  expect(await viewer.addClient({ name: 'Acme' })).toMatchObject({ ok: false, error: { code: 'closed' } })
  await expect(openForTest({ id: 'my book' })).rejects.toThrow(
    'id: expected an id of 22 base64url characters (see createId), got "my book"',
  )
})

test('commands given at once run one after the other, each on what the one before left', async () => {
  const book = await openForTest()
  const { id } = await done(book.addClient({ name: 'Acme', tier: 'starter' }))
  const results = await Promise.all([
    book.assignTier({ client: id, tier: 'enterprise' }),
    book.assignTier({ client: id, tier: 'enterprise' }),
    book.assignTier({ client: id, tier: 'professional' }),
  ])
  expect(results.map((result) => result.ok)).toEqual([true, false, true])
  expect(book.client(id)).toMatchObject({ tier: 'professional', contested: false })
})

test('after 2,000 actions the session writes under a fresh Yjs client id and goes on', async () => {
  const book = await openForTest()
  const first = book.doc.clientID
  for (let place = 0; place < 2_005; place++) void book.addClient({ name: `Client ${place}` })
  await book.flush()
  expect(book.doc.clientID).not.toBe(first)
  expect(book.clients()).toHaveLength(2_005)
  expect(book.status.conflicting).toBe(0)
}, 120_000)

test('the tier catalogue: built-in tiers can be renamed, added ones take their place, names are unique', async () => {
  const book = await openForTest()
  await done(book.editTier({ tier: 'starter', name: 'Basic', typicalUse: null }))
  const { id } = await done(book.addTier({ name: 'Professional plus', rank: 250, colour: 'emerald' }))
  expect(book.tiers().map((tier) => tier.name)).toEqual(['Basic', 'Professional', 'Professional plus', 'Enterprise'])
  expect(await book.addTier({ name: 'basic' })).toMatchObject({
    ok: false,
    error: { code: 'invalid-input', field: 'name' },
  })
  const { id: acme } = await done(book.addClient({ name: 'Acme', tier: id }))
  expect(book.client(acme)?.tier).toBe(id)
})

test('[LG1] many reports of activity are replaced by one that says the same, and every replica reads the same', async () => {
  let now = Date.parse('2026-11-22T12:00:00Z')
  const book = await openForTest({ now: () => now })
  const ids: string[] = []
  for (let index = 0; index < 5; index++)
    ids.push((await done(book.addClient({ name: `Client ${index}`, tier: 'starter', createdOn: '2026-01-01' }))).id)
  for (let hour = 0; hour < 150; hour++) {
    now += 3_600_000
    await done(book.recordActivity([{ client: ids[hour % 5] ?? '', at: now - 1_000 }]))
  }
  const reports = book.doc.getArray<string>('activity')
  expect(reports.length).toBeLessThan(64)
  expect(ids.map((id) => book.client(id)?.lastActivity)).toEqual(
    [4, 3, 2, 1, 0].map((ago) => now - ago * 3_600_000 - 1_000),
  )
  const said = reports.toArray().flatMap((text) => Object.entries(JSON.parse(text) as Record<string, number>))
  expect(ids.map((id) => Math.max(...said.filter(([client]) => client === id).map(([, at]) => at)))).toEqual(
    ids.map((id) => book.client(id)?.lastActivity),
  )
  await book.close()
})
