// Sealed runs in the log: whole, never edited, one for a period whoever seals.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Book } from '../src/book.ts'
import { createId } from '../src/schema/ids.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'
import { bookWithClient, november, october, sealOf } from './billing-sample.ts'

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
    expect(other.seals()).toMatchObject([{ state: 'incomplete', missing: updates.length - 1 }])
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

test('[PB3] a seal that the server has holds against an older one that comes later, on every replica and after an opening', async () => {
  let at = 1_000
  const hub = createHub({ now: () => at })
  const id = createId()
  const links = [hub.link(), hub.link(), hub.link()] as const
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: links[0].sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: links[1].sync })
  const client = (await done(ada.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))).id
  hub.deliverAll()
  links[1].disconnect()
  await done(bo.sealRun({ sealed: sealOf(client, october, { mark: 'B' }), prefix: 'B-' })) // the older one, offline
  for (const name of ['Cat', 'Dog']) await done(ada.addClient({ name, tier: 'starter' }))
  await done(ada.sealRun({ sealed: sealOf(client), prefix: 'A-' }))
  hub.deliverAll()
  expect(ada.seals()).toMatchObject([{ prefix: 'A-', state: 'sealed' }])
  at = 2_000
  links[1].connect()
  hub.deliverAll()
  const late = await openForTest({ id, author: authorNamed('Cy'), sync: links[2].sync })
  hub.deliverAll()
  for (const book of [ada, bo, late]) {
    expect(book.seals().map(({ prefix, state }) => [prefix, state])).toEqual([
      ['B-', 'superseded'],
      ['A-', 'sealed'],
    ])
    expect(book.billingInput(november).sealed).toMatchObject([{ hash: 'A'.repeat(43) }])
  }
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
