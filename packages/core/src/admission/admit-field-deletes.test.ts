// No update leaves a field without a value: what admission says of forged places and client ids is what Yjs would do with them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { StructId } from './known-book.ts'
import { encodeSample, type SampleStruct } from './sample-bytes.ts'
import { createSampleGate, type SampleGate } from './sample-gate.ts'
import { createSampleSession, sampleId } from './sample-session.ts'

const acme = sampleId('acme')
const bob = sampleId('bob')
const name = { root: 'clients', key: `${acme}/name` }

/** A gate with names that Alice and Carol gave, and the elements they left. */
function sample(): { gate: SampleGate; known: StructId[] } {
  const gate = createSampleGate()
  const alice = createSampleSession({ clientId: 50 })
  const carol = createSampleSession({ clientId: 90, actor: sampleId('carol') })
  const known: StructId[] = []
  const offer = (update: Uint8Array, actor: string) => {
    expect(gate.offer(update, { actor }).decision).toBe('accept')
    const item = gate.doc.getMap('clients')._map.get(name.key)
    if (item) known.push({ client: item.id.client, clock: item.id.clock })
  }
  offer(alice.addClient(acme, 'Acme'), alice.actor)
  carol.pull(gate.doc)
  offer(carol.renameClient(acme, 'Acme C'), carol.actor)
  offer(alice.renameClient(acme, 'Acme A'), alice.actor)
  return { gate, known }
}

/** Bob's action that names the client, so that no field is refused for want of an entry. */
function naming(): SampleStruct {
  const update = createSampleSession({ actor: bob }).write({ entries: [{ kind: 'x.y', subject: acme }] })
  const item = Y.decodeUpdate(update).structs[0] as Y.Item
  return { content: 'any', root: 'log', values: item.content.getContent() }
}

const offered = (gate: SampleGate, client: number, structs: SampleStruct[], deletes: readonly StructId[] = []) => {
  const update = encodeSample({
    sections: [{ client, clock: 0, structs: [...structs, naming()] }],
    deletes: deletes.map((id) => ({ client: id.client, from: id.clock, length: 1 })),
  })
  const admission = gate.judge(update, { actor: bob })
  return admission.decision === 'refuse' ? admission.code : admission.decision
}

describe('[AD5] a field keeps a value', () => {
  test('against a dead element that claims to have been first, under a client id that comes later', () => {
    const { gate } = sample()
    expect(offered(gate, 666, [{ content: 'deleted', ...name }])).toBe('field-deleted')
    expect(offered(gate, 3, [{ content: 'deleted', ...name }])).toBe('accept')
  })

  test('against one that claims not to have seen the latest value', () => {
    const { gate, known } = sample()
    for (const origin of known) expect(offered(gate, 666, [{ content: 'deleted', origin }])).toBe('field-deleted')
  })

  test('against a delete beside a value that comes before the deleted one', () => {
    const { gate, known } = sample()
    const deletes = known.slice(-1)
    const [origin] = deletes
    expect(offered(gate, 3, [{ content: 'any', ...name, values: ['x'] }], deletes)).toBe('field-deleted')
    expect(offered(gate, 3, [{ content: 'any', ...(origin ? { origin } : {}), values: ['x'] }], deletes)).toBe('accept')
  })

  test('against a dead element behind a value that comes with it', () => {
    const { gate, known } = sample()
    const origin = known.at(-1)
    const structs: SampleStruct[] = [
      { content: 'any', ...(origin ? { origin } : {}), values: ['x'] },
      { content: 'deleted', length: 3, origin: { client: 7, clock: 0 } },
    ]
    expect(offered(gate, 7, structs)).toBe('field-deleted')
  })

  test('a field that nobody set gets no dead element either', () => {
    const { gate } = sample()
    expect(offered(gate, 7, [{ content: 'deleted', root: 'clients', key: `${acme}/note` }])).toBe('field-deleted')
  })
})

const forged = fc.record({
  client: fc.constantFrom(10, 60, 70, 200),
  isDeleted: fc.boolean(),
  length: fc.integer({ min: 1, max: 3 }),
  /** Of the known elements, of those before it in this update, or of none. */
  behind: fc.nat(9),
})

test('[AD5] of random forged elements of a field those are refused that Yjs would end it with, and no others', () => {
  const outcomes = { accept: 0, 'field-deleted': 0 }
  fc.assert(
    fc.property(fc.array(forged, { minLength: 1, maxLength: 7 }), fc.subarray([0, 1, 2]), (elements, deleted) => {
      const { gate, known } = sample()
      const made: StructId[] = []
      const structs = new Map<number, SampleStruct[]>()
      const clocks = new Map<number, number>()
      for (const { client, isDeleted, length, behind } of elements) {
        const origin = [...made, ...known][behind]
        const clock = clocks.get(client) ?? 0
        const size = isDeleted ? length : 1
        const list = structs.get(client) ?? []
        structs.set(client, list)
        const place = origin ? { origin } : name
        list.push(isDeleted ? { content: 'deleted', length, ...place } : { content: 'any', values: ['x'], ...place })
        for (let i = 0; i < size; i++) made.push({ client, clock: clock + i })
        clocks.set(client, clock + size)
      }
      const update = encodeSample({
        sections: [...structs].map(([client, list]) => ({ client, clock: 0, structs: [...list, naming()] })),
        deletes: deleted
          .map((i) => known[i] as StructId)
          .map(({ client, clock }) => ({ client, from: clock, length: 1 })),
      })
      const admission = gate.judge(update, { actor: bob })
      const doc = new Y.Doc()
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(gate.doc))
      Y.applyUpdate(doc, update)
      expect(doc.store.pendingStructs).toBeNull()
      const decision = admission.decision === 'refuse' ? admission.code : admission.decision
      expect(decision).toBe(doc.getMap('clients').has(name.key) ? 'accept' : 'field-deleted')
      outcomes[decision as keyof typeof outcomes]++
    }),
    { numRuns: 600, seed: 20_261_129 },
  )
  expect(outcomes.accept).toBeGreaterThan(100)
  expect(outcomes['field-deleted']).toBeGreaterThan(100)
})
