// Whether a turn that lost a race may be stored behind what was first: compared with judging it again, on random books written to at two nodes.
import { type Book, createId, memory, openBook } from '@tierbook/core'
import { admitUpdate, createBookIndex, createDeletedRanges, takeStored } from '@tierbook/core/admission'
import { createRandom, type Random } from '@tierbook/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import * as Y from 'yjs'
import { type Arrival, stillStands } from './arrivals.ts'
import { changedBytes } from './changed-bytes.ts'

const now = Date.parse('2026-11-24T12:00:00Z')

/** A node as far as admission knows: what it holds, whose client ids are whose, and what it took since the race began. */
function createNode(base?: { doc: Uint8Array; bindings: ReadonlyMap<number, string>; largestN: number }) {
  const doc = new Y.Doc()
  const clocks = new Map<number, number>()
  const bindings = new Map(base?.bindings)
  let largestN = base?.largestN ?? 0
  const turn: { bytes: Uint8Array; actor: string }[] = []
  const known = createBookIndex({
    clocks,
    deleted: createDeletedRanges(),
    actorOf: (client) => bindings.get(client),
    largestN: () => largestN,
  })
  /** What is stored of an update applies whole. */
  const apply = (bytes: Uint8Array) => {
    Y.applyUpdate(doc, bytes)
    expect([doc.store.pendingStructs, doc.store.pendingDs]).toEqual([null, null])
  }
  if (base) {
    apply(base.doc)
    takeStored(known, base.doc)
  }
  return {
    doc,
    turn,
    /** What it decides; an accepted update is applied, as a room does. */
    take(update: Uint8Array, actor: string, { founding = false } = {}) {
      const admission = admitUpdate(update, { actor, role: founding ? 'owner' : 'editor', founding, known, now })
      if (admission.decision !== 'accept') return admission.decision
      for (const [client, owner] of admission.bindings) bindings.set(client, owner)
      largestN = admission.largestN
      const before = new Map(clocks)
      const deletes = known.take(admission.changes, ({ struct }, clock) => struct.values[clock - struct.clock])
      const bytes = changedBytes(update, admission, deletes, before)
      apply(bytes)
      turn.push({ bytes, actor })
      return 'accept'
    },
    state: () => ({ doc: Y.encodeStateAsUpdate(doc), bindings: new Map(bindings), largestN }),
  }
}
type Node = ReturnType<typeof createNode>

/** A device that sends each edit to a node, or keeps its edits until it has some. */
async function openDevice(random: Random, base: Uint8Array | null) {
  const actor = createId()
  const book = await openBook({
    id: createId(),
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    signed: false,
    now: () => now,
    ...(base ? {} : { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } }),
  })
  onTestFinished(() => book.close())
  if (base) Y.applyUpdate(book.doc, base)
  const unsent: Uint8Array[] = []
  book.doc.on('update', (bytes: Uint8Array, origin: unknown) => origin !== 'node' && unsent.push(bytes))
  return {
    actor,
    book,
    hear: (node: Node) => Y.applyUpdate(book.doc, Y.encodeStateAsUpdate(node.doc), 'node'),
    send(node: Node) {
      if (unsent.length === 0) return
      const together = random.below(2) === 0 ? [Y.mergeUpdates(unsent)] : [...unsent]
      unsent.length = 0
      for (const update of together) node.take(update, actor)
    },
    /** As to a node that it comes to: all that this one lacks, with the whole delete set. */
    sendAll(node: Node) {
      node.take(Y.encodeStateAsUpdate(book.doc, Y.encodeStateVector(node.doc)), actor)
    },
  }
}
type Device = Awaited<ReturnType<typeof openDevice>>

/** One race: two nodes hold the same book, devices write at each, some move, some see what others wrote. */
async function race(seed: number) {
  const random = createRandom(seed)
  const owner = await openDevice(random, null)
  for (let i = 0; i < 4; i++)
    await owner.book.addClient({ name: `Client ${i}`, externalRef: `C-${i}`, tier: 'starter' })
  await owner.book.recordActivity(owner.book.clients().map(({ id }) => ({ client: id, at: now - 9_000_000 })))
  const founded = createNode()
  expect(founded.take(Y.encodeStateAsUpdate(owner.book.doc), owner.actor, { founding: true })).toBe('accept')
  const base = founded.state()
  const nodes = [createNode(base), createNode(base)] as const
  const devices = [owner]
  for (let i = 0; i < 3; i++) devices.push(await openDevice(random, base.doc))
  const at = new Map<Device, Node>(devices.map((device, i) => [device, nodes[i % 2] as Node]))
  for (let step = 0; step < 14; step++) {
    const device = random.pick(devices)
    await edit(device.book, random)
    const node = at.get(device) as Node
    const draw = random.below(10)
    if (draw < 6) device.send(node)
    if (draw < 3) device.hear(node)
    if (draw === 9 && seed % 2 === 0) {
      const other = node === nodes[0] ? nodes[1] : nodes[0]
      at.set(device, other)
      device.sendAll(other)
    }
  }
  for (const [device, node] of at) device.send(node)
  return { base, turn: nodes[0].turn, arrivals: nodes[1].turn }
}

/** What overwrites, deletes, counts and moves forward: what admission compares with the book. */
async function edit(book: Book, random: Random): Promise<unknown> {
  const client = random.pick(book.clients()).id
  const name = `Name ${random.below(9)}`
  switch (random.below(8)) {
    case 0:
      return book.addClient({ name, tier: random.pick(book.tiers()).id })
    case 1:
      return book.assignTier({ client, tier: random.pick(book.tiers()).id })
    case 2:
      return book.editClient({ client, name, note: random.below(2) ? 'note' : null })
    case 3:
      return book.recordActivity([{ client, at: now - random.below(9_000) * 1000 }])
    case 4:
      return book.editTier({ tier: random.pick(book.tiers()).id, rank: random.below(400) })
    case 5: {
      const entry = book.history(client).find(({ retractable }) => retractable)
      return entry && book.retract({ entry: entry.id })
    }
    case 6:
      return book.saveView({ name, query: `?q=${random.below(9)}`, columns: [] })
    default:
      return book.editBook({ name })
  }
}

const arrived = (updates: readonly { bytes: Uint8Array; actor: string }[]) => updates as unknown as readonly Arrival[]
const asTurn = (updates: readonly { bytes: Uint8Array; actor: string }[], isFounding = false) =>
  ({ updates, isFounding }) as unknown as Parameters<typeof stillStands>[0]

test('[SY1] [AD2] [AD5] a turn that still stands is taken whole behind what arrived, and both orders give one book', async () => {
  let stood = 0
  let fell = 0
  for (let seed = 1; seed <= 60; seed++) {
    const { base, turn, arrivals } = await race(seed)
    if (turn.length === 0 || arrivals.length === 0) continue
    if (!stillStands(asTurn(turn), arrived(arrivals))) {
      fell++
      continue
    }
    stood++
    const behind = createNode(base)
    for (const { bytes, actor } of arrivals) expect(behind.take(bytes, actor), `seed ${seed}: arrivals`).toBe('accept')
    for (const [i, { bytes, actor }] of turn.entries())
      expect(behind.take(bytes, actor), `seed ${seed}: update ${i} of the turn`).toBe('accept')
    const before = new Y.Doc()
    for (const bytes of [base.doc, ...turn.map((one) => one.bytes), ...arrivals.map((one) => one.bytes)])
      Y.applyUpdate(before, bytes)
    expect(contents(before), `seed ${seed}`).toEqual(contents(behind.doc))
  }
  // Both happen, so that the test asks what it means to.
  expect([stood > 20, fell > 5], `${stood} stood, ${fell} fell`).toEqual([true, true])
}, 120_000)

function contents(doc: Y.Doc) {
  const roots = ['clients', 'tiers', 'views', 'meta', 'activity'].map((name) => doc.getMap(name).toJSON())
  return [doc.getArray('log').toJSON(), ...roots, Y.encodeStateVector(doc)]
}

test('[AD7] a turn of a founding owner does not stand behind anything, and every turn stands behind nothing', async () => {
  const { turn, arrivals } = await race(1)
  expect([turn.length > 0, arrivals.length > 0]).toEqual([true, true])
  expect(stillStands(asTurn(turn, true), arrived(arrivals))).toBe(false)
  expect(stillStands(asTurn(turn, true), [])).toBe(true)
  expect(stillStands(asTurn([], true), arrived(arrivals))).toBe(true)
})

test('[AD3] a turn does not stand behind what came under one of its client ids, by whomever', async () => {
  const { turn } = await race(1)
  expect(stillStands(asTurn(turn), arrived(turn.slice(0, 1)))).toBe(false)
})
