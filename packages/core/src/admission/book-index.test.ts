// An index answers what a document would, whatever devices write beside each other, and however it was made.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createRandom } from '../testing/random.ts'
import { createSampleGate } from './sample-gate.ts'
import { createSampleIndex, expectSame } from './sample-index.ts'
import { createSampleSession, sampleId } from './sample-session.ts'

const seeds = Array.from({ length: 40 }, (_, i) => 2026 + i)

test.each(seeds)('[AD2] [AD5] an index and a document agree after every update of three devices, seed %i', (seed) => {
  const random = createRandom(seed)
  const gate = createSampleGate()
  const follower = createSampleIndex()
  const devices = ['alice', 'bob', 'eve'].map((name) =>
    createSampleSession({ actor: sampleId(name), clientId: random.below(2 ** 32), gc: random.below(3) > 0 }),
  )
  const stored: Uint8Array[] = []
  const offer = (device: (typeof devices)[number], update: Uint8Array) => {
    const admission = gate.offer(update, { actor: device.actor })
    if (admission.decision !== 'accept') return admission.decision
    follower.index.take(admission.changes, ({ struct }, clock) => struct.values[clock - struct.clock])
    stored.push(update)
    return admission.decision
  }
  const clients = Array.from({ length: 4 }, (_, i) => sampleId(`c${i}`))
  for (let step = 0; step < 40; step++) {
    const device = random.pick(devices)
    const client = random.pick(clients)
    const update = [
      () => device.renameClient(client, `Name ${step}`),
      () => device.addClient(client, `New ${step}`),
      () => device.assignTier(client, 'enterprise'),
      () => device.reportActivity(client, 1_763_000_000_000 + step),
      () => device.replaceReports(Object.fromEntries(clients.map((id) => [id, 1_763_900_000_000 + step]))),
    ][random.below(5)]?.() as Uint8Array
    // Online, or later with everything it wrote meanwhile.
    if (random.below(2) === 0) offer(device, update)
    if (random.below(3) > 0) continue
    expect(offer(device, Y.encodeStateAsUpdate(device.doc, Y.encodeStateVector(gate.doc)))).not.toBe('gap')
    device.pull(gate.doc)
    expectSame(follower, gate.doc)
  }
  // From the updates as they came, and from a document's one.
  expectSame(createSampleIndex(stored), gate.doc)
  expectSame(createSampleIndex([Y.encodeStateAsUpdate(gate.doc)]), gate.doc)
  const after = structuredClone(follower.index.state)
  expect(after).toEqual(follower.index.state)
})

test('[AD5] what follows from overwriting is told apart from what an update says, and each once', () => {
  const gate = createSampleGate()
  const alice = createSampleSession({ clientId: 1 })
  const bob = createSampleSession({ clientId: 2, actor: sampleId('bob') })
  const { index } = createSampleIndex()
  const take = (update: Uint8Array, actor: string) => {
    const admission = gate.offer(update, { actor })
    if (admission.decision !== 'accept') throw new Error(admission.decision)
    return index.take(admission.changes, () => null)
  }
  const acme = sampleId('acme')
  expect(take(alice.addClient(acme, 'Acme'), alice.actor)).toEqual({ said: [], implied: [] })
  bob.pull(gate.doc)
  // Both overwrite the same name, neither having seen the other.
  expect(take(alice.renameClient(acme, 'A'), alice.actor)).toEqual({
    said: [{ client: 1, from: 0, to: 1 }],
    implied: [],
  })
  expect(take(bob.renameClient(acme, 'B'), bob.actor)).toEqual({ said: [], implied: [{ client: 1, from: 3, to: 4 }] })
})

test('[AD5] an element keeps what it was put behind, also right after another of its session', () => {
  const [one, other] = [5, 9].map((clientID) => Object.assign(new Y.Doc(), { clientID })) as [Y.Doc, Y.Doc]
  const set = (doc: Y.Doc, name: string) => doc.getMap('clients').set('acme/name', name)
  set(one, 'A')
  Y.applyUpdate(other, Y.encodeStateAsUpdate(one))
  set(other, 'B')
  Y.applyUpdate(one, Y.encodeStateAsUpdate(other))
  set(one, 'C')
  const sample = createSampleIndex([Y.encodeStateAsUpdate(one)])
  expect(sample.index.originOf({ client: 5, clock: 1 })).toEqual({ client: 9, clock: 0 })
  expectSame(sample, one)
})
