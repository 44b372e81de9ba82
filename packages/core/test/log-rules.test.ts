// The rules of the log, LG1 to LG6, each by its id.
import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import type { Action } from '../src/schema/action.ts'
import { actionToText } from '../src/schema/action-text.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'

const actor = createId()
const client = createId()

function action(fields: Partial<Action>): Action {
  return {
    v: 1,
    id: 'AAAAAAAAAAA.0',
    n: 1,
    at: testNoon,
    by: actor,
    device: createId(),
    prev: null,
    entries: [{ kind: 'client.added', subject: client, name: 'Acme', createdOn: '2026-01-01' }],
    ...fields,
  }
}

async function openWith(texts: readonly unknown[]) {
  const book = await openForTest()
  book.doc.getArray('log').push([...texts])
  return book
}

test('[LG1] a command is one transaction: the described fields and one action, the action last, tagged', async () => {
  const book = await openForTest()
  const id = (await done(book.addClient({ name: 'Acme', tier: 'starter' }))).id
  const seen: { origin: unknown; keys: string[]; log: number }[] = []
  book.doc.on('afterTransaction', (transaction) => {
    const keys = [
      ...((transaction.changed as Map<unknown, Set<string | null>>).get(book.doc.getMap('clients')) ?? []),
    ].map(String)
    seen.push({ origin: transaction.origin, keys, log: book.doc.getArray('log').length })
  })
  await done(book.editClient({ client: id, name: 'Acme Dental', note: 'call on Mondays' }))
  expect(seen).toEqual([
    { origin: { source: 'command', name: 'editClient' }, keys: [`${id}/name`, `${id}/note`], log: 2 },
  ])
  const own = book.doc.store.clients.get(book.doc.clientID) ?? []
  const last = own.at(-1)
  expect(last instanceof Y.Item && last.parent === book.doc.getArray('log')).toBe(true)
})

test('[LG1] clearing a field writes null and deletes no key', async () => {
  const book = await openForTest()
  const { id } = await done(book.addClient({ name: 'Acme', externalRef: 'C-1' }))
  await done(book.editClient({ client: id, externalRef: null }))
  expect(book.doc.getMap('clients').get(`${id}/externalRef`)).toBeNull()
  expect(book.client(id)?.externalRef).toBeNull()
})

test('[LG1] a command that fails writes nothing', async () => {
  const book = await openForTest()
  const before = Y.encodeStateAsUpdate(book.doc)
  expect(await book.assignTier({ client: createId(), tier: 'starter' })).toMatchObject({
    ok: false,
    error: { code: 'unknown-client', field: 'client' },
  })
  expect(await book.addClient({ name: '   ' })).toMatchObject({
    ok: false,
    error: { code: 'invalid-input', field: 'name' },
  })
  expect(await book.addClient({ name: 'x\uD800' })).toMatchObject({
    ok: false,
    error: { code: 'invalid-input', field: 'name' },
  })
  expect(await book.addClient({ name: 'Acme', createdOn: '2026-02-30' })).toMatchObject({
    ok: false,
    error: { field: 'createdOn' },
  })
  expect(Y.encodeStateAsUpdate(book.doc)).toEqual(before)
})

test('[LG2] undo appends: the entry stays in the log, and the undo survives restart and sync', async () => {
  const storage = memory()
  const hub = createHub()
  const id = createId()
  const author = authorNamed('Ada')
  const book = await openForTest({ id, author, storage, sync: hub.link().sync })
  const added = await done(book.addClient({ name: 'Acme', tier: 'starter' }))
  const { entry } = await done(book.assignTier({ client: added.id, tier: 'enterprise' }))
  await done(book.retract({ entry }))
  hub.deliverAll()
  expect(book.client(added.id)?.tier).toBe('starter')
  expect(book.history(added.id).map((change) => [change.kind, change.retracted !== null])).toEqual([
    ['entry.retracted', false],
    ['tier.assigned', true],
    ['tier.assigned', false],
    ['client.added', false],
  ])
  await book.close()
  const again = await openForTest({ id, author, storage })
  expect(again.client(added.id)?.tier).toBe('starter')
  const other = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  hub.deliverAll()
  expect(other.history(added.id)).toEqual(again.history(added.id))
})

test('[LG3] order is by (n, id): a clock ten years off sorts by cause', async () => {
  const hub = createHub()
  const id = createId()
  const ten = 10 * 365 * 86_400_000
  const ahead = await openForTest({
    id,
    author: authorNamed('Ahead'),
    sync: hub.link().sync,
    now: () => testNoon + ten,
  })
  const behind = await openForTest({
    id,
    author: authorNamed('Behind'),
    sync: hub.link().sync,
    now: () => testNoon - ten,
  })
  const { id: acme } = await done(ahead.addClient({ name: 'Acme', tier: 'starter', createdOn: '2020-01-01' }))
  hub.deliverAll()
  await done(behind.assignTier({ client: acme, tier: 'professional', effectiveOn: '2021-01-01' }))
  hub.deliverAll()
  await done(ahead.assignTier({ client: acme, tier: 'enterprise', effectiveOn: '2021-01-01' }))
  hub.deliverAll()
  for (const book of [ahead, behind]) {
    expect(
      book
        .history(acme)
        .filter((change) => change.kind === 'tier.assigned')
        .map((change) => change.to),
    ).toEqual(['enterprise', 'professional', 'starter'])
    expect(book.tierOn(acme, '2021-01-01')).toBe('enterprise')
  }
})

test('[LG4] unknown kinds and fields of newer versions are kept and shown; one unreadable element hides nothing else', async () => {
  const newer = action({
    id: 'BBBBBBBBBBB.0',
    v: 9,
    n: 2,
    entries: [{ kind: 'contract.signed', subject: client, pages: 3 }],
  })
  const loose = action({
    id: 'CCCCCCCCCCC.0',
    n: 3,
    entries: [{ kind: 'client.edited', subject: client, name: 'Acme Dental', mood: 'good' }],
  })
  const book = await openWith([
    actionToText(action({})),
    '{"v":1',
    17,
    actionToText({ ...newer, later: true } as Action),
    actionToText(loose),
  ])
  expect(book.clients().map((row) => row.name)).toEqual(['Acme Dental'])
  expect(book.status.unreadable).toBe(2)
  expect(book.problems().map((problem) => problem.text)).toEqual(['{"v":1', '17'])
  const changes = book.changes()
  expect(changes.slice(0, changes.length).map((change) => [change.kind, change.newer, change.fields])).toEqual([
    ['client.edited', false, { name: 'Acme Dental', mood: 'good' }],
    ['contract.signed', true, { pages: 3 }],
    ['client.added', false, { name: 'Acme', createdOn: '2026-01-01' }],
  ])
})

test('[LG5] a book of a newer schema opens read-only and says why', async () => {
  const book = await openWith([actionToText(action({}))])
  book.doc.getMap('meta').set('schema', 2)
  expect(book.status.readOnly).toBe('newer-schema')
  expect(book.clients()).toHaveLength(1)
  const refused = await book.addClient({ name: 'Bolt' })
  expect(refused).toMatchObject({ ok: false, error: { code: 'newer-schema' } })
  expect(refused.ok ? '' : refused.error.message).toContain('schema 2')
})

test('[LG5] a newer schema that comes while the last try is signed is not written over', async () => {
  const book = await openForTest()
  await done(book.addClient({ name: 'Acme' }))
  const meta = book.doc.getMap('meta')
  const { sign } = crypto.subtle
  let tries = 0
  const signing = vi.spyOn(crypto.subtle, 'sign').mockImplementation((...parts) => {
    // Something arrives under every signature.
    tries += 1
    meta.set('schema', tries < 6 ? 1 : 2)
    return sign.apply(crypto.subtle, parts)
  })
  const refused = await book.addClient({ name: 'Bolt' })
  signing.mockRestore()
  expect(tries).toBe(6)
  expect(refused).toMatchObject({ ok: false, error: { code: 'newer-schema' } })
  expect(book.doc.getArray('log').length).toBe(1)
})

test('[LG3] [LG6] what the log says of a client’s money comes in log order, without what came under one id with two texts', async () => {
  const usage = (seq: number, n: number, quantity: string) =>
    actionToText(
      action({
        id: `AAAAAAAAAAA.${seq}`,
        n,
        entries: [
          { kind: 'usage.recorded', subject: client, unit: 'stacks', from: '2026-10-01', to: '2026-11-01', quantity },
        ],
      }),
    )
  const book = await openWith([
    usage(3, 9, '3'),
    actionToText(action({})),
    usage(2, 5, '2'),
    usage(1, 7, '100'),
    usage(1, 7, '200'),
    usage(4, 2, '1'),
  ])
  const said = book.changes({ client, kind: 'usage.recorded' })
  expect(said.slice(0, said.length).map(({ fields }) => fields.quantity)).toEqual(['3', '2', '1'])
  expect(book.usage().map(({ quantity }) => quantity)).toEqual(['1', '2', '3'])
})

test('[LG6] the same id and bytes twice count once', async () => {
  const text = actionToText(action({}))
  const book = await openWith([text, text])
  book.doc.getArray('log').push([text])
  expect(book.changes()).toHaveLength(1)
  expect(book.status.conflicting).toBe(0)
})

test('[LG6] the same id with other bytes sets both aside as evidence, at once and after opening again', async () => {
  const one = actionToText(action({}))
  const other = actionToText(
    action({ entries: [{ kind: 'client.added', subject: client, name: 'Evil', createdOn: '2026-01-01' }] }),
  )
  const storage = memory()
  const id = createId()
  const book = await openForTest({ id, storage })
  book.doc.getArray('log').push([one])
  expect(book.clients()).toHaveLength(1)
  book.doc.getArray('log').push([other])
  expect(book.clients()).toEqual([])
  expect(book.status.conflicting).toBe(1)
  expect(
    book
      .problems()
      .map((problem) => problem.text)
      .sort(),
  ).toEqual([one, other].sort())
  await book.close()
  const again = await openForTest({ id, storage })
  expect(again.clients()).toEqual([])
  expect(again.status.conflicting).toBe(1)
})

test('[LG6] each session has its own id and counts its actions; each action carries the hash of the one before', async () => {
  const storage = memory()
  const id = createId()
  const actions: Action[] = []
  for (const _ of [1, 2]) {
    const book = await openForTest({ id, storage })
    await done(book.addClient({ name: `Client ${actions.length}` }))
    await done(book.addClient({ name: `Client ${actions.length} again` }))
    for (const text of book.doc.getArray<string>('log').toArray().slice(actions.length))
      actions.push(JSON.parse(text) as Action)
    await book.close()
  }
  const sessions = new Set(actions.map((made) => made.id.split('.')[0]))
  expect(sessions.size).toBe(2)
  expect(actions.map((made) => made.id.split('.')[1])).toEqual(['0', '1', '0', '1'])
  expect(actions.map((made) => made.n)).toEqual([1, 2, 3, 4])
  expect(actions.map((made) => made.prev === null)).toEqual([true, false, true, false])
})

test('beyond the ends of a list of changes there is none, whatever the list was asked for', async () => {
  const book = await openForTest()
  const { id } = await done(book.addClient({ name: 'Acme', tier: 'starter' }))
  for (const list of [book.changes(), book.changes({ kind: 'client.added' }), book.changes({ client: id })]) {
    expect([list.at(list.length), list.at(-list.length - 1)]).toEqual([undefined, undefined])
    expect(list.at(-1)).toEqual(list.at(list.length - 1))
    expect(list.slice(list.length, list.length + 5)).toEqual([])
  }
  await book.close()
})
