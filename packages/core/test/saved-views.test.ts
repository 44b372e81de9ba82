import { expect, test } from 'vitest'
import { admitUpdate, knownBookOfDoc } from '../src/admission.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'
import * as Y from 'yjs'

const create = { name: 'Northwind', timeZone: 'UTC', currency: 'EUR' }
const renewals = { name: 'Renewals', query: '?scheduled=1&sort=name', columns: ['name', 'tier', 'createdOn'] }

test('[LG1] a view is saved with its entry, replaced by its name, and taken away without deleting a key', async () => {
  const book = await openForTest({ create })
  const keysOf = () => [...book.doc.getMap('views').keys()].sort()
  await done(book.saveView(renewals))
  expect(book.views()).toEqual([renewals])
  const keys = keysOf()
  expect(await book.saveView(renewals)).toMatchObject({ ok: false, error: { code: 'nothing-to-change' } })

  await done(book.saveView({ ...renewals, name: 'renewals', columns: ['name'] }))
  expect(book.views()).toEqual([{ ...renewals, name: 'renewals', columns: ['name'] }])
  await done(book.removeView({ name: 'renewals' }))
  expect(book.views()).toEqual([])
  expect(keysOf()).toEqual(keys)
  expect(await book.removeView({ name: 'renewals' })).toMatchObject({ ok: false, error: { code: 'nothing-to-change' } })
  await done(book.saveView(renewals))
  expect(book.views()).toEqual([renewals])
})

test('[UN1] a view is renamed in one action, and undone as one', async () => {
  const book = await openForTest({ create })
  await done(book.saveView(renewals))
  const named = { ...renewals, name: 'Ends soon' }
  const actions = book.changes({}).length
  await done(book.saveView({ ...named, instead: renewals.name }))
  expect(book.views()).toEqual([named])
  expect(
    new Set(
      book
        .changes({})
        .slice(0, book.changes({}).length - actions)
        .map(({ action }) => action),
    ).size,
  ).toBe(1)
  await done(book.undo())
  expect(book.views()).toEqual([renewals])
  await done(book.redo())
  expect(book.views()).toEqual([named])
  // Other letters of the same name are the same view.
  await done(book.saveView({ ...named, name: 'ENDS SOON', instead: named.name }))
  expect(book.views()).toEqual([{ ...named, name: 'ENDS SOON' }])
})

test('views reach other devices, and two of one name that were saved apart become one', async () => {
  const hub = createHub()
  const links = [hub.link(), hub.link()] as const
  const ada = await openForTest({ create, sync: links[0].sync })
  hub.deliverAll()
  const ben = await openForTest({ id: ada.id, author: authorNamed('Ben'), sync: links[1].sync })
  hub.deliverAll()
  for (const link of links) link.disconnect()
  await done(ada.saveView(renewals))
  await done(ben.saveView({ name: 'renewals', query: '', columns: [] }))
  await done(ben.saveView({ name: 'All', query: '', columns: [] }))
  for (const link of links) link.connect()
  hub.deliverAll()
  expect(ben.views()).toEqual(ada.views())
  expect(ada.views()).toHaveLength(2)
})

test('[AD5] the gate takes a saved view from its author, and no view without its entry', async () => {
  const book = await openForTest({ create })
  const judge = (before: Uint8Array, update: Uint8Array) => {
    const known = new Y.Doc()
    Y.applyUpdate(known, before)
    return admitUpdate(update, {
      actor: book.author.id,
      role: 'editor',
      founding: false,
      known: knownBookOfDoc(known, { actorOf: () => book.author.id, largestN: () => 1 }),
      now: Date.now(),
    })
  }
  const before = Y.encodeStateAsUpdate(book.doc)
  await done(book.saveView(renewals))
  const saved = Y.encodeStateAsUpdate(book.doc)
  expect(judge(before, saved)).toMatchObject({ decision: 'accept' })
  const id = [...book.doc.getMap('views').keys()][0] ?? ''
  book.doc.getMap('views').set(id, 'Slipped in')
  expect(judge(saved, Y.encodeStateAsUpdate(book.doc))).toMatchObject({ decision: 'refuse', code: 'unlogged-change' })
})

test('[UN1] [UN3] views are undone in turn with what was done before them', async () => {
  const book = await openForTest({ create })
  await done(book.addClient({ name: 'Acme' }))
  await done(book.saveView(renewals))
  await done(book.undo())
  expect(book.clients()).toHaveLength(1)
  expect(book.views()).toEqual([])
  await done(book.undo())
  expect(book.clients()).toEqual([])
})

test('bad views name the field, and what does not fit in the document is left out', async () => {
  const book = await openForTest({ create })
  for (const [field, view] of [
    ['name', { ...renewals, name: ' ' }],
    ['query', { ...renewals, query: 'x'.repeat(4_001) }],
    ['columns', { ...renewals, columns: ['a,b'] }],
  ] as const) {
    const saved = await book.saveView(view)
    expect(saved, field).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
    expect(saved.ok ? '' : saved.error.message, field).toMatch(field)
  }
  await done(book.saveView(renewals))
  book.doc.getMap('views').set('x/name', 'No query')
  book.doc.getMap('views').set('y/name', 7)
  expect(book.views().map(({ name }) => name)).toEqual(['Renewals'])
})
