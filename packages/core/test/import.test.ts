// Importing clients: every row is judged before anything is written, and the same file again changes nothing.
import { expect, test, vi } from 'vitest'
import type { ImportRow } from '../src/commands/import-plan.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'

const rows: readonly ImportRow[] = [
  {
    row: 2,
    client: 'Acme, "Dental"\r\n& Sons',
    tier: 'Enterprise',
    created: '2024-02-29',
    lastActivity: '2026-11-01T08:00:00Z',
    externalRef: 'C-1',
  },
  { row: 3, client: 'Bolt', tier: 'professional', created: '2025-02-29' },
  { row: 4, client: '', tier: 'starter' },
  { row: 5, client: 'Çelik', tier: 'Platinum', created: '01/02/2025', lastActivity: 'yesterday' },
  { row: 6, client: 'Delta', tier: ' STARTER ' },
  { row: 7, client: 'Another', externalRef: 'C-1' },
  { row: 8, client: 'delta' },
  { row: 9, client: 'x'.repeat(201) },
  { row: 10, client: '  ', tier: '' },
  { row: 11, client: 'Echo' },
]

test('good rows come in, bad rows are named with field, what was expected and what came', async () => {
  const book = await openForTest()
  const plan = await book.planImport(rows, { source: 'clients.csv' })
  expect(plan).toMatchObject({ rows: 10, added: 3, changed: 0, unchanged: 0 })
  expect(plan.problems.map(({ row, field, code }) => [row, field, code])).toEqual([
    [3, 'created', 'not-a-date'],
    [4, 'client', 'missing'],
    [5, 'tier', 'unknown-tier'],
    [5, 'lastActivity', 'not-a-date'],
    [5, 'created', 'not-a-date'],
    [7, 'externalRef', 'duplicate'],
    [8, 'client', 'duplicate'],
    [9, 'client', 'too-long'],
  ])
  expect(plan.problems[2]?.message).toBe('tier: expected one of Starter, Professional, Enterprise, got "Platinum"')
  expect(book.clients()).toEqual([])
  expect(await done(book.importClients(plan))).toMatchObject({ added: 3, changed: 0 })
  expect(book.clients().map((row) => [row.name, row.tier, row.createdOn])).toEqual([
    ['Acme, "Dental"\r\n& Sons', 'enterprise', '2024-02-29'],
    ['Delta', 'starter', '2026-11-22'],
    ['Echo', null, '2026-11-22'],
  ])
  expect(book.clients()[0]?.lastActivity).toBe(Date.parse('2026-11-22T12:00:00Z'))
  expect(book.doc.getArray('activity').length).toBe(1)
})

test('the same file again changes nothing, also after a client was renamed', async () => {
  const book = await openForTest()
  await done(book.importClients(await book.planImport(rows)))
  const delta = book.clients({ search: 'delta' })[0]
  await done(book.editClient({ client: delta?.id ?? '', name: 'Delta Works' }))
  const log = book.doc.getArray('log').length
  const again = await book.planImport(rows)
  expect(again).toMatchObject({ added: 0, changed: 0, unchanged: 3 })
  await done(book.importClients(again))
  expect(book.doc.getArray('log').length).toBe(log)
  expect(book.clients()).toHaveLength(3)
})

test('a row finds its client by external reference first, then by a name that one client has', async () => {
  const book = await openForTest()
  const one = await done(book.addClient({ name: 'Acme', externalRef: 'C-1', tier: 'starter', createdOn: '2026-01-01' }))
  const two = await done(book.addClient({ name: 'Bolt', tier: 'starter', createdOn: '2026-01-01' }))
  await done(book.addClient({ name: 'Twin', createdOn: '2026-01-01' }))
  await done(book.addClient({ name: 'Twin', createdOn: '2026-01-01' }))
  const plan = await book.planImport([
    { row: 2, client: 'Acme Dental', externalRef: 'C-1', tier: 'enterprise', effectiveOn: '2026-12-01' },
    { row: 3, client: 'bolt', externalRef: 'C-2' },
    { row: 4, client: 'Twin' },
    { row: 5, client: 'Acme', externalRef: 'C-9' },
  ])
  expect(plan.steps.map(({ client, does }) => [client, does]).slice(0, 2)).toEqual([
    [one.id, 'change'],
    [two.id, 'change'],
  ])
  expect(plan.problems).toMatchObject([{ row: 4, code: 'ambiguous-name' }])
  await done(book.importClients(plan))
  expect(book.client(one.id)).toMatchObject({
    name: 'Acme Dental',
    tier: 'starter',
    scheduled: { tier: 'enterprise', effectiveOn: '2026-12-01' },
  })
  expect(book.client(two.id)).toMatchObject({ name: 'bolt', externalRef: 'C-2' })
})

test('[F44] two devices that import the same client while apart make one client, and it is not contested', async () => {
  const hub = createHub()
  const id = createId()
  const [one, two] = [
    await openForTest({ id, author: authorNamed('Ada'), sync: hub.link().sync }),
    await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync }),
  ]
  for (const book of [one, two])
    await done(
      book.importClients(
        await book.planImport([{ row: 2, client: 'Acme', externalRef: 'C-1', tier: 'starter', created: '2026-01-01' }]),
      ),
    )
  hub.deliverAll()
  for (const book of [one, two])
    expect(book.clients()).toMatchObject([{ name: 'Acme', tier: 'starter', contested: false }])
})

test('[F44] [TL4] two devices that import one client on different tiers while apart: it is contested, in the inbox with both entries, and settled by one assignment', async () => {
  const hub = createHub()
  const id = createId()
  const books = [
    await openForTest({ id, author: authorNamed('Ada'), sync: hub.link().sync }),
    await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync }),
  ] as const
  for (const [place, book] of books.entries()) {
    const tier = ['starter', 'enterprise'][place]!
    const row = { row: 2, client: 'Acme', externalRef: 'C-1', tier, created: '2026-01-01' }
    await done(book.importClients(await book.planImport([row])))
  }
  hub.deliverAll()
  const [listed, ...others] = books[0].contested()
  expect(others).toEqual([])
  expect(listed?.sides.map(({ to, effectiveOn, byName }) => [to, effectiveOn, byName]).sort()).toEqual([
    ['enterprise', '2026-01-01', 'Bo'],
    ['starter', '2026-01-01', 'Ada'],
  ])
  expect(books[1].contested()).toEqual(books[0].contested())
  expect(books[0].clients()).toMatchObject([{ name: 'Acme', contested: true }])
  expect(books[1].clients()[0]?.tier).toBe(books[0].clients()[0]?.tier)
  const keep = listed!.sides.find(({ to }) => to === 'starter')!.id
  await done(books[1].settle({ client: listed!.client.id, keep }))
  hub.deliverAll()
  for (const book of books) {
    expect(book.contested()).toEqual([])
    expect(book.clients()).toMatchObject([{ tier: 'starter', contested: false }])
  }
})

const many: readonly ImportRow[] = Array.from({ length: 10_000 }, (_, place) => ({
  row: place + 2,
  client: `Client ${place} "${'ü'.repeat(place % 40)}"`,
  tier: ['starter', 'professional', 'enterprise'][place % 3] ?? 'starter',
  externalRef: `C-${place}`,
  created: place % 100 === 0 ? '2026-13-01' : '2025-06-01',
}))

test('10,000 rows come in as actions that each fit the limits and share a batch', async () => {
  const book = await openForTest()
  await done(book.importClients(await book.planImport(many, { source: 'many.csv' })))
  expect(book.clients()).toHaveLength(9_900)
  const actions = book.doc.getArray<string>('log').toArray()
  expect(Math.max(...actions.map((text) => new TextEncoder().encode(text).length))).toBeLessThan(262_144)
  const batches = new Set(actions.map((text) => (JSON.parse(text) as { batch: string; of: number }).batch))
  expect(batches.size).toBe(1)
  expect((JSON.parse(actions[0] ?? '') as { of: number }).of).toBe(actions.length)
  expect(book.status.importing).toBeNull()
  expect(await book.planImport(many)).toMatchObject({ added: 0, changed: 0, unchanged: 9_900 })
}, 120_000)

test('an import that is cut short is shown as in progress and goes on at the next opening, nothing twice', async () => {
  const storage = memory()
  const id = createId()
  const author = authorNamed('Ada')
  const book = await openForTest({ id, author, storage })
  let seen = 0
  const cut = new Promise<void>((resolve) => {
    book.subscribe((change) => {
      if (change.log && ++seen === 5) resolve()
    })
  })
  void book.importClients(await book.planImport(many))
  await cut
  expect(book.status.importing).toMatchObject({ done: 5, of: 50 })
  await book.close()
  const again = await openForTest({ id, author, storage })
  await new Promise<void>((resolve) => {
    const check = () => {
      if (again.clients().length === 9_900) resolve()
    }
    again.subscribe(check)
    check()
  })
  expect(again.status.importing).toBeNull()
  expect(again.doc.getArray('log').length).toBe(50)
  expect(new Set(again.clients().map((row) => row.externalRef)).size).toBe(9_900)
}, 120_000)

test('the entries of one import are listed without reading its text again for each of them', async () => {
  const book = await openForTest()
  const many = Array.from({ length: 400 }, (_, index) => ({ row: index + 2, client: `Client ${index}` }))
  await done(book.importClients(await book.planImport(many)))
  const list = book.changes({ kind: 'client.added' })
  const parse = vi.spyOn(JSON, 'parse')
  const listed = list.slice(0, list.length)
  const parsed = parse.mock.calls.length
  parse.mockRestore()
  expect(listed).toHaveLength(400)
  expect(new Set(listed.map(({ clientName }) => clientName)).size).toBe(400)
  expect(parsed).toBeLessThan(10)
})
