import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createRandom } from '../testing/random.ts'
import { encodeChunks, maxChunkBytes } from './encode-chunks.ts'
import { stateOf } from './state-clocks.ts'

/** Documents of several devices that wrote into log and maps while apart, merged. */
function written(seed: number, steps: number): Y.Doc {
  const random = createRandom(seed)
  const docs = Array.from({ length: 4 }, () => new Y.Doc())
  for (let step = 0; step < steps; step++) {
    const doc = random.pick(docs)
    const log = doc.getArray('log')
    const draw = random.below(10)
    if (draw < 6) {
      doc.transact(() => {
        if (random.below(2)) doc.getMap('clients').set(`c${random.below(30)}/name`, `Ünïcode ${step} 株式会社`)
        log.insert(log.length, [`action ${step} ${'x'.repeat(random.below(400))} é`])
      })
    } else if (draw < 8) Y.applyUpdate(doc, Y.encodeStateAsUpdate(random.pick(docs)))
    else doc.getMap('meta').set(`k${random.below(3)}`, random.below(2) ? null : step)
  }
  const all = new Y.Doc()
  for (const doc of docs) Y.applyUpdate(all, Y.encodeStateAsUpdate(doc))
  return all
}

function shown(doc: Y.Doc) {
  return {
    log: doc.getArray('log').toArray(),
    clients: doc.getMap('clients').toJSON(),
    meta: doc.getMap('meta').toJSON(),
    state: Object.fromEntries(stateOf(doc)),
  }
}

for (let seed = 1; seed <= 20; seed++) {
  test(`chunks applied in order make the same document, and none waits for a later one, seed ${seed}`, () => {
    const doc = written(seed, 300)
    const copy = new Y.Doc()
    const chunks = [...encodeChunks(doc, { maxBytes: 1_000 })]
    for (const chunk of chunks) {
      Y.applyUpdate(copy, chunk)
      expect(copy.store.pendingStructs).toBeNull()
    }
    expect(shown(copy)).toEqual(shown(doc))
    expect(chunks.length).toBeGreaterThan(5)
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(1_010)
    // Equal for peers, too: each has all of the other's structs and deletes.
    expect(Y.encodeStateAsUpdate(copy, Y.encodeStateVector(doc)).length).toBe(
      Y.encodeStateAsUpdate(doc, Y.encodeStateVector(copy)).length,
    )
  })
}

test('[KD4] a run of thousands of actions is cut between elements, each chunk at most 256 KiB', () => {
  const doc = new Y.Doc()
  for (let place = 0; place < 5_000; place++) doc.getArray('log').insert(place, [`${place}`.padEnd(300, '€')])
  const chunks = [...encodeChunks(doc)]
  expect(chunks.length).toBeGreaterThan(15)
  expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(maxChunkBytes)
  const copy = new Y.Doc()
  for (const chunk of chunks) Y.applyUpdate(copy, chunk)
  expect(shown(copy)).toEqual(shown(doc))
})

test('from a state on only what came later is written, deletes of older content included', () => {
  const doc = written(7, 200)
  const before = [...encodeChunks(doc)]
  const from = stateOf(doc)
  for (let place = 0; place < 30; place++) doc.getMap('clients').set(`c${place}/name`, `later ${place}`)
  const after = [...encodeChunks(doc, { from })]
  expect(after.reduce((sum, chunk) => sum + chunk.length, 0)).toBeLessThan(2_000)
  const copy = new Y.Doc()
  for (const chunk of [...before, ...after]) Y.applyUpdate(copy, chunk)
  expect(shown(copy)).toEqual(shown(doc))
})

test('the document may grow while it is written: what came later is left to the next time', () => {
  const doc = written(3, 300)
  const expected = doc.getArray('log').toArray()
  const copy = new Y.Doc()
  for (const chunk of encodeChunks(doc, { maxBytes: 2_000 })) {
    Y.applyUpdate(copy, chunk)
    doc.getArray('log').insert(doc.getArray('log').length, ['later'])
    doc.getMap('clients').set('c1/name', 'later')
  }
  expect(copy.store.pendingStructs).toBeNull()
  expect(copy.getArray('log').toArray()).toEqual(expected)
})

test('what waits for something that never came is kept', () => {
  const source = new Y.Doc()
  const updates: Uint8Array[] = []
  source.on('update', (update: Uint8Array) => updates.push(update))
  source.getArray('log').insert(0, ['one'])
  source.getArray('log').insert(1, ['two'])
  const doc = new Y.Doc()
  Y.applyUpdate(doc, updates[1]!)
  const copy = new Y.Doc()
  for (const chunk of encodeChunks(doc)) Y.applyUpdate(copy, chunk)
  Y.applyUpdate(copy, updates[0]!)
  expect(copy.getArray('log').toArray()).toEqual(['one', 'two'])
})
