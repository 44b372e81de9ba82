// Prices, usage and seals in the log, each rule by its id; and that the gate of the server takes what the commands write.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createSampleGate } from '../src/admission/sample-gate.ts'
import type { Book } from '../src/book.ts'
import type { PriceFields } from '../src/schema/billing-entries.ts'
import { createId } from '../src/schema/ids.ts'
import type { SealedRunFacts } from '../src/projection/sealed-run.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'

const october = { from: '2026-10-01', to: '2026-11-01' }
const november = { from: '2026-11-01', to: '2026-12-01' }
const starter: PriceFields = {
  item: { kind: 'tier', tier: 'starter' },
  effectiveOn: '2026-01-01',
  currency: 'EUR',
  interval: 'month',
  timing: 'arrears',
  cycle: 'calendar',
  model: { type: 'flat', amount: 31_000 },
}
const policy = {
  unit: 'day',
  denominator: 'actual',
  changeDay: 'new',
  endDay: 'free',
  start: 'prorate',
  end: 'prorate',
  upgrade: 'now',
  downgrade: 'now',
  credit: 'capped',
  adjustments: 'net',
  rounding: 'halfUp',
  roundAt: 'line',
} as const

/** A seal of `count` invoices; `mark` makes its hash another. */
function sealOf(client: string, period = october, { count = 1, mark = 'A' } = {}): SealedRunFacts {
  return {
    period,
    policy,
    hash: mark.repeat(43),
    invoices: Array.from({ length: count }, (_, index) => ({
      number: `2026-10-${index}`,
      client,
      currency: 'EUR',
      total: 31_000,
      lines: [
        { item: 'tier:starter', cycle: period, ...period, quantity: '1', amount: 31_000, price: null },
        { item: 'tier:starter', cycle: period, ...period, quantity: '1', amount: -5, price: null, adjusts: october },
      ],
    })),
  }
}

async function bookWithClient(options: Parameters<typeof openForTest>[0] = {}) {
  const book = await openForTest(options)
  const { id } = await done(book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
  return { book, id }
}

test('[PB1] prices are dated entries; taken back, one counts as never made', async () => {
  const { book, id } = await bookWithClient()
  await done(book.setPrice(starter))
  const own = await done(book.setPrice({ ...starter, client: id, currency: 'USD' }))
  await done(book.upliftPrices({ effectiveOn: '2027-01-01', percent: '3.5' }))
  expect(book.billingInput(october)).toMatchObject({
    prices: [starter, { client: id, entry: own.entry }],
    uplifts: [{ percent: '3.5' }],
    clients: [{ id, currency: 'USD' }],
    periods: [{ client: id, tier: 'starter', from: '2026-01-01', to: null }],
  })
  await done(book.retract({ entry: own.entry, reason: 'wrong client' }))
  expect(book.prices()).toHaveLength(1)
  expect(book.billingInput(october).clients[0]).not.toHaveProperty('currency')
  expect(await book.retract({ entry: own.entry })).toMatchObject({ ok: false, error: { code: 'already-retracted' } })
  expect(book.clients().map((row) => row.name)).toEqual(['Acme'])
  const kinds = book.changes().slice(0, 2)
  expect(kinds.map(({ kind, client, retracted }) => [kind, client, retracted])).toEqual([
    ['entry.retracted', null, null],
    ['price.set', null, null],
  ])
})

test('[PB1] entries of one price share a subject, whoever sets it', async () => {
  const { book } = await bookWithClient()
  await done(book.setPrice(starter))
  await done(book.setPrice({ ...starter, effectiveOn: '2027-01-01', model: { type: 'flat', amount: 32_000 } }))
  await done(book.setPrice({ ...starter, item: { kind: 'client' } }))
  const subjects = book
    .changes({ kind: 'price.set' })
    .slice(0, 3)
    .map(({ subject }) => subject)
  expect(subjects[1]).toBe(subjects[2])
  expect(subjects[0]).not.toBe(subjects[1])
})

test.each<[string, unknown, string]>([
  ['a tier nobody has', { ...starter, item: { kind: 'tier', tier: 'gold' } }, 'unknown-tier'],
  ['a client nobody has', { ...starter, client: createId() }, 'unknown-client'],
  ['a negative amount', { ...starter, model: { type: 'flat', amount: -1 } }, 'invalid-input'],
  ['half a cent', { ...starter, model: { type: 'flat', amount: 0.5 } }, 'invalid-input'],
  ['a usage model on a tier', { ...starter, model: { type: 'perUnit', rate: '1' } }, 'invalid-input'],
  ['a flat amount for usage', { ...starter, item: { kind: 'usage', unit: 'stacks' } }, 'invalid-input'],
  ['no date', { ...starter, effectiveOn: 'soon' }, 'invalid-input'],
  ['a currency of four letters', { ...starter, currency: 'EURO' }, 'invalid-input'],
])('[PB1] a price with %s is refused and nothing is written', async (_, price, code) => {
  const { book } = await bookWithClient()
  const before = book.changes().length
  expect(await book.setPrice(price as PriceFields)).toMatchObject({ ok: false, error: { code } })
  expect(book.changes()).toHaveLength(before)
})

test('[PB2] usage recorded again changes nothing, another quantity corrects it, overlapping dates are refused', async () => {
  const { book, id } = await bookWithClient()
  const record = { client: id, unit: 'stacks', ...october, quantity: '12' }
  expect(await done(book.recordUsage([record]))).toMatchObject({ written: 1 })
  expect(await book.recordUsage([record])).toMatchObject({ ok: false, error: { code: 'nothing-to-change' } })
  expect(
    await done(
      book.recordUsage([
        { ...record, quantity: '13.5' },
        { ...record, unit: 'nodes' },
      ]),
    ),
  ).toMatchObject({ written: 2 })
  expect(book.usage().map(({ unit, quantity }) => [unit, quantity])).toEqual([
    ['stacks', '13.5'],
    ['nodes', '12'],
  ])
  expect(await book.recordUsage([{ ...record, from: '2026-10-31', to: '2026-11-05' }])).toMatchObject({
    ok: false,
    error: {
      code: 'invalid-input',
      message: '0.from: usage of stacks is already recorded for 2026-10-01 to 2026-11-01',
    },
  })
  expect(await book.recordUsage([{ ...record, client: createId() }])).toMatchObject({
    ok: false,
    error: { code: 'unknown-client' },
  })
  expect(await book.recordUsage([{ ...record, quantity: '-1' }])).toMatchObject({
    ok: false,
    error: { code: 'invalid-input' },
  })
  expect(await book.recordUsage([{ ...record, to: record.from }])).toMatchObject({
    ok: false,
    error: { code: 'invalid-input' },
  })
})

test('[PB3] a sealed period is kept whole, is never taken back, and not sealed twice', async () => {
  const { book, id } = await bookWithClient()
  const sealed = sealOf(id, october, { count: 2_500 }) // several actions
  const { action } = await done(book.sealRun({ sealed, prefix: 'INV-' }))
  expect(book.seals()).toMatchObject([{ state: 'sealed', prefix: 'INV-', run: sealed }])
  expect(book.seals()[0]?.run).toEqual(sealed)
  expect(book.changes({ kind: 'run.sealed' }).length).toBeGreaterThan(1)
  expect(book.billingInput(november).sealed).toEqual([sealed])
  expect(await book.retract({ entry: `${action}/0` })).toMatchObject({ ok: false, error: { code: 'not-retractable' } })
  const again = sealOf(id, { from: '2026-10-31', to: '2026-11-02' }, { mark: 'B' })
  expect(await book.sealRun({ sealed: again, prefix: '' })).toMatchObject({
    ok: false,
    error: { code: 'already-sealed' },
  })
  const twice = [1, 2].map(() => book.sealRun({ sealed: sealOf(id, november, { mark: 'C' }), prefix: '' }))
  expect((await Promise.all(twice)).map(({ ok }) => ok)).toEqual([true, false])
})

test('[PB3] parts of a seal that was cut short count for nothing; sealing again completes it, or another takes its place', async () => {
  const { book, id } = await bookWithClient()
  const before = Y.encodeStateAsUpdate(book.doc)
  const updates: Uint8Array[] = []
  book.doc.on('update', (update: Uint8Array) => updates.push(update))
  const sealed = sealOf(id, october, { count: 2_500 })
  await done(book.sealRun({ sealed, prefix: '' }))
  const [first = new Uint8Array(), second] = updates
  expect(second).toBeDefined()
  for (const [again, hash] of [
    [sealed, 'A'.repeat(43)],
    [sealOf(id, october, { count: 2_500, mark: 'B' }), 'B'.repeat(43)],
  ] as const) {
    const other = await openForTest({ id: book.id, author: authorNamed('Bo') })
    Y.applyUpdate(other.doc, before)
    Y.applyUpdate(other.doc, first)
    expect(other.seals()).toMatchObject([{ state: 'incomplete' }])
    expect(other.billingInput(november).sealed).toEqual([])
    await done(other.sealRun({ sealed: again, prefix: '' }))
    const holding = other.seals().filter(({ state }) => state === 'sealed')
    expect(holding).toMatchObject([{ hash, run: again }])
    await other.close()
  }
})

test('[PB3] of two devices that seal one period offline, the same one holds everywhere and the other is shown as superseded', async () => {
  const hub = createHub()
  const id = createId()
  const links = [hub.link(), hub.link()] as const
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: links[0].sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: links[1].sync })
  const client = (await done(ada.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))).id
  hub.deliverAll()
  await done(ada.sealRun({ sealed: sealOf(client), prefix: '' }))
  await done(bo.sealRun({ sealed: sealOf(client, october, { mark: 'B' }), prefix: '' }))
  await done(bo.sealRun({ sealed: sealOf(client, november, { mark: 'D' }), prefix: '' }))
  hub.deliverAll()
  const states = (book: Book) => book.seals().map(({ hash, state }) => [hash[0], state])
  expect(states(ada)).toEqual(states(bo))
  expect(states(ada).filter(([, state]) => state === 'sealed')).toHaveLength(2)
  expect(states(ada).filter(([, state]) => state === 'superseded')).toHaveLength(1)
  expect(ada.billingInput(november).sealed).toEqual(bo.billingInput(november).sealed)
})

test('[PB3] the same seal from two devices is one', async () => {
  const hub = createHub()
  const id = createId()
  const links = [hub.link(), hub.link()] as const
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: links[0].sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: links[1].sync })
  const client = (await done(ada.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))).id
  hub.deliverAll()
  for (const book of [ada, bo])
    await done(book.sealRun({ sealed: sealOf(client, october, { count: 1_500 }), prefix: '' }))
  hub.deliverAll()
  expect(ada.seals()).toHaveLength(1)
  expect(ada.seals()[0]?.run.invoices).toHaveLength(1_500)
})

test('[PB4] what a run is made from is the same on every replica, and after opening again', async () => {
  const hub = createHub()
  const id = createId()
  const storage = memory()
  const links = [hub.link(), hub.link(), hub.link()] as const
  const ada = await openForTest({ id, author: authorNamed('Ada'), storage, sync: links[0].sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: links[1].sync })
  const client = (await done(ada.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))).id
  hub.deliverAll()
  const set = await done(ada.setPrice(starter))
  await done(bo.setPrice({ ...starter, model: { type: 'flat', amount: 99 } }))
  await done(bo.recordUsage([{ client, unit: 'stacks', ...october, quantity: '3' }]))
  hub.deliverAll()
  await done(bo.retract({ entry: set.entry }))
  await done(ada.assignTier({ client, tier: 'enterprise', effectiveOn: '2026-10-15' }))
  hub.deliverAll()
  expect(ada.billingInput(october)).toEqual(bo.billingInput(october))
  expect(ada.billingInput(october).prices).toHaveLength(1)
  const late = await openForTest({ id, author: authorNamed('Cy'), sync: links[2].sync })
  hub.deliverAll()
  expect(late.billingInput(october)).toEqual(ada.billingInput(october))
})

test('[PB4] lists stay the same arrays until the log says otherwise, and clients can be asked for by themselves', async () => {
  const { book, id } = await bookWithClient()
  const other = (await done(book.addClient({ name: 'Bright', tier: 'starter', createdOn: '2026-02-01' }))).id
  await done(book.setPrice(starter))
  await done(book.sealRun({ sealed: sealOf(id), prefix: '' }))
  const before = { ...book.billingInput(october), seals: book.seals() }
  await done(book.assignTier({ client: id, tier: 'enterprise' }))
  await done(book.recordUsage([{ client: id, unit: 'stacks', ...november, quantity: '3' }]))
  const after = { ...book.billingInput(october), seals: book.seals() }
  expect([after.prices === before.prices, after.seals === before.seals, after.usage === before.usage]).toEqual([
    true,
    true,
    false,
  ])
  await done(book.sealRun({ sealed: sealOf(id, november), prefix: '' }))
  expect(book.seals()[0]).toBe(before.seals[0])
  const some = book.billingInput(october, { clients: [other] })
  expect(some.clients.map(({ name }) => name)).toEqual(['Bright'])
  expect(some.periods).toEqual(book.billingInput(october).periods.filter(({ client }) => client === other))
  expect(book.billingInput(october, { clients: [createId()] }).clients).toEqual([])
})

test('[PB4] [AD4] the gate takes what the commands write, and refuses bodies that do not fit', async () => {
  const { book, id } = await bookWithClient()
  const gate = createSampleGate()
  const offer = (update: Uint8Array) => gate.offer(update, { actor: book.author.id }).decision
  expect(offer(Y.encodeStateAsUpdate(book.doc))).toBe('accept')
  const decisions: string[] = []
  book.doc.on('update', (update: Uint8Array) => decisions.push(offer(update)))
  const bundle: PriceFields['item'] = {
    kind: 'bundle',
    bundle: createId(),
    name: 'Group',
    payer: id,
    members: [id],
    includes: ['base'],
  }
  const steps = [
    { upTo: 10, rate: '0.06', flat: 5 },
    { upTo: null, rate: '0.04' },
  ]
  const set = await done(
    book.setPrice({
      ...starter,
      client: id,
      setupFee: 5,
      discount: { percent: '10', until: null },
      taxCode: 'VAT',
      cost: '0.5',
      existingFrom: null,
    }),
  )
  await done(book.setPrice({ ...starter, item: bundle, discount: { amount: 7, until: '2027-01-01' } }))
  await done(
    book.setPrice({
      ...starter,
      item: { kind: 'usage', unit: 'stacks', tier: 'starter' },
      model: { type: 'graduated', steps, included: 3, minimum: 4, aggregate: 'max' },
    }),
  )
  await done(book.upliftPrices({ effectiveOn: '2027-01-01', percent: '-2.5', clients: [id], tiers: ['starter'] }))
  await done(book.recordUsage([{ client: id, unit: 'stacks', ...october, quantity: '3' }]))
  await done(book.sealRun({ sealed: sealOf(id, october, { count: 1_200 }), prefix: 'INV-' }))
  await done(book.retract({ entry: set.entry }))
  expect(decisions.length).toBeGreaterThan(7)
  expect(new Set(decisions)).toEqual(new Set(['accept']))
})

test('[PB6] an export is noted for every device, is never taken back, and stands in the way of no undo', async () => {
  const hub = createHub()
  const id = createId()
  const links = [hub.link(), hub.link()] as const
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: links[0].sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: links[1].sync })
  const gate = createSampleGate()
  const decisions: string[] = []
  ada.doc.on('update', (update: Uint8Array) => decisions.push(gate.offer(update, { actor: ada.author.id }).decision))
  const client = (await done(ada.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))).id
  const noted = { ...october, format: 'xero', hash: 'A'.repeat(43), files: ['xero-2026-10.csv'] }
  const { action } = await done(ada.noteExport(noted))
  hub.deliverAll()
  expect(bo.exports()).toMatchObject([{ ...noted, by: ada.author.id }])
  expect(decisions).toEqual(['accept', 'accept'])
  expect(await ada.retract({ entry: `${action}/0` })).toMatchObject({ ok: false, error: { code: 'not-retractable' } })
  await done(ada.undo())
  expect(ada.client(client)).toBeUndefined()
  expect(ada.exports()).toHaveLength(1)
  expect(await ada.noteExport({ ...noted, files: [] })).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
  expect(await ada.noteExport({ ...noted, to: noted.from })).toMatchObject({
    ok: false,
    error: { code: 'invalid-input' },
  })
})
