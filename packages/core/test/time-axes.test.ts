// The second time axis where its clock is in doubt, and days that turn by themselves (TL5, TL6).
import { afterEach, expect, test, vi } from 'vitest'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'
import { settle } from './settle.ts'

afterEach(() => vi.useRealTimers())

const day = 86_400_000

test('[TL5] [UN1] a client whose adding was undone is there as known before that, also after a restart, and on no day as known since', async () => {
  let now = testNoon
  const [id, author, storage] = [createId(), authorNamed('Ada'), memory()]
  const open = () => openForTest({ id, author, storage, now: () => now })
  const book = await open()
  await done(book.addClient({ name: 'Bolt', tier: 'starter' }))
  now += day
  const rows = ['Acme', 'Çelik'].map((client, place) => ({
    row: place + 2,
    client,
    tier: 'enterprise',
    externalRef: `C-${place}`,
  }))
  await done(book.importClients(await book.planImport(rows)))
  now += day
  await done(book.undo())
  await done(book.redo())
  now += day
  await done(book.undo())
  const known = (book: Awaited<ReturnType<typeof open>>, days: number) =>
    book.clients({ knownAt: testNoon + days * day, sort: { by: 'tier' } }).map(({ name, tier }) => `${name} ${tier}`)
  const check = (book: Awaited<ReturnType<typeof open>>) => {
    expect(known(book, 0)).toEqual(['Bolt starter'])
    expect(known(book, 1)).toEqual(['Bolt starter', 'Acme enterprise', 'Çelik enterprise'])
    expect(known(book, 2)).toEqual(['Bolt starter', 'Acme enterprise', 'Çelik enterprise'])
    expect(known(book, 3)).toEqual(['Bolt starter'])
    expect(book.clients({ knownAt: testNoon + day, search: 'c-1' })).toHaveLength(1)
    for (const query of [{}, { asOf: '2027-01-01' }, { search: 'c-1' }])
      expect(book.clients(query).map(({ name }) => name)).toEqual('search' in query ? [] : ['Bolt'])
  }
  check(book)
  // Its reference is free again.
  const plan = await book.planImport([{ row: 2, client: 'Other', externalRef: 'C-0' }])
  expect(plan.steps.map(({ does }) => does)).toEqual(['add'])
  await book.close()
  const again = await open()
  check(again)
  await again.close()
})

test('[TL5] a book that comes to a server after a year answers for that year by the clocks of devices, and says so', async () => {
  let now = testNoon - 365 * day
  const [id, author, storage] = [createId(), authorNamed('Ada'), memory()]
  const local = await openForTest({ id, author, storage, now: () => now })
  const { id: client } = await done(local.addClient({ name: 'Acme', tier: 'starter', createdOn: '2025-01-01' }))
  now = testNoon - 100 * day
  await done(local.assignTier({ client, tier: 'enterprise', effectiveOn: '2025-06-01' }))
  await local.close()
  now = testNoon
  const hub = createHub({ now: () => now })
  const book = await openForTest({ id, author, storage, sync: hub.link().sync, now: () => now })
  await settle(hub, book, ({ unsent, sync }) => unsent === 0 && sync === 'online')
  expect(book.receipts()).toEqual({ received: 2, actions: 2 })
  const tierKnown = (knownAt: number) => book.clients({ asOf: '2025-07-01', knownAt })[0]?.tier
  for (const [at, tier] of [
    [testNoon - 366 * day, undefined],
    [testNoon - 200 * day, 'starter'],
    [testNoon - day, 'enterprise'],
    [testNoon, 'enterprise'],
  ] as const) {
    expect(tierKnown(at)).toBe(tier)
    expect(book.tierOn(client, '2025-07-01', { knownAt: at })).toBe(tier ?? null)
    expect(book.receipts({ knownAt: at }).received).toBe(at < testNoon ? 0 : 2)
  }
  await book.close()
})

test('[TL5] [SY5] a server that begins anew dates actions again: for "as known on" a replica keeps the earlier receipts, also after a restart', async () => {
  let now = testNoon
  const hub = createHub({ now: () => now })
  const [id, author, storage] = [createId(), authorNamed('Ada'), memory()]
  let link = hub.link()
  // Its own clock is no witness: ten years ahead.
  const open = () => openForTest({ id, author, storage, sync: link.sync, now: () => testNoon + 3_650 * day })
  const book = await open()
  hub.deliverAll()
  const { id: client } = await done(book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2025-01-01' }))
  await settle(hub, book, ({ unsent }) => unsent === 0)
  now += day
  await done(book.assignTier({ client, tier: 'enterprise', effectiveOn: '2025-06-01' }))
  await settle(hub, book, ({ unsent }) => unsent === 0)
  now += 30 * day
  hub.wipe()
  link.connect()
  await settle(
    hub,
    book,
    ({ recovery, sync, unsent }) => recovery?.phase === 'done' && sync === 'online' && unsent === 0,
  )
  const tiers = (of: typeof book) =>
    [testNoon - 1, testNoon, testNoon + day, now].map((knownAt) => of.clients({ asOf: '2025-07-01', knownAt })[0]?.tier)
  expect(tiers(book)).toEqual([undefined, 'starter', 'enterprise', 'enterprise'])
  // What the server of today says is what all replicas agree on.
  expect(book.history(client).map(({ receivedAt }) => receivedAt)).toEqual([now, now, now])
  await book.close()
  link = hub.link()
  const again = await open()
  await settle(hub, again, ({ sync }) => sync === 'online')
  expect(tiers(again)).toEqual([undefined, 'starter', 'enterprise', 'enterprise'])
  expect(again.receipts()).toEqual({ received: 2, actions: 2 })
  await again.close()
})

for (const [timeZone, midnight, what] of [
  ['America/New_York', '2026-11-01T04:00:00Z', 'the day with 25 hours begins'],
  ['America/New_York', '2026-11-02T05:00:00Z', 'the day with 25 hours is over'],
  ['Europe/Berlin', '2026-03-29T22:00:00Z', 'the day with 23 hours is over'],
  // Clocks go forward at midnight: the day begins at one.
  ['Africa/Cairo', '2026-04-23T22:00:00Z', 'the day without a midnight begins'],
] as const) {
  test(`[TL6] the table turns over within 30 s by itself when ${what} in ${timeZone}`, async () => {
    const date = new Intl.DateTimeFormat('en-CA', { timeZone }).format(Date.parse(midnight))
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: Date.parse(midnight) - 3_600_000 })
    const book = await openForTest({ create: { name: 'MSP', timeZone, currency: 'EUR' }, now: Date.now })
    const { id } = await done(book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
    await done(book.assignTier({ client: id, tier: 'enterprise', effectiveOn: date }))
    book.checkDay()
    const told: unknown[] = []
    book.subscribe(({ clients }) => told.push(clients))
    vi.advanceTimersByTime(3_600_000 - 1)
    expect([book.client(id)?.tier, told]).toEqual(['starter', []])
    vi.advanceTimersByTime(30_000)
    expect([book.client(id)?.tier, told]).toEqual(['enterprise', [new Set([id])]])
    await book.close()
    vi.advanceTimersByTime(2 * day)
    expect(told).toHaveLength(1)
  })
}

test('[TL6] a page that becomes visible again turns over at once, without waiting for its timer', async () => {
  const page = new EventTarget()
  vi.stubGlobal('document', page)
  try {
    let now = Date.parse('2026-11-30T22:59:59Z')
    const book = await openForTest({
      create: { name: 'MSP', timeZone: 'Europe/Berlin', currency: 'EUR' },
      now: () => now,
    })
    const { id } = await done(book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
    await done(book.assignTier({ client: id, tier: 'enterprise', effectiveOn: '2026-12-01' }))
    now += 8 * 3_600_000
    expect(book.client(id)?.tier).toBe('starter')
    page.dispatchEvent(new Event('visibilitychange'))
    expect(book.client(id)?.tier).toBe('enterprise')
    await book.close()
  } finally {
    vi.unstubAllGlobals()
  }
})

test('[TL6] a clock that ran a day ahead and is set back: rows that turned over too soon turn back', async () => {
  let now = testNoon
  const book = await openForTest({ now: () => now })
  const { id } = await done(book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
  const { entry } = await done(
    book.assignTier({ client: id, tier: 'enterprise', effectiveOn: book.today().slice(0, 8) + '23' }),
  )
  now += day
  book.checkDay()
  expect(book.client(id)).toMatchObject({ tier: 'enterprise', scheduled: null })
  now -= day
  book.checkDay()
  expect(book.client(id)).toMatchObject({ tier: 'starter', scheduled: { entry } })
  // And turn over again when the day really comes.
  now += day
  book.checkDay()
  expect(book.client(id)?.tier).toBe('enterprise')
  await book.close()
})
