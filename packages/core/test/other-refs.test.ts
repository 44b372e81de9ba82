// Further external references: ids in systems that have a name, each a field of its own.
import { expect, test } from 'vitest'
import type { Book } from '../src/book.ts'
import { createSampleGate } from '../src/admission/sample-gate.ts'
import { createSampleSession, sampleId } from '../src/admission/sample-session.ts'
import { findLacking, writeAgain } from '../src/opening/lacking-actions.ts'
import { createBookProjection } from '../src/projection/book-projection.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'

const refsOf = (book: Book) => book.clients().map(({ name, otherRefs }) => [name, otherRefs])

async function bookWithTwo() {
  const book = await openForTest()
  const acme = await done(
    book.addClient({ name: 'Acme', externalRef: 'A-1', otherRefs: { Xero: 'X-1', Autotask: '1001' } }),
  )
  const bolt = await done(book.addClient({ name: 'Bolt' }))
  return { book, acme: acme.id, bolt: bolt.id }
}

test('[CR1] [LG1] each reference is a flat field and a logged one, sorted by system, and a client is found by any of them', async () => {
  const { book, acme, bolt } = await bookWithTwo()
  expect(refsOf(book)).toEqual([
    [
      'Acme',
      [
        { system: 'Autotask', id: '1001' },
        { system: 'Xero', id: 'X-1' },
      ],
    ],
    ['Bolt', undefined],
  ])
  await done(book.editClient({ client: bolt, otherRefs: { Xero: 'X-2' } }))
  await done(book.editClient({ client: acme, otherRefs: { Autotask: null, RMM: 'Ürx' } }))
  const fields = book.doc.getMap('clients')
  expect(fields.get(`${acme}/ref:RMM`)).toBe('Ürx')
  expect(fields.get(`${acme}/ref:Autotask`)).toBeNull()
  expect(book.history(acme)[0]?.fields).toEqual({
    'ref:Autotask': null,
    'ref:RMM': 'Ürx',
    was: { 'ref:Autotask': '1001', 'ref:RMM': null },
  })
  for (const [search, names] of Object.entries({ 'x-': ['Acme', 'Bolt'], 'x-1': ['Acme'], urx: ['Acme'], '1001': [] }))
    expect(book.clients({ search }).map(({ name }) => name)).toEqual(names)
})

test('[CR1] what is refused: another client’s id of that system, too many, no name; a system is the same whatever the case', async () => {
  const { book, acme, bolt } = await bookWithTwo()
  const edit = (otherRefs: Record<string, string | null>) => book.editClient({ client: bolt, otherRefs })
  expect(await edit({ xero: 'X-1' })).toMatchObject({
    error: {
      code: 'duplicate-external-ref',
      field: 'otherRefs',
      because: { says: 'reference-taken', externalRef: 'X-1' },
    },
  })
  expect(await edit({ 'a/b': '1' })).toMatchObject({ error: { code: 'invalid-input' } })
  expect(await edit({ Xero: ' ' })).toMatchObject({ error: { code: 'invalid-input', field: 'otherRefs.Xero' } })
  expect(await edit({ RMM: null })).toMatchObject({ error: { code: 'nothing-to-change' } })
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`System ${i}`, 'x']))
  expect(await edit(many)).toMatchObject({ error: { code: 'invalid-input', field: 'otherRefs' } })
  // Another system may use the same numbers.
  await done(edit({ RMM: 'X-1', XERO: 'X-2' }))
  expect(book.clients()[1]?.otherRefs).toEqual([
    { system: 'RMM', id: 'X-1' },
    { system: 'Xero', id: 'X-2' },
  ])
  await done(book.editClient({ client: acme, otherRefs: { Xero: null } }))
  await done(edit({ Xero: 'X-1' }))
})

test('[UN1] [UN2] [UN4] an edit is undone and done again; one that was changed since is not', async () => {
  const { book, acme } = await bookWithTwo()
  const before = refsOf(book)
  await done(book.editClient({ client: acme, name: 'Acme AG', otherRefs: { Xero: 'X-9', Autotask: null, RMM: 'r' } }))
  const after = refsOf(book)
  await done(book.undo())
  expect(refsOf(book)).toEqual(before)
  await done(book.redo())
  expect(refsOf(book)).toEqual(after)
  const edited = await done(book.editClient({ client: acme, otherRefs: { Xero: 'X-10' } }))
  await done(book.editClient({ client: acme, otherRefs: { Xero: 'X-11' } }))
  expect(await book.undo({ unit: edited.action })).toMatchObject({
    error: { because: { says: 'field-changed-since', field: 'ref:Xero' } },
  })
})

test('[F44] two devices that enter one each while offline keep both', async () => {
  const hub = createHub()
  const [one, two] = [hub.link(), hub.link()]
  const options = { id: createId(), storage: memory() }
  const a = await openForTest({ ...options, sync: one.sync, author: authorNamed('Ada') })
  const { id: acme } = await done(a.addClient({ name: 'Acme' }))
  const b = await openForTest({ ...options, storage: memory(), sync: two.sync, author: authorNamed('Ben') })
  hub.deliverAll()
  one.disconnect()
  two.disconnect()
  await done(a.editClient({ client: acme, otherRefs: { Xero: 'X-1' } }))
  await done(b.editClient({ client: acme, otherRefs: { RMM: 'R-1' } }))
  one.connect()
  two.connect()
  hub.deliverAll()
  for (const book of [a, b])
    expect(book.clients()[0]?.otherRefs).toEqual([
      { system: 'RMM', id: 'R-1' },
      { system: 'Xero', id: 'X-1' },
    ])
  await Promise.all([a.close(), b.close()])
})

test('[SY3] a recovery hands references over, and an older reading of the document gives the same rows', async () => {
  const { book, acme } = await bookWithTwo()
  await done(book.editClient({ client: acme, otherRefs: { Xero: 'X-2' } }))
  const other = await openForTest({ id: book.id })
  writeAgain(other.doc, findLacking(book.doc, other.doc))
  const rows = createBookProjection(other.doc, { now: () => testNoon }).rows.query({})
  expect(rows).toEqual(book.clients())
})

test('[CR1] the stored overview and the stored projection bring them back', async () => {
  const storage = memory()
  const id = createId()
  const author = authorNamed('Ada')
  const first = await openForTest({ id, storage, author })
  const { id: acme } = await done(first.addClient({ name: 'Acme', otherRefs: { Xero: 'X-1' } }))
  await first.close()
  const second = await openForTest({ id, storage, author })
  // The system is known from the row alone: nothing of the log is read again.
  await done(second.editClient({ client: acme, name: 'Acme AG' }))
  expect(refsOf(second)).toEqual([['Acme AG', [{ system: 'Xero', id: 'X-1' }]]])
  await done(second.assignTier({ client: acme, tier: 'starter' }))
  expect(second.clients()[0]?.otherRefs).toHaveLength(1)
  await second.close()
})

test('[AD4] [AD5] a server takes references that are texts, or are taken away, with an entry that names the client', () => {
  const gate = createSampleGate()
  const alice = createSampleSession()
  const acme = sampleId('acme')
  gate.offer(alice.addClient(acme, 'Acme'))
  const edit = (value: unknown, kind = 'client.edited', rest: object = {}) =>
    gate.judge(
      createCopy(alice.doc).write({
        fields: { clients: { [`${acme}/ref:Xero`]: value } },
        entries: [{ kind, subject: acme, 'ref:Xero': value, ...rest }],
      }),
      { actor: alice.actor },
    )
  expect(edit('X-1')).toMatchObject({ decision: 'accept' })
  expect(edit(null)).toMatchObject({ decision: 'accept' })
  for (const bad of ['', 7, 'x'.repeat(201)]) expect(edit(bad)).toMatchObject({ code: 'invalid-action' })
  expect(edit(null, 'client.added', { name: 'Acme', createdOn: '2026-01-01' })).toMatchObject({
    code: 'invalid-action',
  })
  const unlogged = createCopy(alice.doc).write({ fields: { clients: { [`${acme}/ref:Xero`]: 'X-1' } } })
  expect(gate.judge(unlogged, { actor: alice.actor })).toMatchObject({ code: 'unlogged-change' })
})

function createCopy(doc: Parameters<ReturnType<typeof createSampleSession>['pull']>[0]) {
  const session = createSampleSession()
  session.pull(doc)
  return session
}

test('a row of an import finds its client by any of its references, and brings those that are new', async () => {
  const { book, acme, bolt } = await bookWithTwo()
  await done(book.editClient({ client: bolt, otherRefs: { RMM: '77' } }))
  const cal = await done(book.addClient({ name: 'Cal', otherRefs: { Xero: '77' } }))
  const plan = await book.planImport([
    { row: 2, client: 'Acme AG', otherRefs: { xero: 'X-1', RMM: 'r-1' } },
    { row: 3, client: 'Whoever', otherRefs: { RMM: '77' } },
    // In no column of its own: one client alone is called that.
    { row: 4, client: 'Cal', externalRef: 'C-1', otherRefs: { Xero: '77' } },
    { row: 5, client: 'New', otherRefs: { Xero: 'X-5' } },
    { row: 6, client: 'Unclear', externalRef: '77' },
    { row: 7, client: 'Mixed', externalRef: 'A-1', otherRefs: { RMM: '77' } },
    { row: 8, client: 'Again', otherRefs: { Xero: 'X-5' } },
    { row: 9, client: 'Bad', otherRefs: { 'a/b': '1' } },
  ])
  expect(plan.problems.map(({ row, code }) => [row, code])).toEqual([
    [6, 'several-clients'],
    [7, 'several-clients'],
    [8, 'duplicate'],
    [9, 'not-a-system'],
  ])
  expect(plan.steps.map(({ client, does, fields }) => [client, does, fields])).toEqual([
    [acme, 'change', { name: 'Acme AG', otherRefs: { RMM: 'r-1' } }],
    [bolt, 'change', { name: 'Whoever' }],
    [cal.id, 'change', { externalRef: 'C-1' }],
    [expect.any(String), 'add', { name: 'New', createdOn: '2026-11-22', otherRefs: { Xero: 'X-5' } }],
  ])
  await done(book.importClients(plan))
  expect(book.clients({ search: 'X-5' })).toMatchObject([{ name: 'New', otherRefs: [{ system: 'Xero', id: 'X-5' }] }])
  const numbers = await book.planImport([{ row: 2, client: 'Acme AG', externalRef: '1001' }])
  expect(numbers).toMatchObject({ unchanged: 1, problems: [] })
  await done(book.undo({ unit: plan.batch }))
  expect(refsOf(book).map(([name]) => name)).toEqual(['Acme', 'Bolt', 'Cal'])
  expect(book.clients()[0]?.otherRefs).toHaveLength(2)
})

test('the same file on two devices adds the same client, however long its references are', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => ({
    row: i + 2,
    client: `Client ${i}`,
    otherRefs: Object.fromEntries(Array.from({ length: 6 }, (_, s) => [`System ${s}`, `${i} ${'ü'.repeat(100)}`])),
  }))
  const a = await openForTest()
  const b = await openForTest({ id: a.id })
  for (const book of [a, b]) await done(book.importClients(await book.planImport(rows)))
  expect(a.clients().map(({ id }) => id)).toEqual(b.clients().map(({ id }) => id))
  expect(a.clients()).toHaveLength(300)
  expect(await a.planImport(rows)).toMatchObject({ added: 0, changed: 0, unchanged: 300 })
})
