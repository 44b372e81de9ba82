// The rules of tiers in time, TL1 to TL6, each by its id.
import { describe, expect, test } from 'vitest'
import type { Book } from '../src/book.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'

async function bookWithClient(options: Parameters<typeof openForTest>[0] = {}) {
  const book = await openForTest(options)
  const { id } = await done(book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
  return { book, id }
}

/** Two people who have the same client and do not see each other until `hub.deliverAll()`. */
async function twoPeople() {
  const hub = createHub()
  const id = createId()
  const links = [hub.link(), hub.link()] as const
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: links[0].sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: links[1].sync })
  const client = (await done(ada.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))).id
  hub.deliverAll()
  return { hub, ada, bo, client }
}

test('[TL1] an assignment holds until the next one; end cuts, resume continues on the last tier', async () => {
  const { book, id } = await bookWithClient()
  await done(book.assignTier({ client: id, tier: 'enterprise', effectiveOn: '2026-03-01' }))
  await done(book.endClient({ client: id, effectiveOn: '2026-05-01' }))
  await done(book.resumeClient({ client: id, effectiveOn: '2026-07-01' }))
  const periods = book.tierPeriods(id, { from: '2025-12-01', to: '2026-08-01' })
  expect(periods.map(({ from, to, tier }) => [from, to, tier])).toEqual([
    ['2025-12-01', '2026-01-01', null],
    ['2026-01-01', '2026-03-01', 'starter'],
    ['2026-03-01', '2026-05-01', 'enterprise'],
    ['2026-05-01', '2026-07-01', null],
    ['2026-07-01', '2026-08-01', 'enterprise'],
  ])
  expect(book.client(id)).toMatchObject({ tier: 'enterprise', status: 'active' })
  const seen = ['2025-12-31', '2026-02-28', '2026-03-01', '2026-05-01', '2026-07-01'].map((asOf) => {
    const [row] = book.clients({ asOf })
    return [row?.tier, row?.status]
  })
  expect(seen).toEqual([
    [null, 'upcoming'],
    ['starter', 'active'],
    ['enterprise', 'active'],
    [null, 'ended'],
    ['enterprise', 'active'],
  ])
})

test('[TL1] an ended client has no tier, says so, and cannot be moved before it is resumed', async () => {
  const { book, id } = await bookWithClient()
  await done(book.endClient({ client: id }))
  expect(book.client(id)).toMatchObject({ tier: null, status: 'ended' })
  expect(await book.assignTier({ client: id, tier: 'enterprise' })).toMatchObject({
    ok: false,
    error: { code: 'client-ended' },
  })
  expect(await book.endClient({ client: id })).toMatchObject({ ok: false, error: { code: 'client-ended' } })
  await done(book.resumeClient({ client: id, effectiveOn: '2026-11-22' }))
  expect(book.client(id)).toMatchObject({ tier: 'starter', status: 'active' })
})

test('[TL2] of assignments with the same effective date the latest in log order wins', async () => {
  const { book, id } = await bookWithClient()
  await done(book.assignTier({ client: id, tier: 'enterprise', effectiveOn: '2026-03-01' }))
  await done(book.assignTier({ client: id, tier: 'professional', effectiveOn: '2026-03-01' }))
  expect(book.tierOn(id, '2026-03-01')).toBe('professional')
  expect(book.clients({ asOf: '2026-03-01' })[0]?.tier).toBe('professional')
  expect(book.tierPeriods(id, { from: '2026-02-01', to: '2026-04-01' })).toHaveLength(2)
})

test('[TL5] periods that assume a change are those that recording it gives, and record nothing', async () => {
  const { book, id } = await bookWithClient()
  await done(book.assignTier({ client: id, tier: 'enterprise', effectiveOn: '2026-06-01' }))
  await done(book.endClient({ client: id, effectiveOn: '2026-08-01' }))
  await done(book.resumeClient({ client: id, effectiveOn: '2026-09-01' }))
  // Says the tier again that was to come: two steps of one tier, which show as one.
  await done(book.assignTier({ client: id, tier: 'enterprise', effectiveOn: '2026-04-01' }))
  const range = { from: '2025-01-01', to: '2027-01-01' }
  const tiers = (periods: ReturnType<Book['tierPeriods']>) => periods.map(({ from, to, tier }) => [from, to, tier])
  const before = book.tierPeriods(id, range)
  for (const [to, effectiveOn] of [
    [{ tier: 'professional' }, '2025-06-01'],
    [{ tier: 'professional' }, '2026-05-01'],
    [{ tier: 'professional' }, '2026-10-01'],
    ['end', '2026-03-01'],
    ['resume', '2026-08-15'],
  ] as const) {
    const assumed = book.tierPeriods(id, { ...range, assuming: { to, effectiveOn } })
    expect(book.tierPeriods(id, range)).toEqual(before)
    const { batch } = await done(book.changeClients({ clients: [id], to, effectiveOn }))
    expect(tiers(assumed)).toEqual(tiers(book.tierPeriods(id, range)))
    expect(assumed.filter(({ entry }) => entry !== null)).not.toHaveLength(0)
    await done(book.undo({ unit: batch }))
  }
})

test('[TL2] a back-dated assignment fills in before a later one and does not reach past it', async () => {
  const { book, id } = await bookWithClient()
  await done(book.assignTier({ client: id, tier: 'enterprise', effectiveOn: '2026-06-01' }))
  await done(book.assignTier({ client: id, tier: 'professional', effectiveOn: '2026-03-01' }))
  expect([book.tierOn(id, '2026-02-01'), book.tierOn(id, '2026-04-01'), book.tierOn(id, '2026-06-01')]).toEqual([
    'starter',
    'professional',
    'enterprise',
  ])
})

test('[TL3] a retracted entry counts as never made; some kinds cannot be retracted, and none twice', async () => {
  const { book, id } = await bookWithClient()
  const { entry } = await done(book.endClient({ client: id, effectiveOn: '2026-05-01' }))
  expect(book.client(id)?.status).toBe('ended')
  await done(book.retract({ entry, reason: 'wrong client' }))
  expect(book.client(id)).toMatchObject({ tier: 'starter', status: 'active' })
  expect(await book.retract({ entry })).toMatchObject({ ok: false, error: { code: 'already-retracted' } })
  const [retraction, , , added] = book.history(id)
  expect(await book.retract({ entry: retraction?.id ?? '' })).toMatchObject({
    ok: false,
    error: { code: 'not-retractable' },
  })
  expect(await book.retract({ entry: added?.id ?? '' })).toMatchObject({
    ok: false,
    error: { code: 'not-retractable' },
  })
  expect(await book.retract({ entry: 'AAAAAAAAAAA.7/0' })).toMatchObject({
    ok: false,
    error: { code: 'unknown-entry' },
  })
})

test('[TL4] two people who had not seen each other make the client contested, with one winner everywhere; naming both settles it', async () => {
  const { hub, ada, bo, client } = await twoPeople()
  await done(ada.assignTier({ client, tier: 'enterprise', effectiveOn: '2026-06-01' }))
  await done(bo.assignTier({ client, tier: 'professional', effectiveOn: '2026-06-01' }))
  expect(ada.client(client)?.contested).toBe(false)
  hub.deliverAll()
  expect(ada.client(client)).toMatchObject({ contested: true })
  expect(bo.client(client)).toEqual(ada.client(client))
  await done(ada.assignTier({ client, tier: 'enterprise', effectiveOn: '2026-06-01', reason: 'settled by phone' }))
  hub.deliverAll()
  for (const book of [ada, bo]) expect(book.client(client)).toMatchObject({ contested: false, tier: 'enterprise' })
})

test('[TL4] retracting one side settles it; links pass through retracted entries', async () => {
  const { hub, ada, bo, client } = await twoPeople()
  const { entry } = await done(ada.assignTier({ client, tier: 'enterprise', effectiveOn: '2026-06-01' }))
  await done(bo.assignTier({ client, tier: 'professional', effectiveOn: '2026-07-01' }))
  hub.deliverAll()
  expect(bo.client(client)?.contested).toBe(true)
  await done(bo.retract({ entry }))
  hub.deliverAll()
  for (const book of [ada, bo]) expect(book.client(client)).toMatchObject({ contested: false, tier: 'professional' })
})

test('[TL4] the same tier from the same date twice is no contest, an end against an assignment is one', async () => {
  const same = await twoPeople()
  await done(same.ada.assignTier({ client: same.client, tier: 'enterprise', effectiveOn: '2026-06-01' }))
  await done(same.bo.assignTier({ client: same.client, tier: 'enterprise', effectiveOn: '2026-06-01' }))
  same.hub.deliverAll()
  expect(same.ada.client(same.client)?.contested).toBe(false)
  const cut = await twoPeople()
  await done(cut.ada.endClient({ client: cut.client, effectiveOn: '2026-06-01' }))
  await done(cut.bo.assignTier({ client: cut.client, tier: 'enterprise', effectiveOn: '2026-06-01' }))
  cut.hub.deliverAll()
  expect(cut.ada.client(cut.client)).toMatchObject({ contested: true, status: 'ended' })
  expect(cut.bo.client(cut.client)).toEqual(cut.ada.client(cut.client))
})

test('[TL5] what was known on a moment leaves out what was recorded later, retractions included', async () => {
  let now = testNoon
  const { book, id } = await bookWithClient({ now: () => now })
  now += 60_000
  const { entry } = await done(book.assignTier({ client: id, tier: 'enterprise', effectiveOn: '2026-03-01' }))
  now += 60_000
  await done(book.retract({ entry }))
  const on = '2026-04-01'
  expect(book.tierOn(id, on, { knownAt: testNoon })).toBe('starter')
  expect(book.tierOn(id, on, { knownAt: testNoon + 60_000 })).toBe('enterprise')
  expect(book.tierOn(id, on, { knownAt: testNoon + 120_000 })).toBe('starter')
})

test('[TL5] the server’s clock says when an action was recorded, whatever the device’s says, also after a restart', async () => {
  let serverNow = testNoon
  const hub = createHub({ now: () => serverNow })
  const [link, storage, id] = [hub.link(), memory(), createId()]
  const tenYearsAhead = testNoon + 10 * 365 * 86_400_000
  const open = () => openForTest({ id, storage, sync: link.sync, now: () => tenYearsAhead, author })
  const author = authorNamed('Ada')
  const book = await open()
  const { id: client } = await done(book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
  expect(book.receipts()).toEqual({ received: 0, actions: 1 })
  expect(book.history(client)[0]?.receivedAt).toBeNull()
  hub.deliverAll()
  serverNow += 60_000
  await done(book.assignTier({ client, tier: 'enterprise', effectiveOn: '2026-03-01' }))
  hub.deliverAll()
  expect(book.history(client).map((change) => change.receivedAt)).toEqual([serverNow, testNoon, testNoon])
  await book.close()

  const again = await open()
  expect(again.receipts()).toEqual({ received: 2, actions: 2 })
  const tierKnown = (knownAt: number) => again.clients({ asOf: '2026-04-01', knownAt })[0]?.tier
  expect([testNoon - 1, testNoon, testNoon + 59_999, testNoon + 60_000].map(tierKnown)).toEqual([
    undefined,
    'starter',
    'starter',
    'enterprise',
  ])
  expect(again.tierOn(client, '2026-04-01', { knownAt: testNoon })).toBe('starter')
  expect(again.clients({ asOf: '2025-01-01' })[0]).toMatchObject({ tier: null, status: 'upcoming' })
  await again.close()
})

test('[TL4] contested clients are listed with the sides, and settled by an assignment that names both', async () => {
  const { ada, bo, hub, client } = await twoPeople()
  await done(ada.assignTier({ client, tier: 'enterprise', effectiveOn: '2026-06-01' }))
  await done(bo.assignTier({ client, tier: 'professional', effectiveOn: '2026-06-01' }))
  expect(ada.contested()).toEqual([])
  hub.deliverAll()
  const [listed, ...others] = bo.contested()
  expect(others).toEqual([])
  expect(listed?.client.id).toBe(client)
  expect(listed?.sides.map(({ byName, fields, effectiveOn }) => [byName, fields['tier'], effectiveOn]).sort()).toEqual([
    ['Ada', 'enterprise', '2026-06-01'],
    ['Bo', 'professional', '2026-06-01'],
  ])
  await done(bo.assignTier({ client, tier: 'professional', effectiveOn: '2026-06-01' }))
  hub.deliverAll()
  expect([ada.contested(), bo.contested()]).toEqual([[], []])
})

test('[TL6] a scheduled change is visible and can be cancelled before it takes effect', async () => {
  const { book, id } = await bookWithClient()
  const { entry } = await done(book.assignTier({ client: id, tier: 'enterprise', effectiveOn: '2026-12-01' }))
  expect(book.client(id)).toMatchObject({
    tier: 'starter',
    scheduled: { entry, tier: 'enterprise', effectiveOn: '2026-12-01' },
  })
  expect(book.history(id)[0]).toMatchObject({ scheduled: true, retractable: true, from: 'starter', to: 'enterprise' })
  await done(book.retract({ entry }))
  expect(book.client(id)).toMatchObject({ tier: 'starter', scheduled: null })
})

for (const [timeZone, midnight] of [
  ['Pacific/Kiritimati', '2026-11-30T10:00:00Z'],
  ['America/New_York', '2026-12-01T05:00:00Z'],
  ['Europe/Berlin', '2026-11-30T23:00:00Z'],
] as const) {
  test(`[TL6] "today" is the book's: the row turns over at midnight in ${timeZone}, with no edit`, async () => {
    let now = testNoon
    const { book, id } = await bookWithClient({ create: { name: 'MSP', timeZone, currency: 'EUR' }, now: () => now })
    await done(book.assignTier({ client: id, tier: 'enterprise', effectiveOn: '2026-12-01' }))
    now = Date.parse(midnight) - 1
    expect(turned(book)).toBe(false)
    expect(book.client(id)?.tier).toBe('starter')
    now += 1
    expect(turned(book)).toBe(true)
    expect(book.client(id)?.tier).toBe('enterprise')
    expect(book.client(id)?.scheduled).toBeNull()
  })
}

/** Makes the open book look at the day, as its timer does; true when rows turned. */
function turned(book: Book): boolean {
  let seen = false
  const stop = book.subscribe((change) => {
    seen ||= change.clients === 'all' || change.clients.size > 0
  })
  book.checkDay()
  stop()
  return seen
}

test('[TL6] changing the book to a zone where it is already tomorrow turns the table over', async () => {
  const { book, id } = await bookWithClient({
    create: { name: 'MSP', timeZone: 'America/New_York', currency: 'USD' },
    now: () => Date.parse('2026-11-30T12:00:00Z'),
  })
  await done(book.assignTier({ client: id, tier: 'enterprise', effectiveOn: '2026-12-01' }))
  expect(book.client(id)?.tier).toBe('starter')
  await done(book.editBook({ timeZone: 'Pacific/Kiritimati' }))
  expect(book.today()).toBe('2026-12-01')
  expect(book.client(id)?.tier).toBe('enterprise')
})

describe('[TL4] settling', () => {
  async function contested(a: Parameters<Book['assignTier']>[0], b: Parameters<Book['assignTier']>[0] | 'end') {
    const { ada, bo, hub, client } = await twoPeople()
    const mine = await done(ada.assignTier({ ...a, client }))
    const theirs =
      b === 'end'
        ? await done(bo.endClient({ client, effectiveOn: '2026-08-01' }))
        : await done(bo.assignTier({ ...b, client }))
    hub.deliverAll()
    expect(ada.contested()).toHaveLength(1)
    const settled = async (keep: string) => {
      const { action } = await done(ada.settle({ client, keep, reason: 'called them' }))
      hub.deliverAll()
      for (const book of [ada, bo]) {
        expect(book.contested()).toEqual([])
        expect(book.history(client)[0]).toMatchObject({ action, reason: 'called them' })
      }
      expect(bo.client(client)).toEqual(ada.client(client))
      return ada.tierPeriods(client, { from: '2026-05-01', to: '2026-12-01' }).map(({ from, tier }) => [from, tier])
    }
    return { ada, client, mine: mine.entry, theirs: theirs.entry, settled }
  }
  const enterpriseInJune = { client: '', tier: 'enterprise', effectiveOn: '2026-06-01' }
  const professionalInJune = { client: '', tier: 'professional', effectiveOn: '2026-06-01' }
  const professionalInJuly = { client: '', tier: 'professional', effectiveOn: '2026-07-01' }

  test('one side of one day holds, without taking anything back', async () => {
    const { settled, mine, ada, client } = await contested(enterpriseInJune, professionalInJune)
    expect(await settled(mine)).toEqual([
      ['2026-05-01', 'starter'],
      ['2026-06-01', 'enterprise'],
    ])
    expect(ada.history(client).filter(({ kind }) => kind === 'entry.retracted')).toEqual([])
  })

  test('one side of two days holds, and the other is taken back', async () => {
    const { settled, mine, ada, theirs, client } = await contested(enterpriseInJune, professionalInJuly)
    expect(await settled(mine)).toEqual([
      ['2026-05-01', 'starter'],
      ['2026-06-01', 'enterprise'],
    ])
    expect(ada.history(client).find(({ id }) => id === theirs)?.retracted).not.toBeNull()
  })

  test('both hold, each from its own day', async () => {
    const { settled } = await contested(professionalInJuly, enterpriseInJune)
    expect(await settled('all')).toEqual([
      ['2026-05-01', 'starter'],
      ['2026-06-01', 'enterprise'],
      ['2026-07-01', 'professional'],
    ])
  })

  test('an end against an assignment: either side', async () => {
    const first = await contested(enterpriseInJune, 'end')
    expect(await first.settled(first.mine)).toEqual([
      ['2026-05-01', 'starter'],
      ['2026-06-01', 'enterprise'],
    ])
    const second = await contested(enterpriseInJune, 'end')
    expect(await second.settled(second.theirs)).toEqual([
      ['2026-05-01', 'starter'],
      ['2026-08-01', null],
    ])
  })

  test('names what came where there is nothing to settle, or no such side', async () => {
    const { ada, client, mine } = await contested(enterpriseInJune, professionalInJune)
    const other = `${mine.slice(0, -2)}/9`
    expect(await ada.settle({ client, keep: other })).toMatchObject({ ok: false, error: { code: 'unknown-entry' } })
    expect(await ada.settle({ client, keep: 'none' })).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
    await done(ada.settle({ client, keep: 'all' }))
    expect(await ada.settle({ client, keep: mine })).toMatchObject({ ok: false, error: { code: 'nothing-to-change' } })
    expect(await ada.settle({ client: createId(), keep: 'all' })).toMatchObject({ error: { code: 'unknown-client' } })
  })
})
