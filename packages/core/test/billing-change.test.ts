// Batches of prices, usage and dated tier changes: each rule by its id.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createSampleGate } from '../src/admission/sample-gate.ts'
import type { BillingOutcome } from '../src/book-billing.ts'
import type { Book } from '../src/book.ts'
import type { PriceFields } from '../src/schema/billing-entries.ts'
import { createId } from '../src/schema/ids.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'

const october = { from: '2026-10-01', to: '2026-11-01' }
const price: PriceFields = {
  item: { kind: 'tier', tier: 'starter' },
  effectiveOn: '2026-01-01',
  currency: 'EUR',
  interval: 'month',
  timing: 'arrears',
  cycle: 'calendar',
  model: { type: 'flat', amount: 31_000 },
}

async function bookOf(count: number, options: Parameters<typeof openForTest>[0] = {}) {
  const book = await openForTest(options)
  const plan = await book.planImport(
    Array.from({ length: count }, (_, row) => ({
      row,
      client: `Client ${row}`,
      tier: 'starter',
      created: '2026-06-01',
    })),
  )
  await done(book.importClients(plan))
  return { book, clients: book.clients().map(({ id }) => id) }
}

const history = (client: string) => [
  { client, to: { tier: 'enterprise' }, effectiveOn: '2025-09-01', reason: 'from the old system' },
  { client, to: { tier: 'starter' }, effectiveOn: '2025-01-15' },
  { client, to: 'end' as const, effectiveOn: '2025-11-01' },
  { client, to: { tier: 'professional' }, effectiveOn: '2025-12-01' },
]

const periodsOf = (book: Book, client: string) =>
  book.tierPeriods(client, { from: '2025-01-01', to: '2026-07-01' }).map(({ from, tier }) => [from, tier])

test('[PB5] [TL4] history in any order of rows becomes one timeline, contests nobody, and is written once', async () => {
  const { book, clients } = await bookOf(3)
  const change = { source: 'history.csv', tierChanges: clients.flatMap(history) }
  expect(await done(book.previewBilling(change))).toMatchObject({
    tierChanges: Array.from({ length: 12 }, () => ({ does: 'add' })),
  })
  expect(book.changes({ kind: 'tier.assigned' })).toHaveLength(3)
  const { batch } = await done(book.applyBilling(change))
  for (const client of clients) {
    expect(periodsOf(book, client)).toEqual([
      ['2025-01-01', null],
      ['2025-01-15', 'starter'],
      ['2025-09-01', 'enterprise'],
      ['2025-11-01', null],
      ['2025-12-01', 'professional'],
      ['2026-06-01', 'starter'],
    ])
  }
  expect(book.contested()).toEqual([])
  expect(await book.applyBilling(change)).toMatchObject({ ok: false, error: { code: 'nothing-to-change' } })
  expect(book.changes({ kind: 'import.applied' }).at(0)?.fields).toMatchObject({ rows: 12, source: 'history.csv' })
  await done(book.undo({ unit: batch }))
  expect(clients.map((client) => book.tierOn(client, '2025-12-24'))).toEqual([null, null, null])
  await done(book.applyBilling(change))
  expect(clients.map((client) => book.tierOn(client, '2025-12-24'))).toEqual(clients.map(() => 'professional'))
  expect(book.contested()).toEqual([])
})

test('[UN1] [PB5] [AD4] a history that was imported is undone and done again, as often as one likes, and the gate takes it', async () => {
  const { book, clients } = await bookOf(3)
  const gate = createSampleGate()
  const offer = (update: Uint8Array) => gate.offer(update, { actor: book.author.id }).decision
  expect(offer(Y.encodeStateAsUpdate(book.doc))).toBe('accept')
  const decisions = new Set<string>()
  book.doc.on('update', (update: Uint8Array) => decisions.add(offer(update)))
  const { batch } = await done(book.applyBilling({ tierChanges: clients.flatMap(history) }))
  const periods = clients.map((client) => periodsOf(book, client))
  for (let again = 0; again < 3; again++) {
    await done(book.undo({ unit: batch }))
    expect(clients.map((client) => book.tierOn(client, '2025-12-24'))).toEqual([null, null, null])
    await done(book.redo({ unit: batch }))
    expect(clients.map((client) => periodsOf(book, client))).toEqual(periods)
    expect(book.contested()).toEqual([])
  }
  expect([...decisions]).toEqual(['accept'])
})

test('[UN1] [UN5] a thousand changes of one client in one batch are undone and done again, in actions that share a batch', async () => {
  const hub = createHub()
  const id = createId()
  const { book, clients } = await bookOf(1, { id, author: authorNamed('Ada'), sync: hub.link().sync })
  const [client = ''] = clients
  const dayOf = (place: number) => new Date(Date.UTC(2020, 0, 1 + place)).toISOString().slice(0, 10)
  const tierChanges = Array.from({ length: 1_000 }, (_, place) => ({
    ...{ client, effectiveOn: dayOf(place), to: { tier: place % 2 === 0 ? 'starter' : 'enterprise' } },
  }))
  const { batch } = await done(book.applyBilling({ tierChanges }))
  expect(book.tierOn(client, '2022-09-26')).toBe('enterprise')
  await done(book.undo({ unit: batch }))
  expect(book.tierOn(client, '2022-09-26')).toBeNull()
  await done(book.redo({ unit: batch }))
  for (const [day, tier] of [
    ['2020-01-01', 'starter'],
    ['2021-06-01', 'enterprise'],
    ['2022-09-26', 'enterprise'],
  ] as const)
    expect(book.tierOn(client, day), day).toBe(tier)
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  hub.deliverAll()
  expect(bo.history(client)).toEqual(book.history(client))
})

test('[PB5] items that cannot be written are each named, and nothing is written', async () => {
  const { book, clients } = await bookOf(1)
  const [client = ''] = clients
  const before = book.changes().length
  const usage = { client, unit: 'stacks', ...october, quantity: '3' }
  const change = {
    prices: [price, { ...price, item: { kind: 'tier' as const, tier: 'gold' } }],
    uplifts: [{ effectiveOn: 'soon', percent: '3' }],
    usage: [usage, { ...usage, quantity: '-3' }, { ...usage, from: '2026-10-31' }, { ...usage, quantity: '4' }, usage],
    tierChanges: [
      { client: createId(), to: 'end' as const, effectiveOn: '2026-01-01' },
      { client, to: { tier: 'gold' }, effectiveOn: '2026-01-01' },
      { client, to: { tier: 'starter' }, effectiveOn: '2026-07-01' },
      { client, to: { tier: 'enterprise' }, effectiveOn: '2026-08-01' },
      { client, to: 'end' as const, effectiveOn: '2026-08-01' },
    ],
  }
  const words = (outcomes: readonly BillingOutcome[]) =>
    outcomes.map((one) => ('error' in one ? one.error.code : one.does))
  const preview = await done(book.previewBilling(change))
  expect({
    prices: words(preview.prices),
    uplifts: words(preview.uplifts),
    usage: words(preview.usage),
    tierChanges: words(preview.tierChanges),
  }).toEqual({
    prices: ['add', 'unknown-tier'],
    uplifts: ['invalid-input'],
    usage: ['add', 'invalid-input', 'invalid-input', 'invalid-input', 'nothing'],
    tierChanges: ['unknown-client', 'unknown-tier', 'nothing', 'add', 'invalid-input'],
  })
  expect(await book.applyBilling(change)).toMatchObject({
    ok: false,
    error: { code: 'unknown-tier', message: expect.stringContaining('prices.1.item.tier: expected') as string },
  })
  expect(book.changes()).toHaveLength(before)
})

test('[PB5] a price that stands is not said again, one from the same day takes its place, and uplifts come along', async () => {
  const { book } = await bookOf(1)
  const change = { prices: [price], uplifts: [{ effectiveOn: '2027-01-01', percent: '3' }] }
  expect(await done(book.applyBilling(change))).toMatchObject({ written: 2 })
  const dearer = { ...price, model: { type: 'flat' as const, amount: 32_000 } }
  expect(await done(book.previewBilling({ ...change, prices: [price, dearer] }))).toMatchObject({
    prices: [{ does: 'nothing' }, { does: 'change' }],
    uplifts: [{ does: 'nothing' }],
  })
})

test('[PB2] thousands of records come in at once, in actions that share a batch, and are undone as one', async () => {
  const { book, clients } = await bookOf(100)
  const records = clients.flatMap((client) =>
    Array.from({ length: 60 }, (_, unit) => ({ client, unit: `unit ${unit}`, ...october, quantity: String(unit) })),
  )
  expect(await done(book.recordUsage(records))).toMatchObject({ written: 6_000 })
  expect(book.usage()).toHaveLength(6_000)
  expect(await book.recordUsage(records)).toMatchObject({ ok: false, error: { code: 'nothing-to-change' } })
  expect(await done(book.recordUsage(records.map((one) => ({ ...one, quantity: `${one.quantity}.5` }))))).toMatchObject(
    {
      written: 6_000,
    },
  )
  expect(book.usage()).toHaveLength(6_000)
  await done(book.undo())
  expect(book.usage().find(({ unit }) => unit === 'unit 7')?.quantity).toBe('7')
})

test('[PB5] [AD4] the gate takes a batch, and other replicas read the same', async () => {
  const hub = createHub()
  const id = createId()
  const links = [hub.link(), hub.link()] as const
  const { book, clients } = await bookOf(2, { id, author: authorNamed('Ada'), sync: links[0].sync })
  const gate = createSampleGate()
  const offer = (update: Uint8Array) => gate.offer(update, { actor: book.author.id }).decision
  expect(offer(Y.encodeStateAsUpdate(book.doc))).toBe('accept')
  const decisions: string[] = []
  book.doc.on('update', (update: Uint8Array) => decisions.push(offer(update)))
  const [client = ''] = clients
  await done(
    book.applyBilling({
      source: 'plan',
      prices: [price],
      usage: [{ client, unit: 'stacks', ...october, quantity: '3' }],
      tierChanges: clients.flatMap(history),
    }),
  )
  expect(decisions).toEqual(['accept', 'accept', 'accept', 'accept', 'accept'])
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: links[1].sync })
  hub.deliverAll()
  expect(bo.billingInput(october)).toEqual(book.billingInput(october))
  expect(bo.status.importing).toBeNull()
})

test('[UN5] [PB2] twenty thousand counts of a thousand clients are undone and done again as one', async () => {
  const { book, clients } = await bookOf(1_000)
  const usage = clients.flatMap((client) =>
    Array.from({ length: 20 }, (_, unit) => ({
      ...{ client, unit: `unit ${unit}`, from: '2026-10-01', to: '2026-11-01', quantity: '3' },
    })),
  )
  const { batch } = await done(book.applyBilling({ usage }))
  await done(book.undo({ unit: batch }))
  expect(book.usage()).toHaveLength(0)
  await done(book.redo({ unit: batch }))
  expect(book.usage()).toHaveLength(20_000)
  await done(book.undo({ unit: batch }))
  expect(book.usage()).toHaveLength(0)
})
