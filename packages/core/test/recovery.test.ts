// What a device does when its server refuses it or has lost history (SY3, SY5, F37): nothing typed is lost, and the person is told.
import { verifyLog } from '../src/audit.ts'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Book, BookStatus } from '../src/book.ts'
import { closeCode } from '../src/protocol.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { type Admit, createHub } from '../src/testing/hub.ts'
import { authorNamed, delivering, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'
import { settle } from './settle.ts'

const id = createId()

const isDone = ({ recovery }: BookStatus) => recovery?.phase === 'done'
const names = (book: Book) => book.clients().map((row) => row.name)
const logOf = (doc: Y.Doc) => doc.getArray<string>('log').toArray()

/** Refuses whatever carries one of `words`, in the log or anywhere else. */
function refusing(...words: string[]): Admit {
  return (update) => {
    const text = new TextDecoder().decode(update)
    const word = words.find((each) => text.includes(each))
    return word ? { closeCode: closeCode.refused, reason: `invalid-action: ${word} is not taken` } : null
  }
}

test('[SY3] [F37] a refused update does not poison its client: it recovers by itself, and what is good is sent once', async () => {
  const hub = createHub({ admit: refusing('Forbidden') })
  const book = await openForTest({ id, sync: hub.link().sync })
  hub.deliverAll()
  await done(book.addClient({ name: 'Before' }))
  hub.deliverAll()
  await book.flush()
  const before = logOf(book.doc)

  await done(book.addClient({ name: 'Forbidden' }))
  await done(book.addClient({ name: 'After', note: 'typed by hand' }))
  const mine = logOf(book.doc)
  const status = await settle(hub, book, isDone)
  expect(status.recovery).toMatchObject({ sentAgain: 1, refused: 1, ofOthers: 0 })
  expect(status.recovery?.reason).toContain('Forbidden is not taken')

  // The identical text, once, and the fields with it, and that one is missing since it was refused; the server's book and ours are the same.
  const isDeclared = () => logOf(hub.doc).some((text) => text.includes('action.withdrawn'))
  await settle(hub, book, ({ unsent }) => unsent === 0 && isDeclared())
  const declared = logOf(hub.doc).at(-1) as string
  expect(logOf(hub.doc)).toEqual([...before, mine[2], declared])
  expect(await verifyLog(book)).toMatchObject({ actions: 3, vouched: 3, withdrawn: 1, problems: [] })
  // Undeclared, the same gap is a cut.
  const cut = await verifyLog({ book: id, elements: [...before, mine[2]] })
  expect(cut.problems).toEqual([{ kind: 'missing', action: (JSON.parse(mine[1] as string) as { id: string }).id }])
  expect(logOf(book.doc)).toEqual(logOf(hub.doc))
  expect(book.client(book.clients()[0]!.id)).toMatchObject({ name: 'After', note: 'typed by hand' })
  expect(names(book)).toEqual(['After', 'Before'])
  expect(await settle(hub, book, ({ sync }) => sync === 'online')).toMatchObject({ unsent: 0, sync: 'online' })

  // What the server does not take is kept, whole and by itself.
  const aside = await book.setAside()
  expect(aside.map(({ kind, code }) => [kind, code])).toEqual([
    ['replica', 'invalid-action'],
    ['actions', 'invalid-action'],
  ])
  expect(aside[1]?.texts).toEqual([mine[1]])
  const file = new Y.Doc()
  Y.applyUpdate(file, aside[0]!.bytes!)
  expect(logOf(file)).toEqual(mine)

  // And the client goes on: nothing is refused any more.
  await done(book.addClient({ name: 'Later' }))
  await settle(hub, book, ({ unsent }) => unsent === 0)
  expect(names(book)).toEqual(['After', 'Before', 'Later'])
  expect(logOf(hub.doc)).toHaveLength(4)
  await book.close()
})

test('[SY3] one bad action among many made offline: only it is set aside', async () => {
  const hub = createHub({ admit: refusing('Forbidden') })
  const link = hub.link()
  const book = await openForTest({ id, sync: link.sync })
  hub.deliverAll()
  link.disconnect()
  for (let place = 0; place < 40; place++)
    await done(book.addClient({ name: place === 17 ? 'Forbidden' : `Client ${place}` }))
  link.connect()
  const { recovery } = await settle(hub, book, isDone)
  expect(recovery).toMatchObject({ sentAgain: 39, refused: 1 })
  expect(book.clients()).toHaveLength(39)
  expect(await settle(hub, book, ({ unsent }) => unsent === 0)).toMatchObject({ conflicting: 0, unreadable: 0 })
  await book.close()
})

test('[SY3] [F37] model seeds 2, 22 and 44: what a refused edit had written over is there again, the text of a note too, and what was refused shows nowhere', async () => {
  const hub = createHub({ admit: refusing('Forbidden') })
  const link = hub.link()
  const book = await openForTest({ id, sync: link.sync })
  const { id: client } = await done(book.addClient({ name: 'Acme', tier: 'starter' }))
  hub.deliverAll()
  await book.flush()
  link.disconnect()
  const refs = { Xero: 'X-1' }
  await done(book.editClient({ client, name: 'Good', note: 'typed by hand', externalRef: 'R-1', otherRefs: refs }))
  await done(book.editTier({ tier: 'starter', name: 'Basic' }))
  await done(book.editBook({ name: 'Our book' }))
  await done(
    book.editClient({ client, name: 'Forbidden', note: 'unwanted', externalRef: null, otherRefs: { Xero: 'X-2' } }),
  )
  await done(book.editTier({ tier: 'starter', name: 'Forbidden, too' }))
  await done(book.editBook({ name: 'Forbidden, as well' }))
  link.connect()
  await settle(hub, book, ({ recovery, unsent, sync }) => {
    return recovery?.phase === 'done' && unsent === 0 && sync === 'online'
  })
  expect(book.status.recovery).toMatchObject({ sentAgain: 3, refused: 3 })
  const other = await openForTest({ id, sync: hub.link().sync })
  hub.deliverAll()
  for (const each of [book, other]) {
    const otherRefs = [{ system: 'Xero', id: 'X-1' }]
    expect(each.client(client)).toMatchObject({ name: 'Good', note: 'typed by hand', externalRef: 'R-1', otherRefs })
    expect(each.tiers()[0]?.name).toBe('Basic')
    expect(each.settings().name).toBe('Our book')
  }
  const notes = (await book.setAside()).flatMap(({ notes: kept }) => Object.values(kept ?? {}))
  expect(notes).toEqual(['unwanted'])
})

test('[SY3] what is typed while the recovery runs is sent with the rest; subscribers hear of the other document', async () => {
  const hub = createHub({ admit: refusing('Forbidden') })
  const book = await openForTest({ id, sync: hub.link().sync })
  hub.deliverAll()
  const changes: unknown[] = []
  book.subscribe(({ clients }) => changes.push(clients))
  await done(book.addClient({ name: 'Forbidden' }))
  hub.deliverAll()
  expect(book.status.sync).toBe('refused')
  const typed = Promise.all([book.addClient({ name: 'One' }), book.addClient({ name: 'Two' })])
  await settle(hub, book, isDone)
  expect((await typed).every(({ ok }) => ok)).toBe(true)
  await settle(hub, book, ({ unsent }) => unsent === 0)
  expect(names(book)).toEqual(['One', 'Two'])
  expect(logOf(hub.doc).filter((text) => text.includes('client.added'))).toHaveLength(2)
  expect(changes).toContain('all')
  await book.close()
})

test('[SY3] a server that takes no declarations either is not asked for ever', async () => {
  const hub = createHub({ admit: refusing('Forbidden', 'action.withdrawn') })
  const book = await openForTest({ id, sync: hub.link().sync })
  hub.deliverAll()
  await done(book.addClient({ name: 'Forbidden' }))
  await settle(hub, book, ({ recovery }) => recovery?.phase === 'done' && recovery.refused === 2)
  expect(await settle(hub, book, ({ unsent, sync }) => unsent === 0 && sync === 'online')).toMatchObject({
    setAside: 4,
  })
  for (let turn = 0; turn < 50; turn++) {
    hub.deliverAll()
    await new Promise((resolve) => setTimeout(resolve))
  }
  expect(book.status).toMatchObject({ sync: 'online', recovery: { phase: 'done', refused: 2 } })
  await book.close()
})

test('[SY3] [AD6] a demoted device: what it had not sent is set aside, and it shows what the server has', async () => {
  const admit: Admit = (update) =>
    new TextDecoder().decode(update).includes('Late')
      ? { closeCode: closeCode.notAllowed, reason: 'read-only: viewers write nothing' }
      : null
  const hub = createHub({ admit })
  const book = await openForTest({ id, sync: hub.link().sync })
  hub.deliverAll()
  await done(book.addClient({ name: 'Early' }))
  hub.deliverAll()
  await done(book.addClient({ name: 'Late' }))
  await settle(hub, book, isDone)
  expect(names(book)).toEqual(['Early'])
  expect((await book.setAside()).map(({ kind, code }) => [kind, code])).toEqual([
    ['replica', 'read-only'],
    ['actions', 'read-only'],
  ])
  await book.close()
})

test('[SY5] a server that lost everything gets it back from its devices as a union of actions; nobody is reverted', async () => {
  const [storageA, storageB, ada, ben] = [memory(), memory(), authorNamed('Ada'), authorNamed('Ben')]
  const before = createHub()
  const first = await openForTest({ id, author: ada, storage: storageA, sync: before.link().sync })
  const second = await openForTest({ id, author: ben, storage: storageB, sync: before.link().sync })
  before.deliverAll()
  const acme = await done(first.addClient({ name: 'Acme', tier: 'starter' }))
  before.deliverAll()
  await done(second.addClient({ name: 'Bolt' }))
  await done(second.assignTier({ client: acme.id, tier: 'enterprise' }))
  await done(first.recordActivity([{ client: acme.id, at: testNoon + 1 }]))
  before.deliverAll()
  const whole = [...logOf(before.doc)].sort()
  await first.close()
  await second.close()

  // The server comes back empty, and says to each device that this is another history.
  const after = createHub()
  const again = (author: typeof ada, storage: ReturnType<typeof memory>) => {
    const { sync } = after.link()
    let isTold = false
    return openForTest({
      id,
      author,
      storage,
      sync: {
        start(context) {
          if (isTold) return sync.start(context)
          isTold = true
          context.onState('refused', 'rolled-back: the server holds 0 updates, it once signed 3')
          queueMicrotask(() =>
            context.onFinal?.({
              closeCode: closeCode.otherGeneration,
              reason: 'rolled-back: the server holds less',
              refused: [],
            }),
          )
          return { clientIdChanged() {}, close: () => Promise.resolve() }
        },
      },
    })
  }
  const a = await again(ada, storageA)
  await settle(after, a, isDone)
  // So far only what Ada made herself; Ben's is kept and listed.
  expect(names(a)).toEqual(['Acme'])
  expect(a.status.recovery).toMatchObject({ sentAgain: 1, ofOthers: 2 })
  const kept = (await a.setAside()).find(({ kind }) => kind === 'actions')
  expect(kept?.texts).toHaveLength(2)

  const b = await again(ben, storageB)
  await settle(after, b, isDone)
  for (const book of [a, b]) {
    await settle(after, book, ({ unsent, sync }) => unsent === 0 && sync === 'online')
    expect([...logOf(book.doc)].sort()).toEqual(whole)
    expect(names(book)).toEqual(['Acme', 'Bolt'])
    expect(book.client(acme.id)?.tier).toBe('enterprise')
    expect(book.status.conflicting).toBe(0)
  }
  // Once, though both devices had it.
  expect(after.doc.getArray('activity').toArray()).toEqual([JSON.stringify({ [acme.id]: testNoon + 1 })])
  await a.close()
  await b.close()
})

test('[SY3] an owner brings in what others made and only this device holds; a server that does not take it changes nothing', async () => {
  let isStrict = true
  const stranger = authorNamed('Ben')
  const hub = createHub({
    admit: (update, doc) => (isStrict ? refusing('Bolt', 'Forbidden')(update, doc, null) : null),
  })
  const storage = memory()
  const book = await openForTest({ id, storage, sync: hub.link().sync })
  hub.deliverAll()
  const elsewhere = await openForTest({ id, author: stranger })
  await done(elsewhere.addClient({ name: 'Bolt' }))
  await done(book.addClient({ name: 'Acme' }))
  hub.deliverAll()
  Y.applyUpdate(book.doc, Y.encodeStateAsUpdate(elsewhere.doc))
  await settle(hub, book, isDone)
  expect(names(book)).toEqual(['Acme'])
  const item = (await book.setAside()).find(({ kind }) => kind === 'actions')
  expect(item?.texts).toEqual(logOf(elsewhere.doc))
  await settle(hub, book, ({ sync }) => sync === 'online')

  const pump = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false
    void work.finally(() => (isOver = true)).catch(() => undefined)
    while (!isOver) {
      hub.deliverAll()
      await new Promise((resolve) => setTimeout(resolve))
    }
    return work
  }
  expect(await pump(book.bringIn(item!.id))).toMatchObject({ ok: false, error: { code: 'not-admitted' } })
  expect(names(book)).toEqual(['Acme'])
  expect(await book.setAside()).toContainEqual(item)
  isStrict = false
  expect(await pump(book.bringIn(item!.id))).toMatchObject({ ok: true, value: { brought: 1 } })
  await settle(hub, book, () => names(book).length === 2)
  expect(names(book)).toEqual(['Acme', 'Bolt'])
  expect((await book.setAside()).map(({ kind }) => kind)).toEqual(['replica'])
  expect(await book.bringIn('nowhere')).toMatchObject({ ok: false, error: { code: 'unknown-set-aside' } })
  await book.close()
  await elsewhere.close()
})

test('[SY3] [SY5] what an owner brings in of others comes with names, references and notes, and takes nothing back that was changed since', async () => {
  const ben = authorNamed('Ben')
  let isStrict = true
  const hub = createHub({ admit: (update, doc) => (isStrict ? refusing(ben.id)(update, doc, null) : null) })
  const book = await openForTest({ id, sync: hub.link().sync })
  hub.deliverAll()
  const { id: acme } = await done(book.addClient({ name: 'Acme', externalRef: 'A-1' }))
  const { id: cork } = await done(book.addClient({ name: 'Cork' }))
  await settle(hub, book, ({ unsent }) => unsent === 0)
  // A colleague who never connects again, whose edits this device got from elsewhere.
  const colleague = await openForTest({ id, author: ben })
  Y.applyUpdate(colleague.doc, Y.encodeStateAsUpdate(book.doc))
  const fresh = { name: 'Bolt', externalRef: 'B-1', otherRefs: { Xero: 'X-1' }, note: 'typed by Ben' }
  const { id: bolt } = await done(colleague.addClient(fresh))
  await done(colleague.editClient({ client: acme, name: 'Acme Dental', externalRef: 'A-2', note: 'renamed' }))
  await done(colleague.editClient({ client: cork, name: 'Cork & Sons' }))
  await done(colleague.editTier({ tier: 'starter', name: 'Basic' }))
  await done(colleague.editBook({ name: 'Ben’s book' }))
  Y.applyUpdate(book.doc, Y.encodeStateAsUpdate(colleague.doc))
  await settle(hub, book, isDone)
  isStrict = false
  await settle(hub, book, ({ sync, unsent }) => sync === 'online' && unsent === 0)
  expect(names(book)).toEqual(['Acme', 'Cork'])
  for (const name of ['Cork Ltd', 'Cork plc']) await done(book.editClient({ client: cork, name }))
  for (const name of ['1', '2', '3', '4', '5', '6']) await done(book.editClient({ client: cork, name }))
  await settle(hub, book, ({ unsent }) => unsent === 0)

  const item = (await book.setAside()).find(({ texts }) => texts?.some((text) => text.includes('Bolt')))
  expect(await delivering(hub, book.bringIn(item!.id))).toEqual({ brought: 5 })
  await settle(hub, book, () => names(book).length === 3)
  expect(book.client(bolt)).toMatchObject({ ...fresh, otherRefs: [{ system: 'Xero', id: 'X-1' }] })
  expect(book.client(acme)).toMatchObject({ name: 'Acme Dental', externalRef: 'A-2', note: 'renamed' })
  expect(book.client(cork)?.name).toBe('6')
  expect(book.tiers()[0]?.name).toBe('Basic')
  expect(book.settings().name).toBe('Ben’s book')
  // And a file finds them by their references.
  const plan = await book.planImport([{ row: 2, client: 'Bolt Ltd', externalRef: 'B-1', tier: 'Basic' }])
  expect(plan.steps.map(({ client, does }) => [client, does])).toEqual([[bolt, 'change']])
  await book.close()
  await colleague.close()
})

test('[SY3] what its author brought meanwhile is not brought in twice', async () => {
  const ben = authorNamed('Ben')
  let isStrict = true
  const hub = createHub({ admit: (update, doc) => (isStrict ? refusing(ben.id)(update, doc, null) : null) })
  const book = await openForTest({ id, sync: hub.link().sync })
  const offline = hub.link()
  offline.disconnect()
  const colleague = await openForTest({ id, author: ben, sync: offline.sync })
  const { id: bolt } = await done(colleague.addClient({ name: 'Bolt' }))
  hub.deliverAll()
  Y.applyUpdate(book.doc, Y.encodeStateAsUpdate(colleague.doc))
  await settle(hub, book, isDone)
  isStrict = false
  await settle(hub, book, ({ sync }) => sync === 'online')
  offline.connect()
  await settle(hub, colleague, ({ unsent, sync }) => unsent === 0 && sync === 'online')
  await done(colleague.editClient({ client: bolt, name: 'Bolt Ltd' }))
  await settle(hub, book, () => names(book)[0] === 'Bolt Ltd')
  const item = (await book.setAside()).find(({ texts }) => texts?.some((text) => text.includes('Bolt')))
  expect(await delivering(hub, book.bringIn(item!.id))).toEqual({ brought: 0 })
  expect(names(book)).toEqual(['Bolt Ltd'])
  expect(logOf(hub.doc)).toHaveLength(2)
  await book.close()
  await colleague.close()
})

test('[SY3] a recovery that is cut short begins again at the next opening; the report stays until it is dismissed', async () => {
  const hub = createHub({ admit: refusing('Forbidden') })
  const [storage, author] = [memory(), authorNamed('Ada')]
  const link = hub.link()
  const book = await openForTest({ id, author, storage, sync: link.sync })
  hub.deliverAll()
  await done(book.addClient({ name: 'Good' }))
  await done(book.addClient({ name: 'Forbidden' }))
  hub.deliverAll()
  link.disconnect()
  await settle(hub, book, ({ recovery }) => recovery?.phase === 'running')
  await book.close()
  const again = await openForTest({ id, author, storage, sync: hub.link().sync })
  expect(names(again)).toEqual(['Forbidden', 'Good'])
  await settle(hub, again, isDone)
  expect(names(again)).toEqual(['Good'])
  await again.close()
  const third = await openForTest({ id, author, storage, sync: hub.link().sync })
  expect(third.status).toMatchObject({ recovery: { phase: 'done', refused: 1 }, setAside: 2 })
  await third.dismissRecovery()
  await third.removeSetAside((await third.setAside()).map((item) => item.id))
  expect(third.status).toMatchObject({ recovery: null, setAside: 0 })
  await third.close()
})
