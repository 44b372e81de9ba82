// What a book answers for billing, the same on every replica; and that the gate of the server takes what the commands write.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createSampleGate } from '../src/admission/sample-gate.ts'
import type { Book } from '../src/book.ts'
import type { PriceFields } from '../src/schema/billing-entries.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'
import { bookWithClient, november, october, sealOf, starter } from './billing-sample.ts'

const december = { from: '2026-12-01', to: '2027-01-01' }
const january = { from: '2027-01-01', to: '2027-02-01' }

/** Another opening of the same document. */
async function copyOf(book: Book): Promise<Book> {
  const copy = await openForTest({ id: book.id })
  Y.applyUpdate(copy.doc, Y.encodeStateAsUpdate(book.doc))
  return copy
}

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

test('[PB4] reading ahead in slices gives what asking at once does, also of what comes in meanwhile', async () => {
  const { book, id } = await bookWithClient()
  const records = Array.from({ length: 20_000 }, (_, place) => ({
    ...{ client: id, unit: `unit ${place % 5_000}`, quantity: String(place) },
    ...[october, november, december, january][Math.floor(place / 5_000)]!,
  }))
  await done(book.recordUsage(records))
  await done(book.setPrice(starter))
  const [ahead, atOnce] = [await copyOf(book), await copyOf(book)]
  const reading = ahead.readBilling()
  const late = [done(ahead.setPrice({ ...starter, client: id })), done(atOnce.setPrice({ ...starter, client: id }))]
  await Promise.all([reading, ...late])
  await done(ahead.sealRun({ sealed: sealOf(id), prefix: '' }))
  await ahead.readBilling()
  await done(atOnce.sealRun({ sealed: sealOf(id), prefix: '' }))
  const said = (of: Book) => ({
    usage: of.usage(),
    prices: of.prices().map(({ entry: _, ...price }) => price),
    seals: of.seals().map(({ state, actions }) => [state, actions.length]),
  })
  expect(ahead.usage()).toHaveLength(records.length)
  expect(said(ahead)).toEqual(said(atOnce))
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
