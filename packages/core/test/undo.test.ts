// Undo and redo: what is given back, what is refused, and that replicas agree whatever order it arrives in.
import { expect, test } from 'vitest'
import type { Book } from '../src/book.ts'
import type { Action } from '../src/schema/action.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest } from '../src/testing/open-for-test.ts'
import { createRandom } from '../src/testing/random.ts'
import { randomCommand } from './convergence/random-command.ts'

/**
 * Everything that people see, short of when somebody last did something: undoing is doing something. Whether a client is contested is left
 * out for those `saidAgain`: an entry in the middle of a history is said again at its end, in sight of all.
 */
function shown(book: Book, saidAgain: ReadonlySet<string> = new Set()) {
  const entryless = (all: readonly { readonly entry: string }[]) =>
    all.map(({ entry: _, ...said }) => JSON.stringify(said)).sort()
  return {
    clients: book.clients().map(({ lastActivity: _, scheduled, ...row }) => ({
      ...row,
      contested: row.contested && !saidAgain.has(row.id),
      scheduled: scheduled && { effectiveOn: scheduled.effectiveOn, tier: scheduled.tier },
      periods: book
        .tierPeriods(row.id, { from: '2024-01-01', to: '2029-01-01' })
        .map(({ entry: __, ...period }) => period),
    })),
    tiers: book.tiers(),
    settings: book.settings(),
    views: book.views(),
    prices: entryless(book.prices()),
    usage: entryless(book.usage()),
  }
}

async function bookWith(...names: string[]) {
  const book = await openForTest()
  const ids: string[] = []
  for (const name of names)
    ids.push((await done(book.addClient({ name, tier: 'starter', createdOn: '2026-01-01' }))).id)
  return { book, ids, first: ids[0] ?? '' }
}

const price = {
  item: { kind: 'tier', tier: 'starter' },
  effectiveOn: '2026-01-01',
  currency: 'EUR',
  interval: 'month',
  timing: 'arrears',
  cycle: 'calendar',
  model: { type: 'flat', amount: 10_000 },
} as unknown as Parameters<Book['setPrice']>[0]

const renewals = { name: 'Renewals', query: '?scheduled=1', columns: ['name', 'tier'] }

const commands: Readonly<Record<string, (book: Book, client: string) => Promise<unknown>>> = {
  assignTier: (book, client) => done(book.assignTier({ client, tier: 'enterprise' })),
  'assignTier of a later day': (book, client) =>
    done(book.assignTier({ client, tier: 'enterprise', effectiveOn: '2027-01-01' })),
  endClient: (book, client) => done(book.endClient({ client })),
  addClient: (book) => done(book.addClient({ name: 'Bolt', tier: 'professional', externalRef: 'B-1', note: 'new' })),
  'editClient, note included': (book, client) =>
    done(book.editClient({ client, name: 'Acme AG', externalRef: 'A-1', createdOn: '2025-05-05', note: 'moved' })),
  editTier: (book) =>
    done(book.editTier({ tier: 'starter', name: 'Basic', rank: 7, colour: 'rose', typicalUse: null })),
  editBook: (book) => done(book.editBook({ name: 'Northwind', timeZone: 'Asia/Tokyo', currency: 'USD' })),
  saveView: (book) => done(book.saveView(renewals)),
  'saveView over another': async (book) => {
    await done(book.saveView({ ...renewals, name: 'OLD', query: '' }))
  },
  'removeView, while another stays': (book) => done(book.removeView({ name: 'Old' })),
  setPrice: (book) => done(book.setPrice(price)),
  recordUsage: (book, client) =>
    done(book.recordUsage([{ client, unit: 'sensor', from: '2026-10-01', to: '2026-11-01', quantity: '12' }])),
  retract: async (book, client) => {
    const entry = book.history(client).find(({ kind }) => kind === 'tier.assigned')?.id ?? ''
    await done(book.retract({ entry }))
  },
  changeClients: async (book) =>
    done(book.changeClients({ clients: book.clients().map(({ id }) => id), to: { tier: 'enterprise' } })),
  importClients: async (book) => {
    const rows = [
      { row: 2, client: 'Cork', tier: 'starter', externalRef: 'C-1' },
      { row: 3, client: 'Acme', tier: 'professional', externalRef: 'C-2' },
    ]
    await done(book.importClients(await book.planImport(rows)))
  },
}

for (const [name, command] of Object.entries(commands)) {
  test(`[UN1] [UN2] ${name}: undo gives back what was shown before, redo what was shown after, by appending`, async () => {
    const { book, first } = await bookWith('Acme', 'Zeta')
    await done(book.editBook({ name: 'MSP', timeZone: 'Europe/Berlin', currency: 'EUR' }))
    await done(book.saveView({ name: 'Old', query: '?tier=starter', columns: ['name'] }))
    const before = shown(book)
    await command(book, first)
    const after = shown(book)
    expect(after).not.toEqual(before)
    for (let round = 0; round < 2; round++) {
      const log = book.doc.getArray<string>('log').toArray()
      await done(book.undo())
      expect(shown(book)).toEqual(before)
      await done(book.redo())
      expect(shown(book)).toEqual(after)
      expect(book.doc.getArray<string>('log').toArray().slice(0, log.length)).toEqual(log)
    }
  })
}

test('[UN1] a correction of usage goes back to the quantity before', async () => {
  const { book, first } = await bookWith('Acme')
  const record = { client: first, unit: 'sensor', from: '2026-10-01', to: '2026-11-01' }
  await done(book.recordUsage([{ ...record, quantity: '12' }]))
  await done(book.recordUsage([{ ...record, quantity: '15' }]))
  await done(book.undo())
  expect(book.usage()).toMatchObject([{ quantity: '12' }])
  await done(book.redo())
  expect(book.usage()).toMatchObject([{ quantity: '15' }])
})

test('[UN1] [TL4] undoing the settling of a contest makes the client contested again', async () => {
  const hub = createHub()
  const id = createId()
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: hub.link().sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  const { id: client } = await done(ada.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
  hub.deliverAll()
  await done(ada.assignTier({ client, tier: 'enterprise', effectiveOn: '2026-03-01' }))
  await done(bo.assignTier({ client, tier: 'professional', effectiveOn: '2026-04-01' }))
  hub.deliverAll()
  const before = shown(ada)
  expect(ada.client(client)?.contested).toBe(true)
  await done(ada.settle({ client, keep: ada.contested()[0]?.sides[0]?.id ?? '' }))
  const after = shown(ada)
  await done(ada.undo())
  expect(shown(ada)).toEqual(before)
  await done(ada.redo())
  expect(shown(ada)).toEqual(after)
  hub.deliverAll()
  expect(shown(bo)).toEqual(after)
})

test('[UN3] undo and redo go on where they were after a restart, each person with what they did', async () => {
  const [storage, id, author] = [memory(), createId(), authorNamed('Ada')]
  const hub = createHub()
  const book = await openForTest({ id, author, storage, sync: hub.link().sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  const { id: client } = await done(book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
  const start = shown(book)
  await done(book.assignTier({ client, tier: 'professional', effectiveOn: '2026-02-01' }))
  const middle = shown(book)
  await done(book.editClient({ client, name: 'Acme AG' }))
  const end = shown(book)
  hub.deliverAll()
  expect(await bo.undo()).toMatchObject({ ok: false, error: { code: 'nothing-to-undo' } })
  expect(await bo.undo({ unit: book.history(client)[0]?.action ?? '' })).toMatchObject({
    ok: false,
    error: { code: 'not-undoable' },
  })
  await book.close()
  const again = await openForTest({ id, author, storage })
  await done(again.undo())
  expect(shown(again)).toEqual(middle)
  await done(again.undo())
  expect(shown(again)).toEqual(start)
  await again.close()
  const third = await openForTest({ id, author, storage })
  await done(third.redo())
  expect(shown(third)).toEqual(middle)
  await done(third.redo())
  expect(shown(third)).toEqual(end)
  expect(await third.redo()).toMatchObject({ ok: false, error: { code: 'nothing-to-redo' } })
  await done(third.undo())
  await done(third.addClient({ name: 'Bolt' }))
  expect(await third.redo(), 'something new was done since').toMatchObject({
    ok: false,
    error: { code: 'nothing-to-redo' },
  })
})

test('[UN4] undo refuses with a reason, and changes nothing, where later entries build on what is undone', async () => {
  const hub = createHub()
  const id = createId()
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: hub.link().sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  const { id: client } = await done(ada.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01' }))
  const assigned = await done(ada.assignTier({ client, tier: 'professional', effectiveOn: '2026-02-01' }))
  const named = await done(ada.editClient({ client, name: 'Acme AG' }))
  hub.deliverAll()
  await done(bo.assignTier({ client, tier: 'enterprise', effectiveOn: '2026-03-01' }))
  await done(bo.editClient({ client, name: 'Acme SE' }))
  hub.deliverAll()
  const before = [shown(ada), ada.doc.getArray('log').length]
  for (const unit of [assigned.action, named.action]) {
    expect(await ada.undo({ unit })).toMatchObject({ ok: false, error: { code: 'built-upon' } })
    const { obstacles } = await done(ada.previewUndo({ unit }))
    expect(obstacles).toMatchObject([{ code: 'built-upon', client }])
    expect(obstacles[0]?.message).toMatch(/^Acme SE: .* after this$/)
  }
  expect([shown(ada), ada.doc.getArray('log').length]).toEqual(before)
  // Once what builds on it is undone, it can be undone itself.
  await done(bo.undo())
  await done(bo.undo())
  hub.deliverAll()
  await done(ada.undo())
  await done(ada.undo())
  expect(ada.client(client)).toMatchObject({ name: 'Acme', tier: 'starter' })
})

test('[UN4] what stays is refused plainly: a tier that was added, a sealed run, the text of a note after a restart', async () => {
  const [storage, id, author] = [memory(), createId(), authorNamed('Ada')]
  const book = await openForTest({ id, author, storage })
  await done(book.addTier({ name: 'Gold' }))
  expect(await book.undo()).toMatchObject({ ok: false, error: { code: 'not-undoable' } })
  const { id: client } = await done(book.addClient({ name: 'Acme', note: 'old' }))
  await done(book.editClient({ client, note: 'new' }))
  await done(book.undo())
  expect(book.client(client)?.note).toBe('old')
  await done(book.redo())
  await book.close()
  const again = await openForTest({ id, author, storage })
  expect(await again.undo()).toMatchObject({ ok: false, error: { code: 'not-kept' } })
  expect(again.client(client)?.note).toBe('new')
})

test('[UN1] [UN5] of an import that two devices made of one file, undo and redo tell that the clients stay', async () => {
  const hub = createHub()
  const id = createId()
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: hub.link().sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  const rows = ['Acme', 'Bolt'].map((client, place) => ({
    row: place + 2,
    client,
    tier: 'starter',
    externalRef: client,
  }))
  await done(ada.importClients(await ada.planImport(rows)))
  await done(bo.importClients(await bo.planImport(rows)))
  hub.deliverAll()
  const before = shown(ada)
  const told = (preview: { changes: readonly { kind: string; name: string }[] }) =>
    preview.changes.map(({ kind, name }) => `${name} ${kind}`).sort()
  expect(told(await done(ada.previewUndo()))).toEqual(['Acme stays', 'Bolt stays'])
  await done(ada.undo())
  expect(shown(ada)).toEqual(before)
  expect(told(await done(ada.previewRedo()))).toEqual(['Acme stays', 'Bolt stays'])
  await done(ada.redo())
  await done(ada.undo())
  hub.deliverAll()
  // Nobody else added them now.
  expect((await done(bo.previewUndo())).changes.filter(({ kind }) => kind === 'removed')).toHaveLength(2)
  await done(bo.undo())
  expect(bo.clients()).toEqual([])
})

test('[UN3] previews name what a price, a tier, usage or a view is about', async () => {
  const { book, first } = await bookWith('Acme')
  const nameOf = async (command: string) => {
    await commands[command]?.(book, first)
    const [change] = (await done(book.previewUndo())).changes
    return [change?.kind, change?.client && 'client', change?.name]
  }
  expect(await nameOf('setPrice')).toEqual(['price', null, 'Starter'])
  expect(await nameOf('recordUsage')).toEqual(['usage', 'client', 'Acme'])
  expect(await nameOf('saveView')).toEqual(['view', null, 'Renewals'])
  expect(await nameOf('editTier')).toEqual(['catalogue', null, 'Basic'])
})

test('the log tells of an undo what it undid', async () => {
  const { book, first } = await bookWith('Acme')
  const undoes = () => book.changes({ kind: 'action.undone' }).at(0)?.undoes
  await commands['setPrice']?.(book, first)
  await done(book.undo())
  expect(undoes()).toMatchObject({ kind: 'price.set', fields: { item: price.item }, clientName: null, isBatch: false })
  await commands['importClients']?.(book, first)
  await done(book.undo())
  expect(undoes()).toMatchObject({ kind: 'import.applied', fields: { rows: 2 }, isBatch: true })
  await commands['addClient']?.(book, first)
  await done(book.undo())
  expect(undoes()).toMatchObject({ kind: 'client.added', clientName: 'Bolt' })
  expect(book.changes({ kind: 'client.added' }).at(0)).not.toHaveProperty('undoes')
})

test('[UN3] undo takes what was done last, the deletion of a view too, and says what stays instead of undoing something older', async () => {
  const { book, first } = await bookWith('Acme')
  await done(book.assignTier({ client: first, tier: 'enterprise' }))
  await done(book.saveView(renewals))
  await done(book.removeView({ name: 'Renewals' }))
  expect((await done(book.previewUndo())).changes).toMatchObject([{ kind: 'view', name: 'Renewals', client: null }])
  await done(book.undo())
  expect(book.views()).toEqual([renewals])
  expect(book.client(first)).toMatchObject({ tier: 'enterprise' })
  const files = { from: '2026-10-01', to: '2026-11-01', format: 'csv', hash: 'x'.repeat(43), files: ['a.csv'] }
  await done(book.noteExport(files))
  const before = shown(book)
  expect(await book.undo()).toMatchObject({ ok: false, error: { because: { says: 'export-stays' } } })
  expect(shown(book)).toEqual(before)
  // An export leaves standing what there is to do again, and that is what was done last then.
  await done(book.redo())
  expect(book.views()).toEqual([])
  await done(book.undo())
  expect(book.views()).toEqual([renewals])
  expect(await book.undo()).toMatchObject({ ok: false, error: { because: { says: 'export-stays' } } })
})

test('[UN3] what was done again is undone next, though something else was done between', async () => {
  const { book, first } = await bookWith('Acme')
  const { action } = await done(book.assignTier({ client: first, tier: 'enterprise' }))
  await done(book.undo())
  await done(book.addClient({ name: 'Bolt' }))
  await done(book.redo({ unit: action }))
  await done(book.undo())
  expect(book.client(first)).toMatchObject({ tier: 'starter' })
  expect(book.clients().map(({ name }) => name)).toContain('Bolt')
  await done(book.undo())
  expect(book.clients().map(({ name }) => name)).toEqual(['Acme'])
})

test('[UN4] a view that somebody saved since is not undone', async () => {
  const hub = createHub()
  const id = createId()
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: hub.link().sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  await done(ada.saveView(renewals))
  hub.deliverAll()
  await done(bo.saveView({ ...renewals, query: '' }))
  hub.deliverAll()
  const because = { says: 'view-saved-since', name: 'Renewals' }
  expect(await ada.undo()).toMatchObject({ ok: false, error: { code: 'built-upon', because } })
  await done(bo.undo())
  hub.deliverAll()
  await done(ada.undo())
  hub.deliverAll()
  expect([ada.views(), bo.views()]).toEqual([[], []])
})

test('[UN5] 1,200 clients change as one batch, are previewed and undone as one, and replicas agree', async () => {
  const hub = createHub()
  const id = createId()
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: hub.link().sync })
  const bo = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
  const rows = Array.from({ length: 1_200 }, (_, place) => ({
    row: place + 2,
    client: `Client ${place}`,
    tier: 'starter',
  }))
  await done(ada.importClients(await ada.planImport(rows)))
  const before = shown(ada)
  const clients = ada.clients().map((row) => row.id)
  await done(ada.assignTier({ client: clients[0] ?? '', tier: 'enterprise' }))
  await done(ada.undo())
  const ended = await done(ada.endClient({ client: clients[1] ?? '' }))
  const changed = await done(ada.changeClients({ clients, to: { tier: 'enterprise' }, reason: 'ß'.repeat(900) }))
  expect(changed.changed).toHaveLength(1_199)
  expect(changed.refused).toMatchObject([{ client: clients[1], code: 'client-ended' }])
  const actions = ada.doc.getArray<string>('log').toArray()
  const ofBatch = actions.filter((text) => (JSON.parse(text) as { batch?: string }).batch === changed.batch)
  expect(ofBatch.length).toBeGreaterThan(1)
  expect(Math.max(...actions.map((text) => new TextEncoder().encode(text).length))).toBeLessThan(262_144)
  const preview = await done(ada.previewUndo())
  expect(preview).toMatchObject({ unit: changed.batch, isBatch: true, obstacles: [] })
  expect(preview.changes).toHaveLength(1_199)
  expect(preview.changes[0]).toMatchObject({ kind: 'tier', from: 'enterprise', to: 'starter' })
  await done(ada.undo())
  await done(ada.undo({ unit: ended.action }))
  expect(shown(ada)).toEqual(before)
  await done(ada.redo({ unit: changed.batch }))
  await done(ada.undo({ unit: changed.batch }))
  // The import itself: every client goes, and comes back as it was.
  await done(ada.undo())
  expect(ada.clients()).toHaveLength(0)
  await done(ada.redo())
  expect(shown(ada)).toEqual(before)
  hub.deliverAll()
  expect(shown(bo)).toEqual(before)
})

test('[UN1] a file imported again after its import was undone brings its clients back', async () => {
  const book = await openForTest()
  const rows = [{ row: 2, client: 'Acme', tier: 'starter', externalRef: 'A-1' }]
  await done(book.importClients(await book.planImport(rows)))
  const after = shown(book)
  await done(book.undo())
  expect(book.clients()).toEqual([])
  expect(await done(book.importClients(await book.planImport(rows)))).toMatchObject({ added: 1 })
  expect(shown(book)).toEqual(after)
})

const seeds = Array.from({ length: 20 }, (_, place) => 4_200 + place)
for (const seed of seeds) {
  test(`[UN1] [UN2] [UN3] seed ${seed}: random commands of two people, undone and done again in steps, with restarts in between`, async () => {
    const random = createRandom(seed)
    const hub = createHub()
    const [storage, id, author] = [memory(), createId(), authorNamed('Ada')]
    let ada = await openForTest({ id, author, storage, sync: hub.link().sync })
    const bo = await openForTest({ id, author: authorNamed('Bo'), sync: hub.link().sync })
    for (let step = 0; step < 40; step++) {
      await randomCommand(random.below(2) ? ada : bo, random)
      if (random.below(3) === 0) hub.deliverAll()
    }
    hub.deliverAll()
    const restart = async () => {
      await ada.close()
      ada = await openForTest({ id, author, storage, sync: hub.link().sync })
      hub.deliverAll()
    }
    const takenBack = new Set<string>()
    const seen = () => shown(ada, takenBack)
    const states = [shown(ada)]
    for (let step = 0; step < 8; step++) {
      const length = ada.doc.getArray('log').length
      await randomCommand(ada, random)
      const written = ada.doc.getArray<string>('log').toArray().slice(length)
      if (written.length > 0) states.push(shown(ada))
      for (const text of written)
        for (const { kind, subject } of (JSON.parse(text) as Action).entries)
          if (kind === 'entry.retracted') takenBack.add(subject)
    }
    for (const { clients } of states) for (const row of clients) row.contested &&= !takenBack.has(row.id)
    const isRestarting = random.below(2) === 1
    let undone = 0
    for (let place = states.length - 1; place > 0; place--) {
      if (isRestarting && random.below(3) === 0) await restart()
      const result = await ada.undo()
      if (!result.ok) {
        // Random commands also add tiers, change notes, and take back entries that others of the same day came after.
        expect(['not-undoable', 'not-kept', 'built-upon']).toContain(result.error.code)
        expect(seen()).toEqual(states[place])
        break
      }
      expect(seen(), `undo to state ${place - 1}`).toEqual(states[place - 1])
      undone++
    }
    for (let again = 0; again < undone; again++) {
      if (isRestarting && random.below(3) === 0) await restart()
      const place = states.length - undone + again
      const result = await ada.redo()
      if (!result.ok) {
        expect(['not-kept', 'built-upon']).toContain(result.error.code)
        expect(seen()).toEqual(states[place - 1])
        break
      }
      expect(seen(), `redo to state ${place}`).toEqual(states[place])
    }
    // Bo goes on meanwhile, unseen, and what both did arrives in any order.
    for (let step = 0; step < 6; step++) {
      await randomCommand(bo, random)
      await (random.below(2) ? ada.undo() : ada.redo())
    }
    hub.deliverAll()
    expect(shown(bo)).toEqual(shown(ada))
    await ada.close()
    await bo.close()
  })
}
